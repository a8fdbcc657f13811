"""Advice on sizes and seeds: expected errors against simulation, the published table, each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.loss import LossCurve
from activstats.laws.loss.design import plan_transition
from activstats.laws.loss.design_power import Power, transition_power
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.location_error import expected_location_errors
from activstats.laws.loss.shapes import crossover


def error(d, b=0.3, cv=0.01, floor_share=0.2, d_star=1000.0):
    return expected_location_errors(d, d_star=d_star, b=b, cv=cv, floor_share=floor_share)


@pytest.mark.parametrize(("b", "known"), [(0.1, 0.43), (0.3, 0.14), (0.6, 0.09), (1.0, 0.08)])
def test_expected_errors_are_those_of_the_table(b, known):
    """Standard error of ln D* per 1 % noise, 12 sizes, one seed.

    The known numbers are those of sizes from one decade below D* to three above, with a loss that
    falls to a fifth of its plateau.
    """
    assert error(np.geomspace(100, 1e6, 12), b).log_d_star == pytest.approx(known, abs=0.006)


@pytest.mark.parametrize(("b", "cv", "seeds"), [(0.3, 0.005, 3), (0.6, 0.01, 3), (1.0, 0.01, 2)])
def test_expected_errors_are_the_scatter_of_the_estimates(rng, b, cv, seeds):
    d = np.repeat(np.geomspace(100, 1e5, 12), seeds)
    losses = 0.2 + 0.8 * crossover(np.log(d), math.log(1000), b)
    fits = [
        fit_family(CROSSOVER, LossCurve(d, losses * rng.normal(1, cv, d.size))).params
        for _ in range(200)
    ]
    expected = error(d, b, cv)
    place = np.log([fit["d_star"] for fit in fits])
    constant = np.log([fit["b"] for fit in fits])
    assert np.std(place) == pytest.approx(expected.log_d_star, rel=0.2)
    assert np.std(constant) == pytest.approx(expected.log_b, rel=0.2)
    assert np.std(place - constant) == pytest.approx(expected.log_steepest, rel=0.2)


def test_a_fit_without_noise_has_the_errors_that_were_expected():
    """Another way to the same numbers: the covariance of the fit itself, scaled to the noise."""
    d = np.geomspace(100, 1e5, 15)
    losses = 0.2 + 0.8 * crossover(np.log(d), math.log(1000), 0.5)
    # Alternating deviations of one percent, so small a share of the curve that it stays itself.
    fit = fit_family(CROSSOVER, LossCurve(d, losses * (1 + 1e-6 * (-1.0) ** np.arange(15))))
    root = math.sqrt(fit.variance)
    found = np.sqrt(np.diag(fit.covariance))[:2] / root * 0.01
    expected = error(d, 0.5, 0.01)
    assert found == pytest.approx([expected.log_d_star, expected.log_b], rel=1e-3)


@settings(max_examples=25)
@given(
    st.floats(0.05, 3), st.floats(0.001, 0.1), st.integers(1, 9), st.floats(1e-3, 1e6),
    st.floats(0, 0.8),
)  # fmt: skip
def test_errors_go_with_noise_over_the_root_of_seeds_and_not_with_units(b, cv, seeds, unit, floor):
    d = np.geomspace(100, 1e6, 12)
    one = error(d, b, cv, floor)
    many = error(np.repeat(d, seeds), b, cv, floor)
    assert many.log_d_star * math.sqrt(seeds) == pytest.approx(one.log_d_star, rel=1e-6)
    assert error(d, b, 2 * cv, floor).log_b == pytest.approx(2 * one.log_b, rel=1e-6)
    elsewhere = error(unit * d, b, cv, floor, d_star=unit * 1000)
    assert elsewhere.log_steepest == pytest.approx(one.log_steepest, rel=1e-4)


def test_large_b_leaves_the_steepest_point_alone():
    d = np.geomspace(100, 1e5, 12)
    found = expected_location_errors(d, d_star=2e4, b=20, cv=0.01)
    assert found.log_steepest < 0.1
    assert found.log_d_star > 10 * found.log_steepest


@pytest.mark.parametrize("d", [[1000], [100, 1000, 10_000], [500] * 20])
def test_too_few_sizes_tell_nothing(d):
    found = error(d)
    assert (found.log_d_star, found.log_steepest) == (math.inf, math.inf)


def test_runs_on_one_side_tell_little():
    far = error(np.geomspace(1e6, 1e9, 12))
    assert far.log_d_star > 100 * error(np.geomspace(100, 1e6, 12)).log_d_star


def test_the_advice_keeps_to_the_budget_and_the_range():
    found = plan_transition(200, 0.3, cv=0.02)
    assert (len(found.advice.sizes), found.advice.seeds, found.advice.runs) == (12, 3, 36)
    assert (found.advice.sizes[0], found.advice.sizes[-1]) == (20, 20_000)
    assert found.advice.samples == 3 * sum(found.advice.sizes)
    assert all(one.runs <= 36 for one in found.options)
    every = np.repeat(found.advice.sizes, 3)
    expected = expected_location_errors(every, d_star=200, b=0.3, cv=0.02)
    assert found.advice.se_log_d_star == pytest.approx(expected.log_d_star)
    assert found.advice.factor == pytest.approx(math.exp(2.037 * expected.log_d_star), rel=1e-3)
    assert found.enough


def test_a_guess_of_the_steepest_point_is_one_of_d_star():
    assert (
        plan_transition(steepest=1000, b=0.2)
        .to_frame()
        .equals(plan_transition(200, 0.2).to_frame())
    )


def test_more_runs_and_a_longer_range_place_it_better():
    factors = [plan_transition(200, runs=runs).advice.factor for runs in (12, 36, 120)]
    assert factors == sorted(factors, reverse=True)
    found = plan_transition(200)
    aside = {one.decades_above: one.factor for one in found.options if len(one.sizes) == 12}
    assert aside[1.0] > aside[2.0] > aside[3.0]


def test_a_budget_of_samples_shortens_the_range_and_says_so():
    found = plan_transition(200, samples=20_000)
    assert all(one.samples <= 20_000 for one in found.options)
    assert "the samples reach" in found.warnings[0]
    assert not found.enough
    assert "not enough to place D*" in found.summary()


def test_what_can_be_had_limits_the_sizes_and_is_said():
    found = plan_transition(200, least=100, most=3000)
    assert (found.advice.sizes[0], found.advice.sizes[-1]) == (100, 3000)
    assert len(found.warnings) == 2
    assert found.advice.se_log_d_star > plan_transition(200).advice.se_log_d_star


def test_small_d_star_gives_whole_and_different_sizes():
    sizes = plan_transition(5, 0.3).advice.sizes
    assert len(set(sizes)) == len(sizes)
    assert sizes[0] == 1


def test_the_plan_is_a_table_and_words():
    found = plan_transition(200, 0.3, n_simulations=5, rng=0)
    table = found.to_frame()
    assert table["advised"].tolist().count("yes") == 1
    assert table.loc[found.chosen, "runs"] == found.advice.runs
    content = found.to_dict()
    assert content["advice"]["samples"] == found.advice.samples
    said = found.summary()
    assert "steepest at N/c = 667" in said
    assert "With D* a third of the guess" in said
    assert "Of 5 simulated curves" in said
    assert "nested training sets" in said


def test_power_is_high_where_errors_are_small_and_its_interval_is_the_binomial_one():
    d = np.repeat(np.geomspace(20, 20_000, 12), 3)
    sharp = transition_power(d, d_star=200, b=0.8, cv=0.01, n_simulations=20, rng=0)
    lost = transition_power(d, d_star=200, b=0.1, cv=0.2, n_simulations=20, rng=0)
    assert sharp.power > 0.9
    assert lost.power < 0.4
    assert sharp == transition_power(d, d_star=200, b=0.8, cv=0.01, n_simulations=20, rng=0)
    for count in (0, 7, 20):
        known = binomtest(count, 20).proportion_ci(0.95)
        assert Power(20, count, 0).interval(count) == pytest.approx(tuple(known))


@pytest.mark.parametrize(
    "wrong",
    [
        {"d_star": None}, {"steepest": 100}, {"d_star": 0}, {"d_star": math.inf}, {"b": 0},
        {"b": 1e9}, {"b": math.nan}, {"cv": 0}, {"cv": 1.5}, {"floor_share": 1},
        {"floor_share": -0.1}, {"runs": 5}, {"runs": 0}, {"samples": 100}, {"samples": -1},
        {"samples": math.nan}, {"least": 0}, {"most": 1}, {"least": 50, "most": 20},
        {"decades_below": -1}, {"decades_above": 0}, {"decades_above": 99}, {"level": 1},
        {"n_simulations": -1}, {"d_star": 1e300}, {"most": 10},
    ],
)  # fmt: skip
def test_plans_that_make_no_sense_are_refused(wrong):
    with pytest.raises(DomainError) as refused:
        plan_transition(**({"d_star": 200, "b": 0.3} | wrong))
    assert refused.value.what


@pytest.mark.parametrize("d", [[], [1, -1], [math.nan], "sizes"])
def test_what_are_no_sizes_is_refused(d):
    with pytest.raises(InputError):
        error(d)


@settings(max_examples=40)
@given(
    st.floats(1e-2, 1e9), st.floats(0.01, 100), st.floats(1e-4, 0.99), st.integers(1, 300),
    st.one_of(st.none(), st.floats(1, 1e9)), st.floats(0, 6), st.floats(0.1, 6),
)  # fmt: skip
def test_whatever_is_guessed_there_is_a_plan_or_an_error_in_words(
    d_star, b, cv, runs, samples, below, above
):
    asked = {"cv": cv, "runs": runs, "samples": samples}
    try:
        found = plan_transition(d_star, b, **asked, decades_below=below, decades_above=above)
    except ActivstatsError as refused:
        assert refused.what  # noqa: PT017  (either outcome is right)
        return
    assert found.advice.runs <= runs
    assert samples is None or found.advice.samples <= samples
    assert found.advice.factor >= 1
    assert found.summary()
