"""The ledger says what a walk through the samples, one by one, says."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.counts import ActivationMask
from activstats.dynamics.stamina import StaminaLedger
from activstats.dynamics.stamina_result import StaminaLedgerResult
from activstats.errors import DomainError, InputError
from activstats.laws.results import Status


def walk(gains, penalty, start, cap):
    """Walk through one neuron's samples; a gain of 0 is silence. Stamina is in penalties."""
    s = start
    for t, gain in enumerate(gains):
        s = min(cap, s + gain / penalty) if gain > 0 else s - 1
        if s <= 0:
            return t
    return -1


def mask_of(active):
    return ActivationMask.from_active(np.asarray(active, dtype=bool))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.floats(1, 60), st.booleans())
def test_ledger_equals_the_walk_sample_by_sample(seed, n_samples, life, relative):
    rng = np.random.default_rng(seed)
    rates = np.array([0.0, 0.02, 0.3, 0.5, 0.9, 1.0])
    active = rng.random((n_samples, 6)) < rates
    gain = rng.gamma(2, 0.5, 6)
    penalties = np.geomspace(0.05, 20, 7)
    start = None if relative else life / 4
    ledger = StaminaLedger(penalties=tuple(penalties), life=life, start=start).fit(
        mask_of(active), gain
    )
    for i in range(6):
        for j, p in enumerate(ledger.penalties):
            begun = life if relative else start / p
            # A billionth of a billionth: the ledger counts in whole parts of a penalty.
            expected = walk(active[:, i] * gain[i], p, begun - 1e-9, 2 * begun - 1e-9)
            other = walk(active[:, i] * gain[i], p, begun + 1e-9, 2 * begun + 1e-9)
            assert ledger.died_at[i, j] in {expected, other}


def test_values_and_mask_agree_where_every_firing_puts_out_the_same(rng):
    active = rng.random((3001, 16)) < rng.beta(0.3, 0.7, 16)
    of_mask = StaminaLedger().fit(mask_of(active), np.full(16, 0.7))
    of_values = StaminaLedger().fit_values(active * 0.7)
    np.testing.assert_array_equal(of_mask.died_at, of_values.died_at)
    np.testing.assert_allclose(of_mask.critical, of_values.critical, rtol=3e-3)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("neurons_held", [1, 3, 100])
def test_a_stream_in_bounded_memory_says_what_one_array_says(rng, dtype, neurons_held):
    outputs = (rng.gamma(1, 1, (900, 7)) * (rng.random((900, 7)) < 0.3)).astype(dtype)
    held = []

    def blocks():
        held.append(1)
        return np.array_split(outputs, [10, 400, 401])

    model = StaminaLedger(life=30)
    bytes_each = 900 * max(outputs.itemsize, 4)
    streamed = model.fit_stream(blocks, memory_limit=neurons_held * bytes_each)
    whole = model.fit_values(outputs)
    assert len(held) == 1 + -(-7 // neurons_held)
    np.testing.assert_array_equal(streamed.died_at, whole.died_at)
    np.testing.assert_allclose(streamed.critical, whole.critical, rtol=1e-12)
    np.testing.assert_allclose(streamed.typical, whole.typical, rtol=1e-12)


def test_a_stream_of_nothing_or_of_other_neurons_is_refused():
    for blocks in ([], [np.ones((2, 3)), np.ones((2, 4))]):
        with pytest.raises(InputError):
            StaminaLedger().fit_stream(lambda blocks=blocks: blocks)


def test_values_equal_the_walk_with_each_output_as_it_was(rng):
    outputs = np.maximum(rng.normal(-0.3, 1, (500, 5)), 0)
    ledger = StaminaLedger(penalties=(0.1, 0.5, 2.0), life=20).fit_values(outputs)
    expected = [[walk(outputs[:, i], p, 20, 40) for p in ledger.penalties] for i in range(5)]
    np.testing.assert_array_equal(ledger.died_at, expected)


def test_silent_neuron_dies_after_its_life_under_any_penalty():
    ledger = StaminaLedger(penalties=(1e-6, 1.0, 1e6), life=100).fit(mask_of(np.zeros((300, 1))))
    np.testing.assert_array_equal(ledger.died_at, [[99, 99, 99]])
    assert ledger.critical[0] == 0


def test_neuron_that_always_fires_never_dies():
    ledger = StaminaLedger(penalties=(1e-6, 1.0, 1e6), life=100).fit(mask_of(np.ones((300, 1))))
    np.testing.assert_array_equal(ledger.died_at, [[-1, -1, -1]])
    assert ledger.critical[0] == math.inf
    assert "nobody can die" in " ".join(ledger.warnings)


def test_alternating_neuron_dies_when_its_drift_has_used_up_the_start():
    """Up a/p, down 1: with a/p = 1/2 half a penalty is lost in two samples, 100 in 400."""
    active = np.tile([[True], [False]], (300, 1))
    ledger = StaminaLedger(penalties=(0.5, 2.0), life=100).fit(mask_of(active))
    np.testing.assert_array_equal(ledger.died_at, [[-1, 399]])
    # 100 + 300 (a/p − 1) = 0 at the end: a/p = 2/3.
    assert ledger.critical[0] == pytest.approx(1.5, rel=2e-3)


def test_absolute_start_of_ten_is_used_up_by_a_silence_of_ten_over_p():
    ledger = StaminaLedger(penalties=(0.5, 1.0, 4.0), start=10).fit(mask_of(np.zeros((30, 1))))
    np.testing.assert_array_equal(ledger.died_at, [[19, 9, 2]])


def test_cap_limits_what_a_long_use_is_worth():
    active = np.r_[np.ones(1000), np.zeros(500)][:, None]
    for cap, death in ((2.0, 1000 + 199), (1.0, 1000 + 99)):
        ledger = StaminaLedger(penalties=(1.0,), life=100, cap=cap).fit(mask_of(active))
        assert ledger.died_at[0, 0] == death


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_larger_penalty_never_kills_later(seed):
    rng = np.random.default_rng(seed)
    active = rng.random((700, 8)) < rng.random(8)
    ledger = StaminaLedger(ratios=np.geomspace(0.05, 20, 30), life=50).fit(mask_of(active))
    died = np.where(ledger.died_at < 0, 701, ledger.died_at)
    assert (np.diff(died, axis=1) <= 0).all()


def test_order_of_neurons_and_penalties_asked_for_change_nothing(rng):
    active = rng.random((900, 12)) < rng.random(12)
    every = StaminaLedger(penalties=(0.2, 0.5, 1.0, 3.0), life=60).fit(mask_of(active))
    one = StaminaLedger(penalties=(1.0,), life=60).fit(mask_of(active[:, ::-1]))
    np.testing.assert_array_equal(every.died_at[:, 2], one.died_at[::-1, 0])


def test_critical_penalty_parts_life_from_death(rng):
    active = rng.random((2000, 10)) < rng.uniform(0.1, 0.9, 10)
    found = StaminaLedger(life=50).fit(mask_of(active))
    assert np.isfinite(found.critical).all()
    for i, critical in enumerate(found.critical):
        around = StaminaLedger(penalties=(critical / 1.01, critical * 1.01), life=50)
        died = around.fit(mask_of(active)).died_at[i]
        assert died[0] == -1
        assert died[1] >= 0


def test_long_recording_is_decided_by_the_drift(rng):
    """Away from p* by a third, 20,000 samples leave chance no say (THEORY: p* = E[a]/(1 − r))."""
    rates = np.linspace(0.1, 0.6, 12)
    active = rng.random((20_000, 12)) < rates
    balance = rates / (1 - rates)
    for factor, lives in ((0.67, True), (1.5, False)):
        for i, p in enumerate(balance * factor):
            ledger = StaminaLedger(penalties=(p,)).fit(mask_of(active[:, [i]]))
            assert (ledger.died_at[0, 0] < 0) == lives


def test_survival_falls_from_one_to_the_survivors(rng):
    active = rng.random((2000, 40)) < rng.beta(0.3, 0.7, 40)
    ledger = StaminaLedger(life=100).fit(mask_of(active))
    shares = ledger.survival(np.arange(0, 2001, 50))
    assert (shares[0] == 1).all()
    assert (np.diff(shares, axis=0) <= 0).all()
    np.testing.assert_allclose(shares[-1] * 40, ledger.survivors)
    with pytest.raises(DomainError):
        ledger.survival(2001)


def test_survival_and_its_prediction_are_counted_neuron_by_neuron(rng):
    outputs = np.maximum(rng.normal(rng.uniform(-1, 1, 12), 1, (600, 12)), 0)
    ledger = StaminaLedger(penalties=(0.2, 0.7, 3.0), life=40).fit_values(outputs)
    balance = outputs.mean(axis=0) / (1 - (outputs > 0).mean(axis=0))
    np.testing.assert_allclose(ledger.balancing, balance, rtol=1e-6)
    table = ledger.prediction()
    for j, penalty in enumerate(ledger.penalties):
        deaths = np.array([walk(outputs[:, i], penalty, 40, 80) for i in range(12)])
        lived, n = deaths < 0, np.arange(601)
        # dead after n samples if it was one of them
        alive = lived | (deaths >= n[:, None])
        np.testing.assert_allclose(ledger.survival(n)[:, j], alive.mean(axis=1))
        expected = balance > penalty
        row = table.loc[j, ["expected_to_live", "lived", "both", "agreement"]].tolist()
        both = (expected & lived).sum()
        assert row == [expected.sum(), lived.sum(), both, np.mean(expected == lived)]


def test_ends_of_the_range_are_where_the_first_and_the_last_neuron_die(rng):
    active = rng.random((3000, 20)) < rng.uniform(0.2, 0.8, 20)
    found = StaminaLedger(life=100).fit(mask_of(active))
    around = [
        found.none_die / 1.01,
        found.none_die * 1.01,
        found.all_die / 1.01,
        found.all_die * 1.01,
    ]
    ledger = StaminaLedger(penalties=tuple(around), life=100).fit(mask_of(active))
    assert ledger.survivors.tolist() == [20, 19, 1, 0]


def test_typical_penalty_is_the_median_of_neurons_that_fire():
    active = np.zeros((100, 5), dtype=bool)
    active[:50, 0] = active[:20, 1] = active[:80, 2] = True
    ledger = StaminaLedger(life=10).fit(mask_of(active))
    assert ledger.typical == pytest.approx(1.0)  # of 1, .25 and 4
    np.testing.assert_allclose(ledger.penalties / ledger.ratios, 1.0)


def test_median_has_the_interval_of_order_statistics(rng):
    active = rng.random((3000, 20)) < rng.uniform(0.2, 0.8, 20)
    ledger = StaminaLedger().fit(mask_of(active))
    ends = ledger.conf_int().loc["half_die"]
    # Of 20, the 6th and the 15th: the sign test's interval at .9586.
    assert ends.tolist() == np.sort(ledger.critical)[[5, 14]].tolist()
    assert ledger.conf_int().loc[["none_die", "all_die"]].isna().all(axis=None)


def test_statuses_say_what_is_missing():
    silent = StaminaLedger().fit(mask_of(np.zeros((600, 3))))
    assert silent.status is Status.NOT_IDENTIFIABLE
    short = StaminaLedger().fit(mask_of(np.eye(10)))
    assert short.status is Status.TOO_FEW
    assert "nobody can die" in short.reason
    assert (short.died_at < 0).all()


def test_result_travels_prints_and_draws(rng):
    active = rng.random((700, 9)) < rng.random(9)
    ledger = StaminaLedger(life=100).fit(mask_of(active), provenance={"layer": "relu"})
    back = StaminaLedgerResult.from_json(ledger.to_json())
    np.testing.assert_array_equal(back.died_at, ledger.died_at)
    np.testing.assert_array_equal(back.critical, ledger.critical)
    assert "Stamina ledger" in ledger.summary()
    assert "median p*" in ledger._repr_html_()
    assert ledger.plot().get_xlabel() == "penalty of a silent sample, p"
    assert len(ledger.plot_survival().lines) == 6
    assert len(ledger.to_frame()) == 1
    assert ledger.prediction()["agreement"].between(0, 1).all()


@pytest.mark.parametrize(
    "settings_",
    [
        {"life": 0.0},
        {"life": math.nan},
        {"cap": 0.5},
        {"start": -1.0},
        {"penalties": (0.0,)},
        {"ratios": ()},
        {"penalties": (1.0,), "ratios": (1.0,)},
        {"level": 1.0},
    ],
)
def test_settings_outside_their_domain_are_refused(settings_):
    with pytest.raises(DomainError):
        StaminaLedger(**settings_)


def test_data_that_cannot_be_are_refused(rng):
    mask = mask_of(rng.random((100, 3)) < 0.5)
    for gain in ([1, 2], [1, -1, 2], [1, math.nan, 2]):
        with pytest.raises(InputError):
            StaminaLedger().fit(mask, gain)
    with pytest.raises(InputError):
        StaminaLedger().fit(np.zeros((3, 3)))
    for values in (np.zeros(3), np.zeros((0, 3)), [["a"]]):
        with pytest.raises(InputError):
            StaminaLedger().fit_values(values)
