"""What no exponent can be told from gets a status and a reason, never a crash or a bare nan."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.loss import LossCurve, LossDecay, LossDecayResult
from activstats.laws.results import Status

D = np.geomspace(10, 20_000, 12)
X = np.log(D)


def rough(expected, cv=0.01, seed=0):
    return expected * np.random.default_rng(seed).normal(1, cv, np.size(expected))


@pytest.mark.parametrize(("d", "said"), [([10, 20, 30, 40], "4 sizes"), ([7] * 9, "a single size")])
def test_too_few_sizes_are_named(d, said):
    result = LossDecay().fit(d, np.linspace(2, 1, len(d)))
    assert result.status is Status.TOO_FEW
    assert said in result.reason
    assert math.isnan(result.beta)
    expected = [[0, np.inf], [-np.inf, np.inf], [0, np.inf]]
    assert (result.conf_int(0.9).to_numpy() == expected).all()
    with pytest.raises(InputError, match="no exponent to predict with"):
        result.predict([100])
    assert "training samples" in result.plot().get_xlabel()
    assert said[2:] in result.summary()


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (np.full(12, 0.7), "0.700 in every run: nothing decays"),
        (rough(np.full(12, 1.5)), "does not fall beyond its noise"),
        (rough(1 + 0.1 * X), "rises with D"),
        (1 + 0.1 * X, "rises with D"),
    ],
)
def test_losses_that_do_not_fall_have_no_exponent(losses, said):
    result = LossDecay().fit(D, losses)
    assert result.status is Status.NOT_IDENTIFIABLE
    assert said in result.reason
    assert np.isnan(list(result.params.values())).all()
    assert (result.beta_low, result.beta_high) == (0, math.inf)
    assert result.conf_int(0.8).loc["beta"].tolist() == [0, math.inf]
    assert result.plot_panels()[1].get_ylabel() == "local exponent"


def test_flat_losses_are_seldom_given_an_exponent():
    given_one = [LossDecay().fit(D, rough(np.full(12, 1.5), 0.03, s)).found for s in range(100)]
    assert np.mean(given_one) <= 0.07


@pytest.mark.parametrize("cv", [0.0, 0.01])
def test_of_a_line_in_log_d_no_floor_can_be_told(cv):
    result = LossDecay().fit(D, rough(3 - 0.2 * X, cv, 4))
    assert result.status is Status.AT_BOUNDARY
    assert "no floor can be told" in result.reason
    assert result.beta < 0.05
    assert result.beta_low == 0
    assert result.loss_opt_low == -math.inf
    assert result.amplitude_high == math.inf
    # What the losses tell is told all the same: the curve itself.
    said = result.predict([D[-1]])
    assert said.low[0] <= 3 - 0.2 * X[-1] + 1e-3
    assert said.high[0] >= 3 - 0.2 * X[-1] - 1e-3


def test_open_ends_are_reported_as_open():
    d = np.geomspace(10, 100, 8)
    result = LossDecay().fit(d, rough(0.2 + 2 * (d / 10) ** -0.3, 0.08, 1))
    assert result.status is Status.AT_BOUNDARY
    assert "beta has no lower end" in result.reason
    assert result.beta_low == 0
    assert 0.3 < result.beta_high < math.inf
    assert "[0, " in result.summary()
    assert "-inf" in result.to_json()


def test_a_fall_that_is_over_at_once_has_no_upper_end():
    steep = LossDecay().fit(D, rough(0.3 + 2 * (D / 10) ** -3.6, 0.08))
    assert steep.status is Status.AT_BOUNDARY
    assert "no upper end" in steep.reason
    assert steep.loss_opt == pytest.approx(0.3, rel=0.02)
    assert steep.beta_high == math.inf
    step = LossDecay().fit(D, rough(np.where(D < 11, 2.0, 0.3), 0.01))
    assert step.status is Status.NOT_IDENTIFIABLE
    assert "faster than by D^−4" in step.reason
    assert math.isnan(step.beta)
    assert step.beta_low > 1
    assert step.conf_int(0.9).loc["beta", "low"] > step.beta_low


def test_a_fall_of_unknown_form_is_said_to_be_one():
    d = np.linspace(10, 12, 5)
    result = LossDecay().fit(np.repeat(d, 6), rough(np.repeat(3 - np.log(d), 6), 0.05, 3))
    assert result.falls_pvalue < 0.05
    assert result.status is Status.NOT_IDENTIFIABLE
    assert "do not tell how" in result.reason


def test_a_floor_below_zero_is_warned_of():
    result = LossDecay().fit(D, rough(0.3 + 2 * (1 + D / 300) ** -0.6, 0.002))
    assert result.loss_opt < 0
    assert any("below 0" in warning for warning in result.warnings)
    higher = LossDecay(noise="additive").fit(D, rough(0.3 + 2 * (1 + D / 300) ** -0.6, 0.002) - 5)
    assert not any("below 0" in warning for warning in higher.warnings)


def test_twelve_decades_of_sizes_are_no_trouble():
    d = np.geomspace(1, 1e12, 20)
    result = LossDecay().fit(d, rough(0.3 + 3 * d**-0.2))
    assert result.beta_low < 0.2 < result.beta_high
    assert result.predict([1e13]).high[0] < 0.35


def test_widths_thrown_together_are_warned_of():
    curve = LossCurve(D, rough(0.3 + 4 * D**-0.4), width=[64] * 6 + [128] * 6)
    assert "several widths" in LossDecay().fit(curve).warnings[0]
    assert not LossDecay().fit(curve.only(curve.width == 64)).warnings


@pytest.mark.parametrize("bad", [0.0, -0.5])
def test_losses_not_above_zero_need_additive_noise(bad):
    losses = 0.3 + 4 * D**-0.4
    losses[-1] = bad
    with pytest.raises(InputError, match="losses above 0"):
        LossDecay().fit(D, losses)
    assert LossDecay(noise="additive").fit(D, losses).found


@pytest.mark.parametrize("setting", [{"noise": "pink"}, {"level": 0.0}, {"level": 1.5}])
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(DomainError):
        LossDecay(**setting)


@pytest.mark.parametrize("bad", [[0.0], [-3], [np.nan], [np.inf], ["a"], []])
def test_sizes_that_are_none_are_not_predicted(bad):
    result = LossDecay().fit(D, 0.3 + 4 * D**-0.4)
    with pytest.raises(InputError, match="sizes"):
        result.predict(bad)
    with pytest.raises(DomainError):
        result.predict([100], level=2)
    with pytest.raises(DomainError):
        result.conf_int(0)


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(1e-3, 1e3),
    st.sampled_from([0.0, -1.0, 1.0, 10.0, 1e-300, 1e300]),
)
runs = st.lists(st.tuples(numbers, numbers), min_size=0, max_size=12)
usable = st.lists(st.tuples(st.floats(1e-6, 1e12), st.floats(1e-9, 1e9)), min_size=1, max_size=14)
repeated = st.lists(
    st.tuples(st.sampled_from([1.0, 2.0, 4.0, 8.0, 1e6, 1e12]), st.floats(-1, 5)), min_size=5,
    max_size=24,
)  # fmt: skip


@settings(max_examples=100)
@given(
    st.one_of(runs, usable, repeated), st.sampled_from(["multiplicative", "additive"]),
    st.booleans(),
)  # fmt: skip
def test_whatever_the_runs_there_is_an_answer_or_an_error_in_words(pairs, noise, robust):
    d, loss = [p[0] for p in pairs], [p[1] for p in pairs]
    try:
        result = LossDecay(noise=noise, robust=robust).fit(d, loss)
    except ActivstatsError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    assert (result.status is Status.CONVERGED) == (not result.reason)
    assert result.found or result.reason
    ends = result.conf_int()
    assert (ends["low"] <= ends["high"]).all()
    assert not ends.isna().any(axis=None)
    if result.found:
        assert result.beta_low <= result.beta * (1 + 1e-6) + 1e-9
        assert result.beta * (1 - 1e-6) - 1e-9 <= result.beta_high
        said = result.predict([1, 1e3, 1e9])
        assert not said.to_frame().isna().any(axis=None)
    assert LossDecayResult.from_json(result.to_json()).to_json() == result.to_json()
    assert result.summary()
    assert result.conf_int(0.7).notna().all(axis=None)
    local = result.local_exponent()
    assert local.reason or np.isfinite(local.exponent[~local.lost]).all()
    choice = result.choice()
    assert choice.reason or choice.alternatives
