"""Profile intervals end where an F test, done otherwise, says that they do."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.stats import f as f_law

from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.families import CROSSOVER, POWER_LAW, SHARP_CROSSOVER
from activstats.laws.loss.family import Coordinate, Family
from activstats.laws.loss.fit import fit_family, refit
from activstats.laws.loss.profile import profile_interval
from activstats.laws.loss.shapes import crossover

D = np.geomspace(10, 20_000, 14)
X = np.log(D)


def test_profile_intervals_of_a_line_are_those_of_students_t(rng):
    # One coordinate that enters linearly: the profile is a parabola, and the interval exact.
    slope = Coordinate("slope", lambda x: np.linspace(-1, 3, 41), logarithmic=False)
    family = Family(
        "line",
        (slope,),
        lambda x, theta: (5 - theta * (x - x.mean()))[:, None] / 5,
        ("level",),
        floor=False,
    )
    y = 5 - 1.1 * (X - X.mean()) + rng.normal(0, 0.3, X.size)
    fit = fit_family(family, LossCurve(D, y), noise="additive")
    low, high = profile_interval(fit, "slope", 0.95)

    # Ratio of two regression coefficients: Fieller's interval, by an independent search.
    def excess(value):
        column = (5 - value * (X - X.mean())) / 5
        left = y - column * (column @ y) / (column @ column)
        return left @ left - fit.rss * (1 + f_law.ppf(0.95, 1, fit.df) / fit.df)

    best = fit.params["slope"]
    assert low == pytest.approx(brentq(excess, best - 1, best), rel=1e-3)
    assert high == pytest.approx(brentq(excess, best, best + 1), rel=1e-3)


def least_squares_with(fit, index, value):
    """Least weighted sum of squares with one coordinate held, by a simplex search over the rest."""
    cells, family = fit.cells, fit.family

    def squares(rest):
        theta = np.insert(rest, index, value)
        column = family.columns(cells.x, theta[None])[0, 0]
        design = np.column_stack([np.ones(column.size), column])
        root = np.sqrt(cells.weight)
        found = np.linalg.lstsq(design * root[:, None], cells.mean * root, rcond=None)[0]
        return cells.weight @ np.square(cells.mean - design @ found)

    start = np.delete(fit.shape.theta, index)
    options = {"xatol": 1e-8, "fatol": 1e-14, "maxiter": 4000}
    return minimize(squares, start, method="Nelder-Mead", options=options).fun + cells.pure_error


@pytest.mark.parametrize(
    ("family", "name"),
    [(CROSSOVER, "d_star"), (CROSSOVER, "b"), (SHARP_CROSSOVER, "d_star"),
     (SHARP_CROSSOVER, "sharpness")],
    ids=lambda part: getattr(part, "name", part),
)  # fmt: skip
@pytest.mark.parametrize("cv", [0.002, 0.02])
def test_at_each_end_the_profile_has_risen_to_the_threshold(family, name, cv):
    noise = np.random.default_rng(1).standard_normal((D.size, 2))
    losses = (0.3 + 2 * crossover(X, math.log(300), 0.6))[:, None] * (1 + cv * noise)
    fit = refit(family, fit_family(CROSSOVER, LossCurve.from_arrays(D, losses)))
    threshold = fit.rss * (1 + f_law.ppf(0.95, 1, fit.df) / fit.df)
    index = [c.name for c in family.coordinates].index(name)
    for end in profile_interval(fit, name, 0.95):
        rss = least_squares_with(fit, index, math.log(end))
        assert (rss - fit.rss) / (threshold - fit.rss) == pytest.approx(1, abs=0.05)


def test_an_interval_that_the_search_cannot_close_is_open():
    line = 3 - 0.2 * (X - X[0])
    fit = fit_family(POWER_LAW, LossCurve(D, line * (1 + 0.01 * np.cos(7 * X))))
    low, high = profile_interval(fit, "beta", 0.95)
    assert low == 0
    assert 0 < high < 1


def test_without_degrees_of_freedom_intervals_are_open():
    fit = fit_family(CROSSOVER, LossCurve(D[:4], [2.0, 1.9, 1.5, 1.2]))
    assert profile_interval(fit, "d_star", 0.95) == (0.0, math.inf)
    assert math.isnan(fit.variance)
