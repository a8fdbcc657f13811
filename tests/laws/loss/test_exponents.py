"""Three exponents are compared as their errors, and their dependence, allow."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.exponent import exponent_agreement
from activstats.laws.growth import GrowthLaw
from activstats.laws.loss._exponent_inputs import Exponent
from activstats.laws.loss._joint_deviance import deviance, difference_ends, least_deviance
from activstats.laws.loss.exponents import ExponentComparison, compare_exponents
from activstats.laws.results import Status

Z = norm.ppf(0.975)


def exponent(estimate, below, above=None):
    above = below if above is None else above
    return Exponent("x", estimate, estimate - Z * below, estimate + Z * above)


def generalised_least_squares(estimates, covariance):
    """Chi-square of equality: contrasts against their covariance."""
    contrasts = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    apart = contrasts @ estimates
    return float(apart @ np.linalg.solve(contrasts @ covariance @ contrasts.T, apart))


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.4, 0.95])
def test_with_equal_errors_the_deviance_is_that_of_generalised_least_squares(correlation):
    estimates, errors = np.array([0.5, 0.2, 0.31]), np.array([0.1, 0.03, 0.06])
    covariance = np.diag(errors**2)
    covariance[1, 2] = covariance[2, 1] = correlation * errors[1] * errors[2]
    found = deviance([exponent(*one) for one in zip(estimates, errors, strict=True)],
                     correlation, (1, 2))  # fmt: skip
    assert found == pytest.approx(generalised_least_squares(estimates, covariance), rel=1e-9)


def test_unequal_errors_count_on_the_side_of_the_other():
    # From below only the upper error of the lower one and the lower error of the upper one matter.
    lower, upper = exponent(0.2, 9.0, 0.04), exponent(0.3, 0.03, 9.0)
    assert deviance([lower, upper], 0.0, (0, 1)) == pytest.approx(0.1**2 / (0.04**2 + 0.03**2))


def test_an_open_end_reaches_everywhere():
    open_below = Exponent("x", 0.5, -math.inf, 0.6)
    assert deviance([open_below, exponent(0.1, 0.01)], 0.0, (0, 1)) == 0
    assert deviance([open_below, exponent(1.0, 0.01)], 0.0, (0, 1)) > 10


def test_the_worst_correlation_of_two_is_minus_one():
    two = (exponent(0.2, 0.03), exponent(0.35, 0.04))
    assert least_deviance(two, (0, 1)) == pytest.approx((0.15 / 0.07) ** 2, rel=1e-2)
    assert difference_ends(*two, -1.0) == pytest.approx((-0.15 - Z * 0.07, -0.15 + Z * 0.07))
    assert difference_ends(*two, 0.0) == pytest.approx((-0.15 - Z * 0.05, -0.15 + Z * 0.05))


@settings(max_examples=40)
@given(
    st.lists(st.floats(-1, 2), min_size=3, max_size=3),
    st.lists(st.floats(0.01, 1), min_size=6, max_size=6),
    st.floats(-0.99, 0.99),
)
def test_no_correlation_speaks_less_against_equality_than_the_worst(estimates, errors, tied):
    three = [exponent(e, *errors[2 * i : 2 * i + 2]) for i, e in enumerate(estimates)]
    assert least_deviance(three, (1, 2)) <= deviance(three, tied, (1, 2)) + 1e-6


@pytest.mark.parametrize("tied", [-0.7, 0.0, 0.6])
def test_equality_is_rejected_as_often_as_said_where_it_holds(rng, tied):
    errors = np.array([0.05, 0.02, 0.03])
    between = np.array([[1, 0, 0], [0, 1, tied], [0, tied, 1]])
    drawn = 0.3 + rng.multivariate_normal(np.zeros(3), between, 1500) * errors
    at = [
        compare_exponents(
            (one[0], 0.05), (one[1], 0.02), (1 - one[2], 0.03), correlation=tied
        ).pvalue
        for one in drawn
    ]
    assert np.mean(np.array(at) <= 0.05) == pytest.approx(0.05, abs=0.018)
    assert np.mean(at) == pytest.approx(0.5, abs=0.03)


def test_agreement_at_the_margin_is_declared_as_seldom_as_said(rng):
    """Truth: beta lies exactly the margin above both others."""
    called = []
    for _ in range(1200):
        beta, b, q = np.array([0.4, 0.3, 0.3]) + 0.02 * rng.standard_normal(3)
        found = compare_exponents((beta, 0.02), (b, 0.02), (1 - q, 0.02), correlation=0.0)
        called.append(found.answer == "agree")
    assert 0.01 < np.mean(called) < 0.065


def test_exponents_of_losses_without_noise_are_known_exactly():
    found = compare_exponents((0.3, 0.3, 0.3), (0.4, 0.02), (0.7, 0.02))
    assert found.differences[0].low == pytest.approx(-0.1 - Z * 0.02)
    assert found.differences[0].pvalue == pytest.approx(2 * norm.sf(5))


def test_what_agrees_what_differs_and_what_cannot_be_told():
    agree = compare_exponents((0.31, 0.02), (0.29, 0.02), (0.70, 0.02))
    differ = compare_exponents((0.60, 0.02), (0.29, 0.02), (0.70, 0.02))
    neither = compare_exponents((0.35, 0.15), (0.29, 0.02), (0.70, 0.02))
    assert [one.answer for one in (agree, differ, neither)] == ["agree", "differ", "cannot tell"]
    assert agree.status is Status.CONVERGED
    assert "within ±0.1" in agree.summary()
    assert "beta − b and beta" in differ.summary()
    assert neither.pvalue > 0.05
    assert "neither is a difference beyond ±0.1" in neither.reason
    # The same numbers under a wider margin.
    assert compare_exponents((0.35, 0.15), (0.29, 0.02), (0.7, 0.02), margin=0.5).answer == "agree"


def test_exactly_known_exponents_a_little_apart_agree_and_the_words_say_they_are_apart():
    found = compare_exponents((0.30, 0.001), (0.31, 0.001), (0.69, 0.001))
    assert found.answer == "agree"
    assert found.pvalue < 1e-6
    assert "not exactly one number" in found.warnings[0]


def test_dependence_is_used_where_given_and_feared_where_not():
    numbers = (0.40, 0.05), (0.25, 0.03), (0.66, 0.03)
    unknown = compare_exponents(*numbers)
    tied = [compare_exponents(*numbers, correlation=r) for r in (-0.9, 0.0, 0.9)]
    assert math.isnan(unknown.correlation)
    assert "dependence" in unknown.summary()
    assert "was not given" in " ".join(unknown.summary().split())
    assert unknown.pvalue >= max(one.pvalue for one in tied) - 1e-9
    lengths = [one.differences[2].high - one.differences[2].low for one in (unknown, *tied)]
    assert lengths == sorted(lengths, reverse=True)
    # beta comes from losses, and depends on neither.
    assert len({one.differences[0].low for one in (unknown, *tied)}) == 1


def test_covariance_and_draws_say_the_same_as_the_correlation(rng):
    numbers = (0.40, 0.05), (0.25, 0.03), (0.66, 0.04)
    covariance = np.array([[0.03**2, -0.6 * 0.03 * 0.04], [-0.6 * 0.03 * 0.04, 0.04**2]])
    # b and alpha fall together when b and 1 − alpha rise together.
    by_covariance = compare_exponents(*numbers, covariance=covariance)
    assert by_covariance.correlation == pytest.approx(0.6)
    draws = rng.multivariate_normal([0.25, 0.66], covariance, 20_000)
    by_draws = compare_exponents(*numbers, draws=draws)
    assert by_draws.correlation == pytest.approx(0.6, abs=0.02)
    assert by_draws.dependence == "from joint draws"


def test_results_of_fits_are_read_as_they_are(draw_counts):
    counts = draw_counts(4000, 0.3, 40, 3000)
    grown = GrowthLaw().fit(counts, 3000)
    agreement = exponent_agreement(counts, 3000, n_boot=199)
    found = compare_exponents((0.3, 0.03), grown, agreement)
    assert found.exponents[1].estimate == grown.b
    assert (found.exponents[1].low, found.exponents[1].high) == (grown.b_low, grown.b_high)
    expected = 1 - agreement.alpha + agreement.expected
    assert found.exponents[2].estimate == pytest.approx(expected)
    assert found.exponents[2].low < 0.3 < found.exponents[2].high
    assert any("under the law itself" in warning for warning in found.warnings)
    # The difference of b and 1 − alpha has the spread that resampling neurons gave it.
    resampled = agreement.difference_high - agreement.difference_low
    gap = found.differences[2]
    assert found.dependence == "from the interval of their difference"
    assert gap.high - gap.low == pytest.approx(resampled, rel=0.1)
    assert found.answer == "agree"


def test_an_interval_from_elsewhere_is_read_by_name():
    class Fit:
        params = pd.Series({"beta": 0.3, "other": 2.0})
        level = 0.9

        def conf_int(self):
            return pd.DataFrame([[0.2, 0.4], [1, 3]], index=["beta", "other"])

    found = compare_exponents(Fit(), (0.3, 0.01), (0.7, 0.01))
    reach = 0.1 * norm.ppf(0.975) / norm.ppf(0.95)
    assert found.exponents[0].low == pytest.approx(0.3 - reach)
    with pytest.raises(InputError, match="holds no 'b'"):
        compare_exponents((0.3, 0.01), Fit(), (0.7, 0.01))


def test_two_exponents_can_differ_but_three_cannot_agree():
    apart = compare_exponents((0.6, 0.02), (0.3, 0.02), None)
    near = compare_exponents((0.3, 0.02), (0.3, 0.02), None)
    assert (apart.answer, near.answer) == ("differ", "cannot tell")
    assert near.status is Status.NOT_IDENTIFIABLE
    assert "no number for 1 − alpha: not given" in near.reason
    alone = compare_exponents(None, (0.3, 0.02), None)
    assert alone.answer == "cannot tell"
    assert math.isnan(alone.pvalue)
    assert alone.plot().get_xlabel()


def test_equal_rates_leave_no_b_to_compare():
    counts = np.full(200, 30) + np.arange(200) % 2
    found = compare_exponents((0.3, 0.02), GrowthLaw().fit(counts, 3000), (0.7, 0.02))
    assert math.isnan(found.params["b"])
    assert "no number for b: b is infinite" in found.reason


def test_a_b_above_one_comes_with_a_warning():
    assert "hump" in compare_exponents((1.2, 0.1), (1.3, 0.1), (0.1, 0.1)).warnings[0]


def test_a_low_end_of_zero_is_an_open_end():
    found = compare_exponents((0.3, 0.0, 0.5), (0.3, 0.02), (0.7, 0.02))
    assert found.exponents[0].low == -math.inf
    assert found.differences[0].low == -math.inf
    assert found.answer == "cannot tell"


def test_a_result_survives_json_and_becomes_tables():
    found = compare_exponents((0.3, 0.0, 0.5), (0.3, 0.02), None)
    again = ExponentComparison.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.summary() == found.summary()
    assert json.loads(found.to_json())["exponents"][0]["low"] == "-inf"
    assert found.to_frame().loc[0, "beta_less_b"] == found.differences[0].estimate
    assert list(found.table()["second"]) == ["b"]
    wide = found.conf_int(0.99)
    assert wide.loc["b", "low"] == pytest.approx(0.3 - norm.ppf(0.995) * 0.02)
    assert found.bse["b"] == pytest.approx(0.02)


def test_the_chi_square_has_one_degree_less_than_there_are_exponents():
    found = compare_exponents((0.4, 0.05), (0.3, 0.02), (0.7, 0.03), correlation=0.0)
    assert found.pvalue == pytest.approx(chi2.sf(found.statistic, 2))
    assert found.differences[0].pvalue == pytest.approx(chi2.sf(found.differences[0].statistic, 1))


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        (((0.3, -0.1), (0.3, 0.1), (0.7, 0.1)), {}),
        (((0.3,), (0.3, 0.1), (0.7, 0.1)), {}),
        (((0.3, 0.4, 0.5), (0.3, 0.1), (0.7, 0.1)), {}),
        (((math.nan, 0.1), (0.3, 0.1), (0.7, 0.1)), {}),
        ((0.3, (0.3, 0.1), (0.7, 0.1)), {}),
        (("beta", (0.3, 0.1), (0.7, 0.1)), {}),
        (((0.3, 0.1), (0.3, 0.1), (0.7, 0.1)), {"covariance": np.eye(3)}),
        (((0.3, 0.1), (0.3, 0.1), (0.7, 0.1)), {"covariance": -np.eye(2)}),
        (((0.3, 0.1), (0.3, 0.1), (0.7, 0.1)), {"draws": np.ones((100, 2))}),
        (((0.3, 0.1), (0.3, 0.1), (0.7, 0.1)), {"draws": np.ones(100)}),
        (((0.3, 0.1), (0.3, 0.1), (0.7, 0.1)), {"draws": np.eye(2), "correlation": 0.0}),
    ],
)
def test_what_is_no_exponent_is_refused_in_words(numbers, named):
    with pytest.raises(InputError) as refused:
        compare_exponents(*numbers, **named)
    assert refused.value.what


@pytest.mark.parametrize(
    "named",
    [{"margin": 0.0}, {"margin": math.inf}, {"level": 0.4}, {"level": 1.0}, {"correlation": 1.0},
     {"correlation": math.nan}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(named):
    with pytest.raises(DomainError):
        compare_exponents((0.3, 0.1), (0.3, 0.1), (0.7, 0.1), **named)


any_number = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1))


@settings(max_examples=80)
@given(st.lists(st.lists(any_number, min_size=0, max_size=4), min_size=3, max_size=3))
def test_whatever_the_numbers_there_is_an_answer_or_an_error_in_words(lists):
    try:
        found = compare_exponents(*lists)
    except ActivstatsError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    assert found.answer in {"agree", "differ", "cannot tell"}
    assert 0 <= found.pvalue <= 1
    assert found.summary()
    assert all(gap.low <= gap.estimate <= gap.high for gap in found.differences)
