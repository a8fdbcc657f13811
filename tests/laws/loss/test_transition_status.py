"""What no transition can be told from gets an answer in words, never a crash or a number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.loss import LossTransition, LossTransitionResult
from activstats.laws.loss._answer import decided
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.existence import Existence
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.shapes import crossover
from activstats.laws.results import Status

D = np.geomspace(10, 20_000, 12)
X = np.log(D)
TEST = LossTransition(n_boot=99)


def rough(expected, cv=0.01, seed=0):
    return expected * np.random.default_rng(seed).normal(1, cv, np.size(expected))


@pytest.mark.parametrize(("d", "said"), [([10, 20, 30, 40], "4 sizes"), ([7] * 9, "a single size")])
def test_too_few_sizes_are_named(d, said):
    result = TEST.fit(d, np.linspace(2, 1, len(d)), rng=0)
    assert (result.answer, result.status) == ("cannot tell", Status.TOO_FEW)
    assert said in result.reason
    assert math.isnan(result.d_star)
    assert math.isnan(result.pvalue)
    assert (result.conf_int(0.9).to_numpy() == [[0, np.inf]] * 3).all()
    with pytest.raises(InputError, match="nothing to compare"):
        result.alternatives()
    assert result.plot().get_xlabel()
    assert "cannot tell" in result.summary()


def test_constant_losses_have_no_transition():
    result = TEST.fit(D, np.full(12, 0.7), rng=0)
    assert (result.answer, result.pvalue) == ("no transition", 1.0)
    assert "0.7" in result.reason
    assert result.plot().get_xlabel()


def test_rising_losses_have_no_transition():
    result = TEST.fit(D, rough(1 + 0.1 * X), rng=0)
    assert (result.answer, result.pvalue) == ("no transition", 1.0)
    assert "does not fall" in result.reason


def test_a_power_law_has_none_and_the_reason_names_it():
    result = TEST.fit(D, rough(0.2 + 2 * (D / 10) ** -0.4), rng=0)
    assert result.answer == "no transition"
    assert "a power law (beta 0.39" in result.reason
    assert "is excluded" in result.reason
    assert math.isnan(result.d_star)
    assert math.isfinite(result.d_star_high)
    assert np.isnan([result.steepest, result.half_drop, result.width_decades]).all()


def test_a_curve_that_starts_too_late_is_a_power_law():
    late = np.geomspace(5e4, 1e8, 12)
    result = TEST.fit(late, rough(0.3 + 2 * (1 + late / 300) ** -0.6), rng=0)
    assert result.answer != "transition"
    assert result.d_star_low == 0


def test_a_curve_that_ends_too_early_cannot_tell():
    early = np.geomspace(1, 300, 14)
    losses = rough(0.3 + 2 * crossover(np.log(early), math.log(3000), 3.0), 0.001)
    result = TEST.fit(early, losses, rng=0)
    assert (result.answer, result.status) == ("cannot tell", Status.NOT_IDENTIFIABLE)
    assert "ends too early" in result.reason
    assert math.isnan(result.d_star)


def test_a_short_noisy_curve_cannot_tell():
    d = np.geomspace(10, 60, 6)
    result = TEST.fit(np.repeat(d, 2), rough(np.repeat(2 - 0.3 * np.log(d), 2), 0.08, 2), rng=0)
    assert (result.answer, result.status) == ("cannot tell", Status.NOT_IDENTIFIABLE)
    assert "too short or too noisy" in result.reason


def test_without_upper_end_the_steepest_point_alone_is_told():
    losses = rough(0.3 + 2 * np.exp(-D / 1000), 0.005)
    result = TEST.fit(D, losses, rng=0)
    assert (result.answer, result.status) == ("transition", Status.AT_BOUNDARY)
    assert result.d_star_high == math.inf
    assert result.steepest == pytest.approx(1000, rel=0.1)
    assert "D*/b" in result.reason


@pytest.mark.parametrize(
    ("ends", "answer", "said"),
    [
        ((0.0, 50.0), "cannot tell", "starts too late"),
        ((0.0, math.inf), "cannot tell", "starts too late"),
        ((50.0, 900.0), "transition", ""),
    ],
)
def test_open_ends_decide_what_can_be_told(ends, answer, said):
    fit = fit_family(CROSSOVER, LossCurve(D, rough(0.3 + 2 * crossover(X, math.log(300), 0.6))))
    verdict = decided(fit, ends, Existence(0.01, 20.0, 0.3, 0.0), TEST)
    assert verdict.answer == answer
    assert said in verdict.reason


def test_twelve_decades_of_sizes_are_no_trouble():
    d = np.geomspace(1, 1e12, 20)
    result = TEST.fit(d, rough(0.3 + 2 * crossover(np.log(d), math.log(1e6), 0.3)), rng=0)
    assert result.found
    assert result.d_star_low < 1e6 < result.d_star_high


def test_losses_without_noise_are_no_trouble():
    exact = TEST.fit(D, 0.3 + 2 * crossover(X, math.log(300), 0.6), rng=0)
    assert exact.d_star == pytest.approx(300, rel=1e-3)
    assert TEST.fit(D, 0.2 + 2 * D**-0.3, rng=0).answer == "no transition"
    assert TEST.fit(D, 3 - 0.1 * X, rng=0).answer == "no transition"


def test_five_runs_are_enough_for_a_test_but_not_for_the_form():
    d = np.geomspace(10, 20_000, 5)
    result = TEST.fit(d, rough(0.3 + 2 * (1 + d / 300) ** -0.6, 0.001), rng=0)
    assert math.isfinite(result.pvalue)
    assert math.isnan(result.sharpness_pvalue)
    assert (result.sharpness_low, result.sharpness_high) == (0.0, math.inf)


def test_widths_thrown_together_are_warned_of():
    curve = LossCurve(D, rough(0.3 + 2 * (1 + D / 300) ** -0.6), width=[64] * 6 + [128] * 6)
    assert "several widths" in TEST.fit(curve, rng=0).warnings[0]
    assert not TEST.fit(curve.only(curve.width == 64), rng=0).warnings


def test_without_replicates_there_is_a_fit_and_no_test():
    result = LossTransition(n_boot=0).fit(D, rough(0.3 + 2 * (1 + D / 300) ** -0.6))
    assert math.isnan(result.pvalue)
    assert result.answer == "cannot tell"
    assert result.d_star == pytest.approx(300, rel=0.3)


@pytest.mark.parametrize("bad", [0.0, -0.5])
def test_losses_not_above_zero_need_additive_noise(bad):
    losses = 0.3 + 2 * (1 + D / 300) ** -0.6
    losses[-1] = bad
    with pytest.raises(InputError, match="losses above 0"):
        TEST.fit(D, losses, rng=0)
    assert LossTransition(n_boot=19, noise="additive").fit(D, losses, rng=0).answer


@pytest.mark.parametrize(
    "settings_",
    [
        {"n_boot": -1}, {"n_boot": 2.5}, {"n_boot": True}, {"noise": "pink"},
        {"bootstrap": "pairs"}, {"level": 0.0}, {"level": 1.5},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(settings_):
    with pytest.raises(DomainError):
        LossTransition(**settings_)


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(1e-3, 1e3),
    st.sampled_from([0.0, -1.0, 1.0, 10.0, 1e-300, 1e300]),
)
runs = st.lists(st.tuples(numbers, numbers), min_size=0, max_size=12)
usable = st.lists(st.tuples(st.floats(1e-6, 1e12), st.floats(1e-9, 1e9)), min_size=1, max_size=14)


@settings(max_examples=60)
@given(st.one_of(runs, usable), st.sampled_from(["multiplicative", "additive"]), st.booleans())
def test_whatever_the_runs_there_is_an_answer_or_an_error_in_words(pairs, noise, robust):
    d, loss = [p[0] for p in pairs], [p[1] for p in pairs]
    test = LossTransition(n_boot=19, noise=noise, robust=robust)
    try:
        result = test.fit(d, loss, rng=0)
    except ActivstatsError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    assert result.answer in {"transition", "no transition", "cannot tell"}
    assert result.found or result.reason
    assert result.found == math.isfinite(result.d_star)
    assert result.d_star_low <= result.d_star_high
    assert LossTransitionResult.from_json(result.to_json()).to_json() == result.to_json()
    assert result.summary()
