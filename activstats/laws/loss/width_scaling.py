"""How the transition in the width moves with the size of the training set: N* ∝ D^gamma."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws._summary import significant
from activstats.laws.loss.meta_slope import meta_slope
from activstats.laws.loss.over_width import LossOverWidth
from activstats.laws.loss.shared_exponent import own_places, shared_places


@dataclass(frozen=True, eq=False)
class WidthScaling:
    """Slope of ln N* over ln D; the theory has 1, for N* = cD/b.

    Parameters
    ----------
    n_samples : tuple of float
        Sizes whose losses show a transition in the width.
    gamma, gamma_low, gamma_high : float
        Slope of ln N* over ln D at equal c, with its interval; nan for fewer than two sizes.
    one_pvalue : float
        Of the test that gamma is 1.
    shared_b, shared_b_pvalue : float
        The exponent of all crossovers, and F test that they are alike.
    reason : str
        Why there is no slope.
    """

    n_samples: tuple[float, ...]
    gamma: float = math.nan
    gamma_low: float = math.nan
    gamma_high: float = math.nan
    one_pvalue: float = math.nan
    shared_b: float = math.nan
    shared_b_pvalue: float = math.nan
    reason: str = ""

    @property
    def words(self) -> str:
        """The slope in a sentence."""
        if math.isnan(self.gamma):
            return self.reason
        interval = f"[{significant(self.gamma_low, 2)}, {significant(self.gamma_high, 2)}]"
        return (
            f"at equal c N* goes like D^{significant(self.gamma, 2)} {interval}; the theory has 1 "
            f"(p = {self.one_pvalue:.2g})"
        )


def width_transition_scaling(found: Sequence[LossOverWidth], level: float = 0.95) -> WidthScaling:
    """Return how the transition in the width goes with the size of the training set.

    Parameters
    ----------
    found : sequence of LossOverWidth
        The losses over the width at several sizes D.
    level : float
        Confidence level.

    Returns
    -------
    WidthScaling

    Raises
    ------
    InputError
        If there is nothing to compare.

    Notes
    -----
    At equal c, ln N* is ln D − ln mu* up to a constant. The crossovers in mu share one exponent
    unless one contradicts the form s = 1; line as in `transition_scaling`.
    """
    check_level(level)
    if not found:
        raise InputError("there is no size to compare.", got="an empty list")
    shown = [
        (one.n_samples, one.transition)
        for one in sorted(found, key=lambda one: one.n_samples)
        if one.transition is not None and one.transition.found
    ]
    sizes = tuple(size for size, _ in shown)
    if len(shown) < 2:
        reason = f"{len(shown)} of {len(found)} sizes show a transition in N; a slope needs two"
        return WidthScaling(sizes, reason=reason)
    fits = [one._reported for _, one in shown]  # noqa: SLF001  (the fits whose places these are)
    known = [fit for fit in fits if fit is not None]
    # A fit with free s has an exponent of another meaning.
    free = any(one.form_contradicted for _, one in shown) or any(fit.df <= 0 for fit in known)
    places = own_places(known) if free else shared_places(known)
    z = np.log(sizes)
    line = meta_slope(z, z - places.x_star, places.covariance)
    low, high = line.interval(level)
    return WidthScaling(sizes, line.slope, low, high, line.pvalue(1.0), places.b, places.pvalue)
