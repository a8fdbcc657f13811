"""Where the crossovers of several widths lie, with one exponent where that is not rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from activstats.laws.loss._sharpness import form_rejected
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.shared_exponent import Places, own_places, shared_places
from activstats.laws.loss.transition_result import LossTransitionResult


def places_of(
    found: Sequence[LossTransitionResult], level: float
) -> tuple[Places, tuple[str, ...]]:
    """Return where the crossovers lie, with one exponent where that is not rejected."""
    reported = [one._reported for one in found]  # noqa: SLF001  (the fits whose D* these are)
    own = own_places([fit for fit in reported if fit is not None])
    if any(one.form_contradicted for one in found):
        warning = (
            "s = 1, the theory's form, is rejected at a width: each crossover has an exponent of "
            "its own"
        )
        return own, (warning,)
    fits = [fit_family(CROSSOVER, one.curve, noise=one.noise, robust=one.robust) for one in found]
    if any(fit.df <= 0 for fit in fits):
        return own, ("too few runs at a width to compare the exponents",)
    shared = shared_places(fits)
    if form_rejected(shared.pvalue, level):
        warning = (
            f"one exponent b for all widths is rejected (p = {shared.pvalue:.2g}): each crossover "
            "has its own"
        )
        return replace(own, pvalue=shared.pvalue), (warning,)
    return shared, ()
