"""D* of simulated widths goes with N as it was made to, and gamma's interval holds the truth."""

import math

import numpy as np
import pytest

from activstats.errors import DomainError, InputError
from activstats.laws.loss import LossTransition
from activstats.laws.loss._scaling_answer import case_of_c
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.meta_slope import meta_slope
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.scaling import transition_scaling
from activstats.laws.loss.scaling_result import TransitionScaling
from activstats.laws.loss.shapes import crossover
from activstats.laws.loss.shared_exponent import own_places, shared_places
from activstats.laws.results import Status

D = np.repeat(np.geomspace(3, 20_000, 13), 2)
WIDTHS = np.array([64.0, 128.0, 256.0, 512.0, 1024.0])
TEST = LossTransition(n_boot=19)


def losses(d_star, rng, cv=0.02, b=0.6, s=1.0, common=None):
    noise = rng.standard_normal(D.size)
    if common is not None:
        noise = math.sqrt(0.2) * noise + math.sqrt(0.8) * common
    return (0.3 + 2 * crossover(np.log(D), math.log(d_star), b, s)) * (1 + cv * noise)


def transitions(gamma, rng, *, widths=WIDTHS, cv=0.01, b=0.6, s=1.0):
    return {n: TEST.fit(D, losses(100 * (n / 256) ** gamma, rng, cv, b, s), rng=0) for n in widths}


def recordings(kappa, *, widths=WIDTHS, b=0.6, c_se=0.0):
    return {
        n: PredictedTransition(
            n_neurons=n, b=b, c=2 * (n / 256) ** kappa, b_se_log=0.05, c_se_log=c_se
        )
        for n in widths
    }


def covers(rng, n, gamma, *, tau=0.0, cv=0.02, common=False, places=shared_places):
    held = 0
    for _ in range(n):
        noise = rng.standard_normal(D.size) if common else None
        scatter = tau * rng.standard_normal(WIDTHS.size)
        d_stars = 100 * (WIDTHS / 256) ** gamma * np.exp(scatter)
        fits = [
            fit_family(CROSSOVER, LossCurve(D, losses(one, rng, cv, common=noise)))
            for one in d_stars
        ]
        found = places(fits)
        low, high = meta_slope(np.log(WIDTHS), found.x_star, found.covariance).interval(0.95)
        held += low <= gamma <= high
    return held / n


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [
        {"gamma": 1.0}, {"gamma": 0.0, "cv": 0.05}, {"gamma": 1.0, "tau": 0.3},
        {"gamma": 0.0, "cv": 0.1, "common": True},
    ],
    ids=["slope 1", "slope 0", "scatter between widths", "noise in common"],
)  # fmt: skip
def test_the_interval_of_gamma_holds_the_true_one(design, rng):
    # Binomial scatter of 120 at .95: ±.02, two of them below and the rest above.
    assert 0.9 <= covers(rng, 120, **design) <= 1.0


def test_curves_that_share_b_tell_their_places_better_than_alone(rng):
    fits = [fit_family(CROSSOVER, LossCurve(D, losses(n, rng))) for n in WIDTHS]
    shared, own = shared_places(fits), own_places(fits)
    contrast = np.array([-1.0, 0, 0, 0, 1])
    errors = [math.sqrt(contrast @ one.covariance @ contrast) for one in (shared, own)]
    assert errors[0] < errors[1] / 2
    assert shared.b == pytest.approx(0.6, rel=0.1)
    assert shared.pvalue > 0.01


def test_one_curve_alone_shares_its_exponent_with_itself(rng):
    fit = fit_family(CROSSOVER, LossCurve(D, losses(200, rng)))
    shared, own = shared_places([fit]), own_places([fit])
    assert shared.x_star == pytest.approx(own.x_star, abs=1e-4)
    assert shared.covariance == pytest.approx(own.covariance, rel=1e-2)
    assert shared.b == pytest.approx(fit.params["b"], rel=1e-4)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
def test_without_noise_gamma_and_b_are_exact(gamma):
    rng = np.random.default_rng(0)
    found = transition_scaling(transitions(gamma, rng, cv=0.0), recordings(1 - gamma))
    assert found.gamma == pytest.approx(gamma, abs=1e-3)
    assert found.shared_b == pytest.approx(0.6, rel=1e-3)
    assert found.predicted_slope == pytest.approx(gamma)
    assert found.answer == "agrees"
    line, low, high = found.band(WIDTHS)
    np.testing.assert_allclose(line, 100 * (WIDTHS / 256) ** gamma, rtol=1e-2)
    assert np.all(low <= line)
    assert np.all(line <= high)


def test_a_fixed_c_with_a_threshold_that_stays_differs(rng):
    found = transition_scaling(transitions(0.0, rng), recordings(0.0))
    assert found.answer == "differs"
    assert found.one_pvalue < 1e-3
    assert found.predicted_pvalue == pytest.approx(found.one_pvalue, rel=0.05)
    assert "c is the same at every N" in found.case_of_c


def test_c_proportional_to_n_is_called_by_name(rng):
    found = transition_scaling(transitions(0.0, rng), recordings(1.0))
    assert found.answer == "agrees"
    text = " ".join(found.summary().split())
    assert "c proportional to N: the threshold b/rho, with rho = c/N, does not move with N" in text
    assert found.predicted_slope == pytest.approx(0.0)


def test_cases_of_c_are_told_apart():
    assert case_of_c(math.nan) == ""
    assert case_of_c(0.9).startswith("c nearly proportional to N (c goes like N^0.90)")
    assert "goes like N^0.50" in case_of_c(0.5)
    assert "proportional to N" in case_of_c(0.0).split(":")[1]


def test_an_imprecise_slope_cannot_tell(rng):
    found = transition_scaling(
        transitions(0.5, rng, cv=0.1, widths=(64, 128, 256)), recordings(0.5)
    )
    assert found.predicted_pvalue > 0.05
    assert found.answer == "cannot tell"
    assert "beyond the stated margin" in found.reason


def test_two_widths_have_a_slope_without_scatter_and_say_so(rng):
    found = transition_scaling(transitions(1.0, rng, widths=(64, 512)), recordings(0.0))
    assert found.gamma == pytest.approx(1.0, abs=0.1)
    assert 0 < found.gamma_high - found.gamma_low < 0.3
    assert found.df == math.inf
    assert "no scatter" in " ".join(found.summary().split())


def test_other_exponents_at_each_width_are_noticed():
    rng = np.random.default_rng(5)
    found = {
        n: TEST.fit(D, losses(200, rng, 0.01, b), rng=0)
        for n, b in zip(WIDTHS, (0.3, 0.5, 0.8, 1.2, 2.0), strict=True)
    }
    scaling = transition_scaling(found)
    assert math.isnan(scaling.shared_b)
    assert scaling.shared_b_pvalue < 0.01
    assert "one exponent b for all widths is rejected" in scaling.warnings[0]


def test_another_sharpness_frees_the_exponents(rng):
    scaling = transition_scaling(transitions(1.0, rng, s=4.0))
    assert "s = 1" in scaling.warnings[0]
    assert scaling.gamma_low < 1 < scaling.gamma_high


def test_widths_without_a_transition_are_left_out_and_named(rng):
    found = transitions(1.0, rng, widths=(64, 256)) | {
        512: TEST.fit([1, 2, 3], [1.0, 0.9, 0.8], rng=0)
    }
    scaling = transition_scaling(found)
    assert scaling.n_obs == 2
    assert scaling.left_out == ("N = 512: cannot tell",)
    assert "N = 512" in scaling.summary()
    one = transition_scaling({64: found[64]}, recordings(1.0))
    assert (one.answer, str(one.status)) == ("cannot tell", "too few")
    assert math.isnan(one.gamma)
    assert one.plot().get_xlabel()
    assert one.summary()


def test_a_result_survives_json_and_becomes_tables(rng):
    found = transition_scaling(transitions(1.0, rng), recordings(0.0))
    again = TransitionScaling.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert found.to_frame().loc[0, "gamma"] == found.gamma
    table = found.widths_frame()
    assert table["n_neurons"].tolist() == WIDTHS.tolist()
    assert table["predicted_d_star"].notna().all()
    wide, usual = found.conf_int(0.99), found.conf_int()
    assert wide.loc["gamma", "low"] < usual.loc["gamma", "low"]


def test_the_picture_has_line_band_guide_and_prediction(rng):
    ax = transition_scaling(transitions(1.0, rng), recordings(0.0)).plot()
    labels = ax.get_legend_handles_labels()[1]
    for words in ("D* of the loss", "predicted bN/c", "slope 1", "95 % band", "fitted line, slope"):
        assert any(label.startswith(words) for label in labels)


def test_bad_widths_and_margins_are_refused(rng):
    found = transitions(1.0, rng, widths=(64,))
    with pytest.raises(InputError, match="no transition to compare"):
        transition_scaling({})
    for width in (0, -1, math.inf, math.nan):
        with pytest.raises(DomainError, match="a width"):
            transition_scaling({width: found[64]})
    with pytest.raises(DomainError, match="margin"):
        transition_scaling(found, margin=0)


def test_the_line_of_equal_variances_is_that_of_least_squares(rng):
    """Without scatter to add, Knapp and Hartung's errors are those of ordinary least squares."""
    from scipy.stats import linregress

    z, y = np.arange(6.0), 0.5 * np.arange(6.0) + 0.01 * rng.standard_normal(6)
    line, expected = meta_slope(z, y, np.eye(6)), linregress(z, y)
    assert line.slope == pytest.approx(expected.slope)
    assert line.se == pytest.approx(expected.stderr, rel=1e-6)
    assert line.pvalue(0.0) == pytest.approx(expected.pvalue, rel=1e-6)
    assert (line.tau, line.df, line.centre) == (0.0, 4.0, pytest.approx(2.5))


def test_the_band_of_equal_variances_is_that_of_statsmodels(rng):
    import statsmodels.api as sm

    log_n, at = np.log(WIDTHS), np.array([50.0, 200.0, 5000.0])
    y = log_n + 0.1 * rng.standard_normal(5)
    line = meta_slope(log_n, y, 1e-6 * np.eye(5))
    found = TransitionScaling(
        method="", level=0.9, n_obs=5, status=Status.CONVERGED, margin=0.5, gamma=line.slope,
        gamma_se=line.se, df=line.df, line_level=line.level, line_level_se=line.level_se,
        line_centre=line.centre,
    )  # fmt: skip
    peer = sm.OLS(y, sm.add_constant(log_n)).fit()
    held = peer.get_prediction(sm.add_constant(np.log(at))).summary_frame(0.1)
    expected = np.exp(held[["mean", "mean_ci_lower", "mean_ci_upper"]].to_numpy().T)
    np.testing.assert_allclose(found.band(at), expected, rtol=1e-4)
    ends = found.conf_int(0.95).loc["gamma"].to_numpy()
    np.testing.assert_allclose(ends, peer.conf_int()[1], rtol=1e-4)


def test_lines_that_cannot_be_drawn_have_no_slope():
    for z in ([1.0], [2.0, 2.0]):
        line = meta_slope(np.array(z), np.zeros(len(z)), np.eye(len(z)))
        assert math.isnan(line.slope)
        assert all(map(math.isnan, line.interval(0.95)))
        assert math.isnan(line.pvalue(0.0))
