"""How far the growth law is from the measured curves, averaged as its claim says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.claims.seeds import OverSeeds, over_seeds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.claims.evidence import FittedLayer


@dataclass(frozen=True, eq=False)
class Distance:
    """Misfits of a set of runs: averaged within each seed, then over the seeds.

    Parameters
    ----------
    fits : tuple of FittedLayer
        The runs that tell something.
    silent : tuple of FittedLayer
        Runs left out: K(D) is saturated, or b cannot be had.
    exact, mean_field, equal_rates : OverSeeds
        Misfit of three laws, as a share of N.
    chance : ndarray of float, shape (n_draws,)
        Draws of the mean misfit if the law is true; empty where they were not drawn.
    """

    fits: tuple[FittedLayer, ...]
    silent: tuple[FittedLayer, ...]
    exact: OverSeeds
    mean_field: OverSeeds
    equal_rates: OverSeeds
    chance: NDArray[np.float64]

    @property
    def chance_mean(self) -> float:
        """Mean misfit that chance alone gives; nan where it was not drawn."""
        return float(self.chance.mean()) if self.chance.size else math.nan

    def chance_quantile(self, level: float) -> float:
        """Return a quantile of the mean misfit that chance alone gives."""
        return float(np.quantile(self.chance, level)) if self.chance.size else math.nan

    @property
    def p(self) -> float | None:
        """Share of draws at least as far off as the data, (1 + #) / (draws + 1)."""
        if not self.chance.size or math.isnan(self.exact.mean):
            return None
        return float((1 + np.sum(self.chance >= self.exact.mean)) / (self.chance.size + 1))


def distance_of(fits: tuple[FittedLayer, ...]) -> Distance:
    """Average the misfits of a set of runs."""
    telling = tuple(fit for fit in fits if fit.tells)
    return Distance(
        fits=telling,
        silent=tuple(fit for fit in fits if not fit.tells),
        exact=over_seeds((fit.seed, fit.fit.misfit) for fit in telling),
        mean_field=over_seeds((fit.seed, fit.fit.misfit_mean_field) for fit in telling),
        equal_rates=over_seeds((fit.seed, fit.fit.misfit_equal_rates) for fit in telling),
        chance=_chance(telling),
    )


def _chance(fits: tuple[FittedLayer, ...]) -> NDArray[np.float64]:
    """Return the mean misfit of whole studies drawn from the fitted laws, shape (n_draws,)."""
    drawn = min((fit.chance.size for fit in fits), default=0)
    by_seed: dict[int, list[NDArray[np.float64]]] = {}
    for fit in fits:
        by_seed.setdefault(fit.seed, []).append(fit.chance[:drawn])
    if not drawn:
        return np.empty(0)
    return np.asarray(np.mean([np.mean(group, axis=0) for group in by_seed.values()], axis=0))
