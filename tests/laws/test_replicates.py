"""Agreement of replicate runs against scipy, by hand, and on runs with known truth."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import kendalltau, spearmanr, t

from activstats.counts import ActivationMask, Counts
from activstats.errors import DomainError, InputError
from activstats.laws.replicates import ReplicateAgreement, replicate_agreement
from activstats.laws.results import Status

N, D = 200, 500


@pytest.fixture
def same_rates(rng):
    return rng.binomial(D, rng.beta(0.5, 4, N), (4, N))


@pytest.fixture
def own_rates(rng):
    return rng.binomial(D, rng.beta(0.5, 4, (4, N)))


def agreement(counts, **options):
    return replicate_agreement(
        counts, **{"n_samples": D, "n_permutations": 199, "rng": 0} | options
    )


@pytest.mark.parametrize(("method", "peer"), [("spearman", spearmanr), ("kendall", kendalltau)])
def test_pairs_are_correlated_as_scipy_does(same_rates, own_rates, method, peer):
    mixed = np.concatenate([same_rates[:2], own_rates[:2]])
    found = agreement(mixed, method=method)
    expected = [peer(mixed[r], mixed[s]).statistic for r, s in combinations(range(4), 2)]
    assert found.pairs == pytest.approx(expected, abs=1e-12)
    assert found.correlation == pytest.approx(np.mean(expected))


def test_the_interval_is_a_jackknife_over_runs(same_rates, own_rates):
    mixed = np.concatenate([same_rates[:2], own_rates[:2]])
    found = agreement(mixed)
    without = [np.arctanh(agreement(np.delete(mixed, run, axis=0)).correlation) for run in range(4)]
    se = np.sqrt(3 / 4 * np.sum((without - np.mean(without)) ** 2))
    ends = np.tanh(np.arctanh(found.correlation) + t.ppf([0.025, 0.975], 3) * se)
    assert found.se_z == pytest.approx(se)
    assert (found.low, found.high) == pytest.approx(tuple(ends))


def test_of_two_runs_the_interval_comes_from_the_neurons(own_rates):
    found = agreement(own_rates[:2])
    assert found.se_z == pytest.approx(np.sqrt((1 + found.correlation**2 / 2) / (N - 3)))
    assert "neurons" in found.summary()


def test_fixed_rates_reach_the_ceiling(same_rates):
    found = agreement(same_rates, start="same")
    assert found.ceiling_low <= found.correlation <= found.ceiling_high
    assert found.share_of_ceiling == pytest.approx(1, abs=0.02)
    assert (found.verdict, found.pvalue) == ("full", 1 / 200)
    assert "fixed by the common start" in " ".join(found.summary().split())


def test_the_ceiling_is_the_agreement_that_binomial_noise_leaves(rng):
    """Few samples of the same rates agree little, and the ceiling says so."""
    rates = rng.beta(0.5, 20, N)
    found = replicate_agreement(rng.binomial(60, rates, (6, N)), n_samples=60, rng=0)
    assert found.ceiling < 0.9
    assert found.correlation == pytest.approx(found.ceiling, abs=0.06)


def test_split_halves_give_much_the_same_ceiling(rng):
    rates = rng.beta(0.5, 20, N)
    runs = [ActivationMask.from_active(rng.random((60, N)) < rates) for _ in range(4)]
    halves = replicate_agreement(runs, ceiling="split-half", rng=0)
    law = replicate_agreement(runs, rng=0)
    assert halves.pairs == law.pairs
    assert halves.ceiling == pytest.approx(law.ceiling, abs=0.06)
    assert np.isnan(halves.ceiling_low)
    assert halves.verdict == "full"


def test_an_urn_from_the_same_start_ends_elsewhere_each_time(rng):
    runs = np.zeros((4, N))
    for sample in range(D):
        runs += rng.random((4, N)) < (runs + 1) / (sample + 10)
    found = agreement(runs.astype(int), start="same")
    assert abs(found.correlation) < 0.1
    assert found.ceiling > 0.9
    assert found.verdict == "none"
    text = " ".join(found.summary().split())
    assert "an urn that reinforces itself would" in text
    assert "not excluded" in text


def test_runs_that_share_a_part_agree_in_part(same_rates, own_rates):
    half = np.arange(N) % 2 == 0
    found = agreement(np.where(half, same_rates, own_rates), start="same")
    assert found.verdict == "partial"


def test_different_starts_and_none_get_words_of_their_own(own_rates):
    different = " ".join(agreement(own_rates, start="different").summary().split())
    assert "speaks for neither" in different
    assert "start='same'" in " ".join(agreement(own_rates).summary().split())


def test_counts_masks_and_arrays_are_the_same_to_it(rng):
    active = [rng.random((40, N)) < rng.beta(1, 5, N) for _ in range(3)]
    forms = (
        [Counts.from_active(a) for a in active],
        [ActivationMask.from_active(a) for a in active],
    )
    found = [replicate_agreement(runs, n_permutations=19, rng=0) for runs in forms]
    bare = replicate_agreement(
        [a.sum(axis=0) for a in active], n_samples=[40] * 3, n_permutations=19, rng=0
    )
    assert found[0] == found[1] == bare


def test_runs_in_another_order_agree_as_much(same_rates):
    one, two = agreement(same_rates), agreement(same_rates[::-1])
    assert one.correlation == pytest.approx(two.correlation)
    assert (one.low, one.high) == pytest.approx((two.low, two.high))


def test_identical_runs_agree_fully(same_rates):
    found = agreement(np.stack([same_rates[0]] * 3))
    assert (found.correlation, found.low, found.high) == pytest.approx((1, 1, 1))


@given(
    hnp.arrays(
        np.int64, st.tuples(st.integers(2, 4), st.integers(1, 12)), elements=st.integers(0, 9)
    )
)
def test_no_counts_are_too_odd(counts):
    found = replicate_agreement(counts, n_samples=9, n_permutations=5, rng=0)
    if found.status is Status.CONVERGED:
        assert -1 <= found.low <= found.correlation <= found.high <= 1
        assert 0 < found.pvalue <= 1
    else:
        assert found.reason
        assert found.verdict == "unknown"
    assert "nan" not in found.summary()
    again = ReplicateAgreement.from_json(found.to_json())
    assert again.to_json() == found.to_json()


@pytest.mark.parametrize(
    ("runs", "n_samples"),
    [
        ([[1, 2, 3]], 9),
        ([[1, 2, 3], [1, 2]], 9),
        ([[1, 2, 3], [1, 2, 10]], 9),
        ([[1, 2, 3], [1, 2, -1]], 9),
        ([[1, 2, 3], [1, 2, np.nan]], 9),
        ([[1, 2, 3], [1, 2, 3]], None),
        ([[1, 2, 3], [1, 2, 3]], [9]),
        ([3, 4], 9),
    ],
)
def test_what_is_no_pair_of_runs_is_refused(runs, n_samples):
    with pytest.raises(InputError):
        replicate_agreement(runs, n_samples=n_samples)


def test_settings_that_make_no_sense_are_refused(same_rates):
    for wrong in (
        {"method": "pearson"}, {"ceiling": "none"}, {"start": "other"}, {"level": 1},
        {"n_permutations": 0},
    ):  # fmt: skip
        with pytest.raises(DomainError):
            agreement(same_rates, **wrong)
    with pytest.raises(InputError, match="single activations"):
        agreement(same_rates, ceiling="split-half")


def test_it_prints_tabulates_travels_and_draws(same_rates):
    found = agreement(same_rates, start="same")
    assert ReplicateAgreement.from_json(found.to_json()) == found
    json.loads(found.to_json(), parse_constant=pytest.fail)
    assert max(map(len, found.summary().splitlines())) <= 66
    assert found.to_frame()["verdict"].item() == "full"
    assert found.conf_int().loc["correlation"].tolist() == [found.low, found.high]
    assert [text.get_text() for text in found.plot().get_xticklabels()][:2] == ["1–2", "1–3"]
    with pytest.raises(DomainError):
        found.conf_int(0.5)
