"""Losses whose D* is bN/c agree with the prediction, others differ, imprecise ones cannot tell."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import f as f_law
from scipy.stats import sem
from scipy.stats import t as student

from activstats.errors import DomainError, InputError
from activstats.laws.growth import GrowthLaw
from activstats.laws.loss import LossTransition
from activstats.laws.loss.agreement import transition_agreement
from activstats.laws.loss.agreement_result import TransitionAgreement
from activstats.laws.loss.constrained import joint_test, location_test
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.predicted import PredictedTransition, predicted_transition
from activstats.laws.loss.projection import sums_of_squares
from activstats.laws.loss.shapes import crossover

D = np.repeat(np.geomspace(5, 20_000, 13), 2)
B, N, D_STAR = 0.6, 1e6, 200.0
C = B * N / D_STAR


def losses(rng, cv=0.01, b=B, d_star=D_STAR, s=1.0):
    expected = 0.3 + 2 * crossover(np.log(D), math.log(d_star), b, s)
    return expected * (1 + cv * rng.standard_normal(D.size))


def predicted(factor=1.0, b=B, **errors):
    return PredictedTransition(n_neurons=N, b=b, c=b * N / D_STAR / factor, **errors)


@pytest.fixture(scope="module")
def transition():
    rng = np.random.default_rng(3)
    return LossTransition(n_boot=99).fit(D, losses(rng), rng=0)


def drawn(rng, n, *, factor=1.0, b_se=0.05, c_se=0.02, df=math.inf, cv=0.02):
    """Return p of location and of both from curves and recordings that err about the truth."""
    found = []
    for _ in range(n):
        fit = fit_family(CROSSOVER, LossCurve(D, losses(rng, cv)))
        b_err, c_err = b_se * rng.standard_normal(), c_se * rng.standard_normal()
        # Standard errors are themselves estimated from a few recordings.
        scale = np.sqrt(rng.chisquare(df, 2) / df) if df < math.inf else np.ones(2)
        recorded = PredictedTransition(
            n_neurons=N, b=B * math.exp(b_err), c=C / factor * math.exp(c_err),
            b_se_log=b_se * scale[0], c_se_log=c_se * scale[1], b_df=df, c_df=df,
        )  # fmt: skip
        found.append((location_test(fit, recorded).pvalue, joint_test(fit, recorded).pvalue))
    return np.array(found).T


@pytest.mark.slow
@pytest.mark.parametrize("df", [math.inf, 2])
def test_p_is_uniform_where_the_prediction_is_true(df, rng):
    for pvalues in drawn(rng, 150, df=df):
        # Binomial scatter of 150: ±.018 at .05, ±.041 at .5, three of them.
        assert np.mean(pvalues <= 0.05) <= 0.11
        assert 0.35 <= np.mean(pvalues <= 0.5) <= 0.65


def test_a_prediction_off_by_a_factor_of_three_is_rejected(rng):
    for factor in (3.0, 1 / 3):
        for pvalues in drawn(rng, 8, factor=factor):
            assert np.all(pvalues < 0.01)


def test_location_without_error_is_the_profile_test(rng):
    """The exponent is free: found here by an independent search over b alone."""
    fit = fit_family(CROSSOVER, LossCurve(D, losses(rng)))
    x = math.log(D_STAR * 1.3)

    def rss(log_b):
        return float(sums_of_squares(CROSSOVER, fit.cells, np.array([[x, log_b]]))[0])

    least = minimize_scalar(rss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-9}).fun
    statistic = (least - fit.shape.rss) / fit.variance
    test = location_test(fit, predicted(1.3))
    assert test.statistic == pytest.approx(statistic, rel=1e-5)
    assert test.pvalue == pytest.approx(f_law.sf(statistic, 1, D.size - 4), rel=1e-5)


def test_both_without_error_is_the_rise_at_one_shape(rng):
    fit = fit_family(CROSSOVER, LossCurve(D, losses(rng)))
    theta = np.log([[D_STAR * 1.2, 0.7]])
    rise = float(sums_of_squares(CROSSOVER, fit.cells, theta)[0]) - fit.shape.rss
    test = joint_test(fit, predicted(1.2, b=0.7))
    assert test.statistic == pytest.approx(rise / fit.variance / 2)
    assert (test.df, test.df_residual) == (2, D.size - 4)


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_without_noise_the_distance_is_that_in_standard_errors(factor):
    """All error is the recordings': ((ln ratio)/se)² for D*, and no more for both (closed form)."""
    fit = fit_family(CROSSOVER, LossCurve(D, losses(np.random.default_rng(0), cv=0.0)))
    off = math.log(factor) / 0.2
    alone = location_test(fit, predicted(factor, c_se_log=0.2))
    assert alone.statistic == pytest.approx(off**2, rel=1e-2)
    both = joint_test(fit, predicted(factor, b_se_log=0.1, c_se_log=0.2))
    assert both.statistic == pytest.approx(off**2 / 2, rel=1e-2)


def test_true_prediction_agrees_within_the_stated_margin(transition):
    found = transition_agreement(transition, predicted(b_se_log=0.05))
    assert (found.answer, found.margin) == ("agrees", 2.0)
    assert 0.5 < found.ratio_low < 1 < found.ratio_high < 2
    assert found.location_pvalue > 0.05
    assert found.joint_pvalue > 0.05
    assert found.ratio == pytest.approx(transition.d_star / D_STAR)
    text = " ".join(found.summary().split())
    assert "within a factor 2.00" in text
    assert "no proof" in text


def test_a_narrow_margin_cannot_be_told_although_p_is_large(transition):
    found = transition_agreement(transition, predicted(b_se_log=0.05), margin=1.05)
    assert found.location_pvalue > 0.05
    assert found.answer == "cannot tell"
    assert "beyond a factor 1.05" in found.reason


def test_a_wide_margin_says_so_where_the_difference_is_seen(transition):
    found = transition_agreement(transition, predicted(1.6, b=0.65), margin=4.0)
    assert found.location_pvalue < 0.05
    assert found.answer == "agrees"
    assert "though not on it" in found.reason


def test_another_place_differs(transition):
    found = transition_agreement(transition, predicted(4.0, b_se_log=0.05))
    assert found.answer == "differs"
    assert "not where b and c put it" in found.reason
    assert found.ratio_high < 1


def test_the_right_place_with_another_exponent_differs():
    rng = np.random.default_rng(1)
    found = LossTransition(n_boot=99).fit(D, losses(rng, cv=0.05), rng=0)
    recorded = PredictedTransition(n_neurons=N, b=0.2, c=0.2 * N / found.d_star, b_se_log=0.05)
    answer = transition_agreement(found, recorded)
    assert answer.location_pvalue > 0.05 > answer.joint_pvalue
    assert answer.answer == "differs"
    assert "not together with the exponent" in answer.reason


def test_a_sharper_curve_contradicts_the_form_wherever_it_lies():
    rng = np.random.default_rng(2)
    sharp = LossTransition(n_boot=99).fit(D, losses(rng, s=5.0), rng=0)
    found = transition_agreement(sharp, predicted(b_se_log=0.05))
    assert found.answer == "differs"
    assert "the form of the theory is contradicted" in found.reason
    assert math.isnan(found.joint_pvalue)
    assert found.location_pvalue > 0.05
    assert "s free" in found.summary()


def test_curves_without_transition_can_exclude_the_prediction_or_cannot_tell():
    rng = np.random.default_rng(4)
    power = (0.2 + 2 * (D / 5) ** -0.4) * (1 + 0.02 * rng.standard_normal(D.size))
    none = LossTransition(n_boot=99).fit(D, power, rng=0)
    assert not none.found
    excluded = transition_agreement(none, predicted(5.0, b_se_log=0.1))
    assert excluded.answer == "differs"
    assert "exclude one at the predicted D*" in excluded.reason
    far_below = transition_agreement(none, predicted(0.0025, b=0.4, b_se_log=0.1))
    assert far_below.answer == "cannot tell"
    assert math.isnan(far_below.ratio)
    few = LossTransition(n_boot=99).fit([10, 20], [2.0, 1.0], rng=0)
    untold = transition_agreement(few, predicted())
    assert (untold.answer, untold.n_obs) == ("cannot tell", 2)
    assert math.isnan(untold.location_pvalue)
    assert untold.plot().get_xlabel()
    assert untold.summary()


def test_a_result_survives_json_becomes_a_row_and_widens_with_the_level(transition):
    found = transition_agreement(transition, predicted(b_se_log=0.05, b_df=2.0))
    again = TransitionAgreement.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.predicted == found.predicted
    json.loads(found.to_json())
    row = found.to_frame().iloc[0]
    assert row["ratio"] == found.ratio
    assert row["d_star_predicted"] == pytest.approx(D_STAR)
    usual, wide = found.conf_int(), found.conf_int(0.99)
    assert (wide["low"] < usual["low"]).all()
    assert (wide["high"] > usual["high"]).all()
    with pytest.raises(DomainError):
        found.conf_int(1.0)


def test_the_picture_has_the_prediction_beside_d_star(transition):
    labels = transition_agreement(transition, predicted(b_se_log=0.05)).plot()
    assert {"D* and its interval", "predicted bN/c and its interval"} <= set(
        labels.get_legend_handles_labels()[1]
    )


@pytest.mark.parametrize(
    "numbers",
    [
        {"b": 0.0}, {"b": math.inf}, {"b": math.nan}, {"c": 0.0}, {"c": 2e6}, {"n_neurons": -1.0},
        {"b_se_log": -0.1}, {"c_se_log": math.inf}, {"b_df": 0.0}, {"c_df": math.nan},
    ],
)  # fmt: skip
def test_predictions_that_are_none_are_refused(numbers):
    with pytest.raises(DomainError):
        PredictedTransition(**{"n_neurons": N, "b": 0.5, "c": 5.0} | numbers)


@pytest.mark.parametrize("margin", [1.0, 0.5, math.inf, math.nan])
def test_a_margin_is_a_factor_above_one(transition, margin):
    with pytest.raises(DomainError, match="above 1"):
        transition_agreement(transition, predicted(), margin=margin)


positive = st.floats(1e-6, 1e6)


@settings(max_examples=40)
@given(
    positive, positive, st.floats(0, 10), st.floats(0, 10), st.sampled_from([1.0, 2.0, math.inf])
)
def test_whatever_the_prediction_there_is_an_answer_in_words(
    transition, b, steepest, b_se, c_se, df
):
    recorded = (
        PredictedTransition(
            n_neurons=steepest * 1e-7, b=b, c=1e-7, b_se_log=b_se, c_se_log=c_se, b_df=df, c_df=df
        )
        if steepest >= 1
        else PredictedTransition(n_neurons=1.0, b=b, c=1.0, b_se_log=b_se)
    )
    found = transition_agreement(transition, recorded)
    assert found.answer in {"agrees", "differs", "cannot tell"}
    assert found.reason
    assert 0 <= found.location_pvalue <= 1
    assert 0 <= found.joint_pvalue <= 1
    assert found.ratio_low <= found.ratio <= found.ratio_high
    assert "nan" not in found.summary()


def recorded_fits(rng, n_seeds, b=0.4, n=256, c=4.0):
    rates = [rng.beta(b, b * (n / c - 1), n) for _ in range(n_seeds)]
    return [GrowthLaw().fit(rng.binomial(2000, rate), n_samples=2000) for rate in rates]


def test_recordings_predict_with_the_scatter_over_seeds(rng):
    fits = recorded_fits(rng, 4)
    found = predicted_transition(fits)
    assert found.c == pytest.approx(math.exp(np.mean(np.log([fit.c for fit in fits]))))
    assert found.c_se_log == pytest.approx(np.log([f.c for f in fits]).std(ddof=1) / 2)
    low, high = min(f.b for f in fits), max(f.b for f in fits)
    assert low < found.b < high
    assert (found.b_df, found.c_df, found.n_recordings) == (3, 3, 4)
    ends = found.interval()
    assert ends[0] < found.d_star < ends[1]
    assert math.log(ends[1] / found.d_star) == pytest.approx(3.182 * found.se_log, rel=1e-3)


def test_recordings_are_pooled_as_statsmodels_does(rng):
    """Paule & Mandel's tau²; Hartung & Knapp's error where it is the larger one."""
    from statsmodels.stats.meta_analysis import combine_effects

    fits = [one for b in (0.2, 0.4, 0.8) for one in recorded_fits(rng, 2, b)]
    peer = combine_effects(
        np.log([fit.b for fit in fits]), np.square([fit.bse for fit in fits]), method_re="iterated"
    )
    found = predicted_transition(fits)
    assert found.b == pytest.approx(math.exp(peer.mean_effect_re), rel=1e-6)
    error = max(peer.sd_eff_w_re_hksj, peer.sd_eff_w_re)
    assert found.b_se_log == pytest.approx(error, rel=1e-6)
    log_c = np.log([fit.c for fit in fits])
    assert found.se_log == pytest.approx(math.hypot(error, sem(log_c)))
    assert found.d_star == pytest.approx(found.b * 256 / math.exp(log_c.mean()))


def test_one_recording_predicts_with_its_own_error_and_a_warning(rng):
    (fit,) = recorded_fits(rng, 1)
    found = predicted_transition([fit])
    assert (found.b, found.c) == (pytest.approx(fit.b), pytest.approx(fit.c))
    assert found.b_se_log == pytest.approx(fit.bse)
    assert (found.c_se_log, found.df) == (0.0, math.inf)
    assert "one recording" in found.warnings[0]


def test_predicted_intervals_are_students_on_the_logarithm():
    found = PredictedTransition(
        n_neurons=512, b=0.25, c=5, b_se_log=0.3, c_se_log=0.4, b_df=4, c_df=7
    )
    assert (found.steepest, found.d_star) == pytest.approx((102.4, 25.6))
    expected = np.exp(student.interval(0.9, 4, math.log(0.25), 0.3))
    assert found.b_interval(0.9) == pytest.approx(tuple(expected))
    # errors of b and c add up as 3, 4, 5; the fewer degrees of freedom count
    expected = np.exp(student.interval(0.9, 4, math.log(25.6), 0.5))
    assert found.interval(0.9) == pytest.approx(tuple(expected))


def test_recordings_without_b_predict_nothing(rng):
    silent = GrowthLaw().fit([0, 0, 0, 0], n_samples=50)
    with pytest.raises(InputError, match="no recording tells b"):
        predicted_transition([silent])
    with pytest.raises(InputError, match="no recording to predict"):
        predicted_transition([])
    with pytest.raises(InputError, match="one width at a time"):
        predicted_transition([*recorded_fits(rng, 1), *recorded_fits(rng, 1, n=128)])
