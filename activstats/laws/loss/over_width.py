"""The same runs the other way: loss over the width N at a fixed size D of the training set.

The theory's loss depends on D and N through D c/(bN) alone. At fixed D it is a crossover in mu =
cD/N, mean activations per neuron, whose scale is b: with the same c at every N the loss rises from
L_opt, where N ≪ N* = cD/b, to the plateau where neurons are too many for the samples. With c
proportional to N, mu is the same at every width, and there is no transition in N at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from activstats.laws._summary import grouped, significant
from activstats.laws.loss._answer import NO_TRANSITION
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.loss.width_curve import curve_over_width

FloatArray = NDArray[np.float64]

# A crossover is never narrower than 1.34 decades: over less than this in mu nothing can be seen.
_LEAST_DECADES = 0.5
C_PROPORTIONAL = (
    "c proportional to N, or nearly: mean activations per neuron, cD/N, and with them the theory's "
    "loss, are the same at every width, so that there is no transition in N to look for"
)


@dataclass(frozen=True, eq=False)
class LossOverWidth:
    """Loss over the width at a fixed size of the training set.

    Parameters
    ----------
    n_samples : float
        Size of the training set, D.
    curve : LossCurve
        Losses of the runs of that size, over mu = cD/N.
    transition : LossTransitionResult or None
        The transition in mu; None where c is proportional to N.
    answer, reason : str
        ``transition``, ``no transition`` or ``cannot tell``, and why.
    n_star, n_star_low, n_star_high : float
        Width N* = cD/mu* at the crossover's scale, c taken where the crossover lies; nan without a
        transition.
    """

    n_samples: float
    curve: LossCurve
    transition: LossTransitionResult | None
    answer: str
    reason: str = ""
    n_star: float = math.nan
    n_star_low: float = 0.0
    n_star_high: float = math.inf


def loss_over_width(
    curve: LossCurve,
    n_samples: float,
    c: Mapping[float, float] | None = None,
    *,
    test: LossTransition | None = None,
    rng: np.random.Generator | int | None = None,
) -> LossOverWidth:
    """Test whether the loss at a fixed size D has the theory's transition in the width.

    Parameters
    ----------
    curve, n_samples, c
        As for `curve_over_width`.
    test : LossTransition, optional
        Settings of the test.
    rng : Generator or int, optional
        Source of its replicates.

    Returns
    -------
    LossOverWidth
    """
    part = curve_over_width(curve, n_samples, c)
    decades = math.log10(part.sizes[-1] / part.sizes[0])
    if c is not None and len(part.by_width()) > 1 and decades < _LEAST_DECADES:
        return LossOverWidth(float(n_samples), part, None, NO_TRANSITION, C_PROPORTIONAL)
    # A curve over mu has a width at each place by its nature, not by mistake.
    found = (test or LossTransition()).fit(replace(part, width=None), rng=rng)
    reason = found.reason
    if found.answer == NO_TRANSITION and _falls_with_width(part):
        reason = (
            "the loss falls as the width grows, where the theory, whose loss depends on cD/(bN), has "
            "it rise"
        )
    return LossOverWidth(
        float(n_samples), part, found, found.answer, reason, *_n_star(part, found, n_samples, c)
    )


def _falls_with_width(part: LossCurve) -> bool:
    """Return whether the loss has a slope in ln N, by Student's t at .05, and it is downward."""
    x = np.log(np.asarray(part.width, dtype=np.float64))
    x, y = x - x.mean(), part.loss - part.loss.mean()
    spread = float(x @ x)
    if x.size < 3 or spread == 0:
        return False
    slope = float(x @ y) / spread
    error = math.sqrt(float(np.square(y - slope * x).sum()) / (x.size - 2) / spread)
    return slope < 0 and (error == 0 or 2 * float(stdtr(x.size - 2, slope / error)) <= 0.05)


def _n_star(
    part: LossCurve,
    found: LossTransitionResult,
    n_samples: float,
    c: Mapping[float, float] | None,
) -> tuple[float, float, float]:
    """Return N* = cD/mu* with its interval, c interpolated between widths where it changes."""
    if not found.found:
        return math.nan, 0.0, math.inf
    order = np.argsort(part.d, kind="stable")
    log_mu = np.log(part.d[order])
    log_n = np.log(np.asarray(part.width, dtype=np.float64)[order])

    def width_at(mu: float) -> float:
        if c is None or mu in {0.0, math.inf}:
            return n_samples / mu if mu else math.inf
        # Beyond the widths there are, c is that of the nearest one.
        inside = float(np.interp(math.log(mu), log_mu, log_n))
        nearest = min(max(math.log(mu), log_mu[0]), log_mu[-1])
        return math.exp(inside + nearest - math.log(mu))

    return width_at(found.d_star), width_at(found.d_star_high), width_at(found.d_star_low)


def words(found: LossOverWidth) -> str:
    """Return what the losses at one size say of a transition in N."""
    size = found.n_samples
    number = grouped(int(size)) if size.is_integer() else significant(size)
    head = f"D = {number}: {found.answer}"
    if math.isnan(found.n_star):
        return f"{head} ({found.reason})" if found.reason else head
    ends = f"[{significant(found.n_star_low)}, {significant(found.n_star_high)}]"
    return f"{head} at N* = {significant(found.n_star)} {ends}"
