"""Participating neurons are counted over thresholds, with the dead and the always-on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from activstats.dynamics.participation import (
    THRESHOLDS,
    Participation,
    effective_share,
    shares_above,
)
from activstats.dynamics.participation_result import ParticipationResult
from activstats.errors import DomainError, InputError


def test_known_masks_give_known_shares():
    mask = np.zeros((100, 10), bool)
    mask[:, 0] = True  # always on
    mask[:5, 1] = True  # 5 %
    mask[:1, 2] = True  # 1 %: at the threshold, not above it
    mask[:50, 3:5] = True  # half
    found = Participation().fit(mask.mean(axis=0), n_obs=100)
    assert found["participating"].value == pytest.approx(0.4)
    assert found["dead"].value == pytest.approx(0.5)
    assert found["always_on"].value == pytest.approx(0.1)
    swept = dict(zip(found.thresholds, found.shares, strict=True))
    assert swept[0.0] == pytest.approx(0.5)
    assert swept[0.05] == pytest.approx(0.3)
    assert swept[0.5] == pytest.approx(0.1)


def test_intervals_are_wilsons():
    found = Participation().fit([0.0] * 30 + [0.5] * 10, n_obs=100)
    assert found.interval("participating") == pytest.approx(
        proportion_confint(10, 40, method="wilson")
    )
    low, high = found.conf_int().loc["dead"]
    assert low < 0.75 < high


def test_fluctuations_are_measured_in_units_of_their_layer():
    values = np.array([0.0, 1.0, 1.0, 2.0])
    plain, scaled = (Participation("fluctuation").fit(c * values, n_obs=40) for c in (1, 1e-6))
    assert plain.shares == scaled.shares
    assert plain.thresholds == THRESHOLDS["fluctuation"]
    fixed = Participation("fluctuation", threshold=1.5, unit=1.0).fit(values, n_obs=40)
    assert fixed["participating"].value == 0.25


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_shares_fall_with_the_threshold_whatever_the_order(rates, seed):
    mixed = np.random.default_rng(seed).permutation(rates)
    thresholds = np.linspace(0, 1, 11)
    shares = shares_above(rates, thresholds)
    assert (np.diff(shares) <= 0).all()
    np.testing.assert_array_equal(shares, shares_above(mixed, thresholds))
    np.testing.assert_allclose(shares, [np.mean(np.array(rates) > one) for one in thresholds])


@pytest.mark.parametrize(
    ("values", "share"), [([2, 2, 2, 2], 1.0), ([5, 0, 0, 0, 0], 0.2), ([1, 1, 0, 0], 0.5)]
)
def test_effective_share_counts_without_a_threshold(values, share):
    assert effective_share(values) == pytest.approx(share)


def test_nothing_at_all_has_no_effective_share():
    assert np.isnan(effective_share([0, 0]))


def test_a_result_survives_json_and_prints():
    found = Participation().fit([0.0, 0.2, 1.0], n_obs=50, provenance={"layer": "relu"})
    assert ParticipationResult.from_json(found.to_json()).to_json() == found.to_json()
    assert "Participating neurons" in found.summary()
    assert found.to_frame()["layer"].tolist() == ["relu"]
    assert found.plot().get_xlabel() == "threshold: share of the samples"


@pytest.mark.parametrize("values", [[], [-0.1], [1.2], [np.nan]])
def test_what_is_no_firing_rate_is_refused(values):
    with pytest.raises(InputError):
        Participation().fit(values, n_obs=10)


@pytest.mark.parametrize(
    "settings", [{"of": "sleep"}, {"threshold": -1}, {"thresholds": [np.nan]}, {"level": 2}]
)
def test_settings_outside_their_domain_are_refused(settings):
    with pytest.raises(DomainError):
        Participation(**settings)
