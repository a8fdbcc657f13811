"""How the transition moves with the width: D* ∝ N^gamma, against the theory's 1 − slope of c."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from activstats.errors import DomainError, InputError
from activstats.laws.loss._scaling_answer import answered
from activstats.laws.loss.meta_slope import MetaSlope, meta_slope
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.scaling_places import places_of
from activstats.laws.loss.scaling_result import TransitionScaling
from activstats.laws.loss.shared_exponent import Places
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.results import Status

FloatArray = NDArray[np.float64]

MARGIN = 0.25


def transition_scaling(
    transitions: Mapping[float, LossTransitionResult],
    predicted: Mapping[float, PredictedTransition] | None = None,
    *,
    margin: float = MARGIN,
    level: float | None = None,
) -> TransitionScaling:
    """Return how D* goes with the width N, beside what recordings predict.

    Parameters
    ----------
    transitions : mapping of float to LossTransitionResult
        The transition over D at each width N. Widths without one are left out, and named.
    predicted : mapping of float to PredictedTransition, optional
        What recordings of each width predict, c measured at each.
    margin : float
        How far gamma may lie from the predicted slope and count as it.
    level : float, optional
        Confidence level; that of the transitions if left out.

    Returns
    -------
    TransitionScaling
        With gamma, its interval, the test of gamma = 1, the slopes of c and b over N, the predicted
        slope of D* = bN/c, 1 − slope of c, and an answer: ``agrees``, ``differs``, ``cannot tell``.

    Raises
    ------
    InputError
        If there is no transition result.
    DomainError
        If a width is not above 0, or the margin is no positive number.

    Notes
    -----
    ln D*_N = a + gamma ln N. The crossovers share one exponent b, unless F rejects that at
    (1 − level)/5 or the form s = 1 is rejected at a width; then each has its own. The line through
    the ln D*_N is that of `meta_slope`, with scatter between widths beyond the errors of the fits.
    The theory has gamma = 1 for the same c at every N; with c = rho·N the threshold is b/rho,
    wherever N is.

    Examples
    --------
    >>> from activstats.laws.loss import LossTransition
    >>> d, rng = np.repeat(np.geomspace(5, 50_000, 14), 2), np.random.default_rng(1)
    >>> found = {
    ...     n: LossTransition(n_boot=99).fit(
    ...         d, (0.3 + 2 * (1 + d / n) ** -0.6) * rng.normal(1, 0.01, d.size), rng=0
    ...     )
    ...     for n in (64, 128, 256, 512)
    ... }
    >>> scaling = transition_scaling(found)
    >>> scaling.gamma_low < 1 < scaling.gamma_high, scaling.one_pvalue > 0.05
    (True, True)
    """
    if not transitions:
        raise InputError("there is no transition to compare.", got="an empty mapping")
    _check(transitions, margin)
    level = next(iter(transitions.values())).level if level is None else level
    kept = {n: one for n, one in sorted(transitions.items()) if one.found}
    left_out = tuple(
        f"N = {n:g}: {one.answer}" for n, one in sorted(transitions.items()) if not one.found
    )
    known = {n: predicted[n] for n in sorted(predicted or {})} if predicted else {}
    c_slope, b_slope = _slopes(known)
    empty = TransitionScaling(
        method="random-effects line through ln D*",
        level=level,
        n_obs=len(kept),
        status=Status.TOO_FEW,
        reason=f"{len(kept)} of {len(transitions)} widths show a transition; a slope needs two",
        margin=float(margin),
        n_neurons=tuple(map(float, kept)),
        d_star=tuple(one.d_star for one in kept.values()),
        d_star_low=tuple(one.d_star_low for one in kept.values()),
        d_star_high=tuple(one.d_star_high for one in kept.values()),
        left_out=left_out,
        **_predictions(known, level),
        **_of_slope("c_slope", c_slope, level),
        **_of_slope("b_slope", b_slope, level),
    )
    if len(kept) < 2:
        return empty
    return _with_line(empty, list(kept.values()), known)


def _check(transitions: Mapping[float, LossTransitionResult], margin: float) -> None:
    for n in transitions:
        if not 0 < n < math.inf:
            raise DomainError("a width is a finite number above 0.", got=n)
    if not 0 < margin < math.inf:
        raise DomainError("the margin is a number above 0.", got=margin)


def _predictions(known: dict[float, PredictedTransition], level: float) -> dict[str, Any]:
    ends = [one.interval(level) for one in known.values()]
    return {
        "predicted_n": tuple(map(float, known)),
        "predicted_d_star": tuple(one.d_star for one in known.values()),
        "predicted_low": tuple(end[0] for end in ends),
        "predicted_high": tuple(end[1] for end in ends),
    }


def _slopes(known: dict[float, PredictedTransition]) -> tuple[MetaSlope, MetaSlope]:
    """Return the slopes of ln c and ln b of the recordings over ln N."""
    z = np.log(list(known)) if known else np.empty(0)
    made = []
    for value, error in (("c", "c_se_log"), ("b", "b_se_log")):
        y = np.log([getattr(one, value) for one in known.values()])
        variances = np.square([getattr(one, error) for one in known.values()])
        made.append(meta_slope(z, y, np.diag(variances)))
    return made[0], made[1]


def _of_slope(name: str, line: MetaSlope, level: float) -> dict[str, Any]:
    low, high = line.interval(level)
    return {name: line.slope, f"{name}_low": low, f"{name}_high": high}


def _with_line(
    empty: TransitionScaling,
    found: list[LossTransitionResult],
    known: dict[float, PredictedTransition],
) -> TransitionScaling:
    places, warnings = places_of(found, empty.level)
    line = meta_slope(np.log(empty.n_neurons), places.x_star, places.covariance)
    scaled = replace(
        empty,
        status=Status.CONVERGED,
        reason="",
        warnings=warnings,
        **_of_slope("gamma", line, empty.level),
        gamma_se=line.se,
        df=line.df,
        tau=line.tau,
        log_d_star=tuple(places.x_star.tolist()),
        log_d_star_se=tuple(np.sqrt(np.diag(places.covariance)).tolist()),
        line_level=line.level,
        line_level_se=line.level_se,
        line_centre=line.centre,
        shared_b=places.b,
        shared_b_pvalue=places.pvalue,
        one_pvalue=line.pvalue(1.0),
        **_excess(empty, places, known),
    )
    answer, reason = answered(scaled)
    return replace(scaled, answer=answer, reason=reason)


def _excess(
    empty: TransitionScaling, places: Places, known: dict[float, PredictedTransition]
) -> dict[str, Any]:
    """Return the slope of ln D* less ln(N/c), width by width, for c need be no power of N."""
    both = [place for place, n in enumerate(empty.n_neurons) if n in known]
    recorded = [known[empty.n_neurons[place]] for place in both]
    y = places.x_star[both] - np.log([one.steepest for one in recorded])
    of_c = np.diag(np.square([one.c_se_log for one in recorded]))
    covariance = places.covariance[np.ix_(both, both)] + of_c if both else of_c
    line = meta_slope(np.log([empty.n_neurons[place] for place in both]), y, covariance)
    numbers = _of_slope("excess", line, empty.level)
    return numbers | {"predicted_pvalue": line.pvalue(0.0)}
