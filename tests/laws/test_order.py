"""Tests of order against all permutations by hand, and what they say of data with known order."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from statsmodels.stats.multitest import multipletests

from activstats.counts import ActivationMask
from activstats.errors import DomainError, InputError
from activstats.laws._order_rows import rows_of_mask, rows_of_table
from activstats.laws._order_statistics import NAMES, Statistics
from activstats.laws.order import OrderTests, order_tests
from activstats.laws.results import Status

TABLES = hnp.arrays(
    np.int64, st.tuples(st.integers(0, 12), st.integers(1, 6)), elements=st.integers(0, 9)
)


def naive(rows):
    """The four effects of rows in their order, from the rows themselves."""
    n, neurons = rows.shape
    centred = rows - rows.mean(axis=0)
    total = (centred**2).sum()
    line = np.arange(n) - (n - 1) / 2
    step = np.sign(line)
    neighbours = (centred[:-1] * centred[1:]).sum() / (n - 1) / (total / n)
    explained = [((of @ centred) ** 2).sum() / (of @ of) / total for of in (line, step)]
    k = np.array([rows[: d + 1].any(axis=0).sum() for d in range(n)])
    subsets = [itertools.combinations(range(n), d + 1) for d in range(n)]
    mean = [np.mean([rows[list(s)].any(axis=0).sum() for s in some]) for some in subsets]
    return [neighbours, *explained, np.abs(k - mean).max() / neurons]


def drifting(rng, n=120, neurons=60, size=2.0):
    logits = -2 + size * rng.normal(size=neurons) * np.linspace(-0.5, 0.5, n)[:, None]
    return rng.random((n, neurons)) < 1 / (1 + np.exp(-logits))


def test_effects_are_those_of_the_rows_in_every_order(rng):
    table = rng.poisson(1.0, (5, 4))
    statistics = Statistics(rows_of_table(table, None, 100))
    orders = np.array(list(itertools.permutations(range(5))))
    expected = [naive(table[order]) for order in orders]
    np.testing.assert_allclose(statistics.of(orders), expected, atol=1e-12)


def test_pvalues_are_those_of_all_permutations(rng):
    table = np.sort(rng.poisson(1.0, (6, 5)), axis=0)
    orders = itertools.permutations(range(6))
    every = np.array([naive(table[list(order)]) for order in orders])
    exact = (every >= every[0] - 1e-9).mean(axis=0)
    found = order_tests(table, n_permutations=4999, rng=0)
    for test, p in zip(found.tests, exact, strict=True):
        assert test.pvalue == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 5000) + 2e-3)
    adjusted = multipletests([test.pvalue for test in found.tests], method="holm")[1]
    assert [test.pvalue_holm for test in found.tests] == pytest.approx(adjusted)


def test_a_line_and_a_step_explain_what_least_squares_says(rng):
    rows = rng.normal(10, 3, (40, 7)).round().clip(0)
    found = order_tests(rows, n_permutations=9, rng=0)
    centred = rows - rows.mean(axis=0)
    for name, of in (("trend", np.arange(40.0)), ("halves", np.repeat([0.0, 1.0], 20))):
        _, left, *_ = np.linalg.lstsq(np.stack([of, np.ones(40)], axis=1), rows, rcond=None)
        assert found[name].effect == pytest.approx(1 - left.sum() / (centred**2).sum(), abs=1e-12)


def test_shares_explained_by_chance_are_one_in_n_minus_one(rng):
    found = order_tests(drifting(rng, size=0), n_permutations=999, rng=0)
    for name in ("trend", "halves"):
        assert found[name].chance_mean == pytest.approx(1 / 119, rel=0.03)


def test_bits_and_tables_of_zeros_and_ones_say_the_same(rng):
    active = drifting(rng)
    one = order_tests(ActivationMask.from_active(active), n_permutations=99, rng=1)
    two = order_tests(active, n_permutations=99, rng=1)
    assert one.unit == "samples"
    for a, b in zip(one.tests, two.tests, strict=True):
        assert a.effect == pytest.approx(b.effect, rel=1e-12)
        assert a.pvalue == b.pvalue


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), n=st.integers(8, 40), neurons=st.integers(2, 80))
def test_neurons_may_come_in_any_order(seed, n, neurons):
    rng = np.random.default_rng(seed)
    active = rng.random((n, neurons)) < 0.4
    turned = active[:, rng.permutation(neurons)]
    one, two = (
        order_tests(ActivationMask.from_active(a), n_permutations=19, rng=seed)
        for a in (active, turned)
    )
    assert [t.pvalue for t in one.tests] == [t.pvalue for t in two.tests]


def test_the_same_seed_gives_the_same_result_to_the_last_digit(rng):
    active = drifting(rng)
    mask = ActivationMask.from_active(active)
    first, second = (order_tests(mask, n_permutations=130, rng=3) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_many_rows_are_summed_in_blocks_and_that_is_said(rng):
    active = drifting(rng, n=103)
    found = order_tests(ActivationMask.from_active(active), max_rows=20, n_permutations=99, rng=0)
    summed = active[:102].reshape(17, 6, -1).sum(axis=1)
    by_hand = order_tests(summed, n_permutations=99, rng=0)
    assert found.tests == by_hand.tests
    assert (found.n_obs, found.unit) == (17, "blocks of 6 samples")
    assert "last 1 were left out" in found.warnings[0]
    assert order_tests(summed, max_rows=8, n_permutations=9, rng=0).n_obs == 5


def test_rows_of_unequal_length_are_compared_by_rates(rng):
    lengths = rng.integers(20, 400, 60)
    counts = rng.binomial(lengths[:, None], rng.beta(1, 4, 50))
    order = np.argsort(lengths)
    found = order_tests(counts[order], samples_per_row=lengths[order], n_permutations=199, rng=0)
    assert found["trend"].pvalue > 0.05
    assert order_tests(counts[order], n_permutations=199, rng=0)["trend"].pvalue == 1 / 200
    assert "rates" in found.warnings[0]


def test_sequences_are_permuted_as_wholes(rng):
    shift = np.repeat(rng.normal(0, 1.5, (40, 60)), 8, axis=0)
    active = rng.random((320, 60)) < 1 / (1 + np.exp(2 - shift))
    mask, label = ActivationMask.from_active(active), np.repeat(np.arange(40), 8)
    one_by_one = order_tests(mask, n_permutations=199, rng=0)
    grouped = order_tests(mask, groups=label, n_permutations=199, rng=0)
    assert one_by_one["lag-1"].pvalue == 1 / 200
    assert grouped["lag-1"].pvalue > 0.05
    assert (grouped.n_obs, grouped.unit) == (40, "groups of samples")
    by_hand = order_tests(active.reshape(40, 8, 60).sum(axis=1), n_permutations=199, rng=0)
    assert grouped.tests == by_hand.tests


def test_steps_of_a_mask_are_groups(rng):
    active = drifting(rng)
    mask = ActivationMask.from_active(active)
    steps = ActivationMask(mask.bits, 120, tuple(range(8)), tuple(range(0, 120, 15)))
    found = order_tests(steps, groups="steps", n_permutations=99, rng=0)
    assert (found.n_obs, found.unit, found.setting) == (8, "steps", "training")
    assert order_tests(steps, groups="steps", along_training=False, rng=0).setting == "frozen"
    with pytest.raises(InputError, match="step=None"):
        order_tests(mask, groups="steps")


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (np.ones((4, 3), int), Status.TOO_FEW),
        (np.ones((30, 3), int), Status.NOT_IDENTIFIABLE),
        (np.zeros((30, 3), int), Status.NOT_IDENTIFIABLE),
    ],
)
def test_where_there_is_no_order_to_find_the_reason_is_said(rows, status):
    found = order_tests(rows)
    assert (found.status, found.tests, found.rejected) == (status, (), False)
    assert found.reason
    assert np.isnan(found.pvalue)
    assert "nan" not in found.summary()
    assert OrderTests.from_json(found.to_json()).to_json() == found.to_json()
    found.plot()


@given(TABLES)
def test_no_table_of_counts_is_too_odd(table):
    if not table.size:
        with pytest.raises(InputError):
            order_tests(table)
        return
    found = order_tests(table, n_permutations=9, rng=0)
    assert all(0 < test.pvalue <= 1 for test in found.tests)
    assert all(np.isfinite([test.effect for test in found.tests]))
    assert found.tests or found.reason


@pytest.mark.parametrize(
    "rows",
    [
        [[-1, 2]] * 9,
        [[0.5, 2]] * 9,
        [[np.nan, 2]] * 9,
        [[np.inf, 2]] * 9,
        [[2**40, 2]] * 9,
        [1, 2, 3],
        [["a", "b"]],
        [[1], [1, 2]],
        None,
    ],
)
def test_what_is_no_table_of_counts_is_refused(rows):
    with pytest.raises(InputError):
        order_tests(rows)


def test_settings_that_make_no_sense_are_refused(rng):
    table = rng.poisson(1, (20, 3))
    for wrong in ({"n_permutations": 0}, {"max_rows": 4}, {"level": 1}):
        with pytest.raises(DomainError):
            order_tests(table, **wrong)
    for wrong in ({"groups": np.arange(20)}, {"samples_per_row": [1, 2]}):
        with pytest.raises(InputError):
            order_tests(table, **wrong)
    with pytest.raises(InputError, match="knows its samples"):
        order_tests(ActivationMask.from_active(table > 0), samples_per_row=np.ones(20))


@pytest.mark.parametrize("setting", ["frozen", "training", "unknown"])
@pytest.mark.parametrize("ordered", [True, False])
def test_words_say_what_the_data_cannot_show(rng, setting, ordered):
    along = {"frozen": False, "training": True, "unknown": None}[setting]
    rows = drifting(rng, size=4.0 if ordered else 0)
    found = order_tests(rows, along_training=along, n_permutations=199, rng=0)
    assert (found.setting, found.rejected) == (setting, ordered)
    text = " ".join(found.summary().split())
    if setting == "frozen":
        assert ("property of how the data were ordered" in text) == ordered
        assert ("no evidence for the reinforcement process" in text) != ordered
    else:
        assert "einforcement with constant b" in text


def test_it_prints_tabulates_travels_and_draws(rng):
    found = order_tests(drifting(rng), n_permutations=99, rng=0)
    assert OrderTests.from_json(found.to_json()) == found
    json.loads(found.to_json(), parse_constant=pytest.fail)
    assert max(map(len, found.summary().splitlines())) <= 66
    assert tuple(found.params) == NAMES
    assert found.to_frame()["trend_p"].item() == found["trend"].pvalue
    assert found.conf_int().shape == (4, 2)
    with pytest.raises(DomainError):
        found.conf_int(0.5)
    assert [label.get_text().split()[0] for label in found.plot().get_yticklabels()] == list(NAMES)


def urn(rng, n, b, c, d):
    """P(neuron fires) = (D_i + b) / (D + bN/c)."""
    counts, active = np.zeros(n), np.zeros((d, n), bool)
    for t in range(d):
        active[t] = rng.random(n) < (counts + b) / (t + b * n / c)
        counts += active[t]
    return active


def shuffled_classes(rng):
    shift = rng.normal(0, 1, (10, 100))[rng.integers(0, 10, 100)]
    return rng.random((100, 100)) < 1 / (1 + np.exp(1 - shift))


@pytest.mark.slow
@pytest.mark.parametrize("draw", [lambda rng: urn(rng, 100, 1, 10, 100), shuffled_classes])
def test_the_urn_and_shuffled_classes_are_not_rejected_beyond_the_level(rng, draw):
    """Of 400 runs .05 would be rejected; .03 to .07 is within two Monte Carlo errors."""
    found = []
    for _ in range(400):
        tests = order_tests(ActivationMask.from_active(draw(rng)), n_permutations=99, rng=rng)
        found.append([*(test.pvalue <= 0.05 for test in tests.tests), tests.rejected])
    *sizes, family = np.mean(found, axis=0)
    assert all(0.02 <= size <= 0.08 for size in sizes)
    assert family <= 0.07


def test_masks_make_the_rows_that_they_hold(rng):
    active = drifting(rng, n=30)
    rows = rows_of_mask(ActivationMask.from_active(active), None, 100)
    np.testing.assert_array_equal(rows.gram, active.astype(int) @ active.T.astype(int))
    assert (rows.n_rows, rows.n_neurons) == (30, 60)
