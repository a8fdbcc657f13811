"""Advice before training: which sizes and seeds place the transition of a loss curve."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from activstats.errors import DomainError
from activstats.laws._checks import check_level
from activstats.laws.loss._plan_options import (
    N_SIZES,
    Asked,
    advised,
    affordable,
    budget,
    errors_of,
    options_of,
    outside,
)
from activstats.laws.loss.design_power import transition_power
from activstats.laws.loss.location_error import check_guess
from activstats.laws.loss.transition_plan import TransitionPlan

__all__ = ["TransitionPlan", "plan_transition"]

# How far a guess of D* may be off, either way.
_OFF = 3.0


def plan_transition(  # noqa: PLR0913  (guess, budget and range each have names of their own)
    d_star: float | None = None,
    b: float = 0.3,
    *,
    steepest: float | None = None,
    cv: float = 0.02,
    floor_share: float = 0.2,
    runs: int | None = None,
    samples: float | None = None,
    decades_below: float = 1.0,
    decades_above: float = 2.0,
    least: float = 1,
    most: float = math.inf,
    level: float = 0.95,
    n_simulations: int = 0,
    rng: np.random.Generator | int | None = None,
) -> TransitionPlan:
    """Return which training-set sizes and seeds to run, and how well they will place D*.

    Parameters
    ----------
    d_star : float, optional
        The scale D* = bN/c, guessed, in samples; or `steepest`.
    b : float
        The constant, guessed.
    steepest : float, optional
        N/c in samples, where the loss falls fastest, in place of `d_star`.
    cv : float
        Noise of one run, relative to its loss.
    floor_share : float
        L_opt over the loss on the plateau, guessed.
    runs : int, optional
        Most networks that can be trained; 36 unless `samples` is given.
    samples : float, optional
        Most training samples over all runs, each counted once a run.
    decades_below, decades_above : float
        Range of the sizes about D*.
    least, most : float
        Smallest and largest training set that can be had, in samples.
    level : float
        Confidence level of the interval; the test's size is 1 − level.
    n_simulations : int
        Curves drawn to see how often the test finds the transition; 0 for none.
    rng : Generator or int, optional
        Source of these.

    Returns
    -------
    TransitionPlan
        Among options no worse than a tenth in their error, one with three seeds or more is advised,
        and of these the one with the most sizes.

    Raises
    ------
    DomainError
        If a number makes no sense, or the budget is too small for six sizes.

    Notes
    -----
    Errors come from `expected_location_errors`; the factor is e^(t·SE) with Student's t on the runs
    less four parameters.

    Examples
    --------
    >>> found = plan_transition(200, 0.6, cv=0.01, runs=36)
    >>> len(found.advice.sizes), found.advice.seeds, round(found.advice.factor, 2)
    (12, 3, 1.15)
    """
    check_level(level)
    if n_simulations < 0:
        raise DomainError("this is no number of curves.", got=n_simulations, allowed="0, 1, 2, …")
    scale = _scale(d_star, steepest, b)
    check_guess(scale, b, cv, floor_share)
    asked = Asked(
        scale, b, cv, floor_share, decades_below, decades_above, least, most, level,
        *budget(runs, samples),
    )  # fmt: skip
    asked, warnings = affordable(asked)
    options = options_of(asked, N_SIZES)
    best = advised(options)
    n_sizes = (len(best.sizes),)
    shorter, longer = (replace(asked, above=asked.above + step) for step in (-1.0, 1.0))
    aside = (
        *(options_of(shorter, n_sizes) if shorter.above > 0 else ()),
        *options_of(longer, n_sizes),
    )
    off = [errors_of(asked, best, asked.d_star * by).log_d_star for by in (1 / _OFF, _OFF)]
    every = np.repeat(best.sizes, best.seeds)
    guess = {"d_star": scale, "b": b, "cv": cv, "floor_share": floor_share}
    drawn = {"n_simulations": n_simulations, "level": level, "rng": rng}
    return TransitionPlan(
        **guess,
        level=level,
        options=(*options, *(one for one in aside if one.sizes != best.sizes)),
        chosen=options.index(best),
        se_if_lower=off[0],
        se_if_higher=off[1],
        power=transition_power(every, **guess, **drawn) if n_simulations else None,  # type: ignore[arg-type]
        warnings=warnings + outside(asked, best),
    )


def _scale(d_star: float | None, steepest: float | None, b: float) -> float:
    if (d_star is None) == (steepest is None):
        raise DomainError(
            "a plan needs a guess of where the transition lies.",
            got="neither" if d_star is None else "both",
            allowed="either D* = bN/c or the steepest point N/c",
        )
    return float(d_star) if d_star is not None else b * float(steepest)  # type: ignore[arg-type]
