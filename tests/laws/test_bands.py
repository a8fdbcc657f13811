"""Bands of growth curves against every order of a few samples, and how often they hold new ones."""

import itertools
import json

import numpy as np
import pytest

from activstats.counts import ActivationMask
from activstats.errors import DomainError, InputError
from activstats.laws.bands import PermutationBands, permutation_bands
from activstats.laws.results import Status


@pytest.fixture
def active(rng):
    """Samples of four kinds, so that neurons fire together."""
    logits = -3 + rng.normal(0, 1.5, (4, 80))[rng.integers(0, 4, 60)]
    return rng.random((60, 80)) < 1 / (1 + np.exp(-logits))


def curve(active, order):
    return [active[list(order[:d])].any(axis=0).sum() for d in range(1, len(order) + 1)]


def test_bands_are_those_of_every_order_of_a_few_samples(rng):
    active = rng.random((6, 30)) < 0.3
    every = np.array([curve(active, order) for order in itertools.permutations(range(6))])
    bands = permutation_bands(
        ActivationMask.from_active(active), grid=range(1, 7), n_permutations=4000, rng=0
    )
    np.testing.assert_array_equal(bands.ordered, every[0])
    np.testing.assert_allclose(bands.mean, every.mean(axis=0), atol=1e-12)
    far = np.quantile(every, [0.025, 0.975], axis=0, method="inverted_cdf")
    assert np.abs(bands.low - far[0]).max() <= 1
    assert np.abs(bands.high - far[1]).max() <= 1
    inside = ((every >= bands.low_all - 1e-9) & (every <= bands.high_all + 1e-9)).all(axis=1)
    assert inside.mean() >= 0.94  # few orders: one first sample alone is a sixth of them


def test_new_orders_stay_inside_as_often_as_the_bands_say(active, rng):
    bands = permutation_bands(ActivationMask.from_active(active), rng=1)
    fresh = np.array([curve(active, rng.permutation(60)) for _ in range(400)])[:, bands.grid - 1]
    at_each = (fresh >= bands.low) & (fresh <= bands.high)
    whole = ((fresh >= bands.low_all - 1e-9) & (fresh <= bands.high_all + 1e-9)).all(axis=1)
    assert at_each.mean(axis=0).min() >= 0.92
    assert whole.mean() == pytest.approx(0.95, abs=0.035)


def test_samples_are_shuffled_as_wholes(rng):
    """Neurons that always fire together give a curve that jumps: its bands are far apart."""
    one = rng.random((60, 8)) < 0.04
    together = ActivationMask.from_active(np.repeat(one, 10, axis=1))
    apart = ActivationMask.from_active(rng.permuted(np.repeat(one, 10, axis=1), axis=0))
    wide, narrow = (permutation_bands(m, grid=[10], rng=0) for m in (together, apart))
    assert (wide.high - wide.low)[0] > 2 * (narrow.high - narrow.low)[0]


def test_the_pvalue_agrees_with_the_band(active):
    order = np.argsort(active.sum(axis=1))  # quiet samples first: the curve starts low
    for rows in (active, active[order]):
        bands = permutation_bands(ActivationMask.from_active(rows), rng=1)
        outside = np.any(
            (bands.ordered < bands.low_all - 1e-9) | (bands.ordered > bands.high_all + 1e-9)
        )
        assert outside == (bands.pvalue <= 0.05)
    assert outside
    assert bands.gap > 0.05


def test_sequences_are_permuted_as_wholes(active):
    lengths = np.array([1, 4, 10, 5, 20, 20])
    label = np.repeat(np.arange(6), lengths)
    bands = permutation_bands(
        ActivationMask.from_active(active), groups=label, grid=[5, 60], n_permutations=3000, rng=0
    )
    parts = np.split(np.arange(60), np.cumsum(lengths)[:-1])
    orders = [np.concatenate([parts[g] for g in o]) for o in itertools.permutations(range(6))]
    exact = np.mean([active[order[:5]].any(axis=0).sum() for order in orders])
    assert bands.mean[0] == pytest.approx(exact, abs=0.5)
    assert bands.mean[1] == active.any(axis=0).sum()
    assert (bands.n_groups, bands.n_obs) == (6, 6)


def test_the_same_seed_gives_the_same_bands(active):
    mask = ActivationMask.from_active(active)
    one, two = (permutation_bands(mask, n_permutations=50, rng=5).to_json() for _ in range(2))
    assert one == two


def test_it_prints_tabulates_travels_and_draws(active):
    bands = permutation_bands(
        ActivationMask.from_active(active, layer="a"), n_permutations=50, rng=0
    )
    assert PermutationBands.from_json(bands.to_json()).to_json() == bands.to_json()
    json.loads(bands.to_json(), parse_constant=pytest.fail)
    assert max(map(len, bands.summary().splitlines())) <= 66
    assert "nearly blind to drift" in " ".join(bands.summary().split())
    assert list(bands.to_frame()["n_samples"]) == list(bands.grid)
    assert bands.conf_int().shape == (bands.grid.size, 2)
    labels = {text.get_text() for text in bands.plot().get_legend().get_texts()}
    assert "in recorded order" in labels
    with pytest.raises(ValueError, match="read-only"):
        bands.mean[0] = 3
    with pytest.raises(DomainError):
        bands.conf_int(0.5)


def test_two_samples_have_hardly_any_order():
    bands = permutation_bands(ActivationMask.from_active(np.ones((2, 3), bool)), rng=0)
    assert bands.status is Status.TOO_FEW
    assert bands.pvalue == 1
    assert "hardly any order" in bands.summary()


@pytest.mark.parametrize("grid", [[], [0, 1], [3, 2], [61], [1.5], [np.nan], [[1]]])
def test_grids_that_make_no_sense_are_refused(active, grid):
    with pytest.raises(DomainError):
        permutation_bands(ActivationMask.from_active(active), grid=grid)


def test_other_settings_that_make_no_sense_are_refused(active):
    mask = ActivationMask.from_active(active)
    for wrong in ({"level": 0}, {"n_permutations": 0}):
        with pytest.raises(DomainError):
            permutation_bands(mask, **wrong)
    with pytest.raises(InputError):
        permutation_bands(mask, groups=[1])
    with pytest.raises(InputError):
        permutation_bands(active)
