"""The same runs the other way: a crossover in cD/N is found where the theory has one."""

import math

import numpy as np
import pytest

from activstats.errors import DomainError, InputError
from activstats.laws.loss import LossTransition
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.over_width import loss_over_width, words
from activstats.laws.loss.shapes import crossover
from activstats.laws.loss.width_curve import curve_over_width
from activstats.laws.loss.width_scaling import width_transition_scaling

WIDTHS = np.geomspace(8, 32_768, 13).round()
SIZES = np.array([50.0, 200.0, 800.0])
B, C = 0.6, 2.0
TEST = LossTransition(n_boot=99)


def runs(rng, c=None, cv=0.01, *, falls=False):
    """Return losses of the theory, L(cD/(bN)), on a grid of widths and sizes, two seeds each."""
    n, d = (grid.ravel() for grid in np.meshgrid(np.repeat(WIDTHS, 2), SIZES))
    active = np.full(n.size, C) if c is None else np.array([c[width] for width in n])
    u = active * d / (B * n)
    expected = 0.3 + 2 * crossover(np.log(u), 0.0, B)
    if falls:
        expected = 0.3 + 2 * n**-0.3
    return LossCurve(d, expected * (1 + cv * rng.standard_normal(n.size)), width=n)


def test_at_fixed_c_the_loss_turns_at_n_star(rng):
    c = dict.fromkeys(WIDTHS.tolist(), C)
    found = loss_over_width(runs(rng), 200, c, test=TEST, rng=0)
    # N* = cD/b, and the scale in mu is b itself.
    assert found.answer == "transition"
    assert found.transition.d_star == pytest.approx(B, rel=0.3)
    assert found.n_star_low < C * 200 / B < found.n_star_high
    assert words(found).startswith("D = 200: transition at N* =")
    unknown = loss_over_width(runs(rng), 200, test=TEST, rng=0)
    assert unknown.n_star_low < C * 200 / B < unknown.n_star_high


def test_n_star_goes_with_the_size_of_the_training_set(rng):
    curve = runs(rng)
    found = [loss_over_width(curve, size, test=TEST, rng=0) for size in SIZES]
    scaling = width_transition_scaling(found)
    assert scaling.gamma == pytest.approx(1.0, abs=0.15)
    assert scaling.gamma_low < 1 < scaling.gamma_high
    assert scaling.one_pvalue > 0.01
    assert "the theory has 1" in scaling.words


def test_c_proportional_to_n_leaves_no_transition_in_n(rng):
    c = {float(n): 0.01 * n for n in WIDTHS}
    found = loss_over_width(runs(rng, c), 200, c, test=TEST, rng=0)
    assert (found.answer, found.transition) == ("no transition", None)
    assert found.reason.startswith("c proportional to N")
    assert math.isnan(found.n_star)
    scaling = width_transition_scaling([found])
    assert math.isnan(scaling.gamma)
    assert "0 of 1 sizes" in scaling.words


def test_a_loss_that_falls_with_the_width_is_named(rng):
    found = loss_over_width(runs(rng, falls=True), 800, test=TEST, rng=0)
    assert found.answer == "no transition"
    assert "falls as the width grows" in words(found)


def test_runs_keep_their_width_and_get_their_c():
    curve = LossCurve([10, 10, 10, 99], [2.0, 2.2, 2.1, 1.0], width=[50, 100, 200, 50])
    over = curve_over_width(curve, 10, {50: 5.0, 100: 2.0})
    assert over.d.tolist() == [0.2, 1.0]
    assert over.width.tolist() == [100, 50]
    assert over.loss.tolist() == [2.2, 2.0]


def test_what_cannot_be_looked_at_is_refused():
    curve = LossCurve([10, 10], [2.0, 2.2], width=[50, 100])
    with pytest.raises(InputError, match="how wide"):
        curve_over_width(LossCurve([1], [1.0]), 1)
    with pytest.raises(InputError, match="no run is of this size"):
        curve_over_width(curve, 11)
    with pytest.raises(InputError, match="no run is of this size"):
        curve_over_width(curve, 10, {3: 1.0})
    for bad in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(DomainError, match="c is above 0"):
            curve_over_width(curve, 10, {50: bad})
    with pytest.raises(InputError, match="no size"):
        width_transition_scaling([])
    few = loss_over_width(curve, 10, rng=0)
    assert few.answer == "cannot tell"
    assert "2 sizes" in few.reason
