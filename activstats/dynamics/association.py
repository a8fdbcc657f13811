"""How two numbers of networks go together: between learning rates, and within one rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.association_result import AssociationResult
from activstats.dynamics.estimates import FISHER, Estimate, over_units
from activstats.dynamics.run_grid import RunGrid
from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    pass

_LEAST_FREE = 3  # below it Fisher's z has no standard error
_FEW = "too few runs at each rate to tell rates from seeds"


@dataclass(frozen=True)
class Association:
    """Correlations of two numbers over runs that differ in learning rate and seed.

    Parameters
    ----------
    level : float
        Confidence level.

    Notes
    -----
    The learning rate moves most numbers of a network, so that two of them correlate over runs of
    several rates whether or not they have to do with each other. Hence

    - `within`: Pearson's correlation after the means of rates and seeds were taken away, with
      Fisher's interval, standard error 1/sqrt(ν − 2) for ν residual degrees of freedom;
      `within_ranks` the same of ranks.
    - `between`: within each seed over its rates, averaged over the seeds in Fisher's z.
    - `overall`: of all runs as they are, with the jackknife over seeds.

    Examples
    --------
    >>> rates = [0.001, 0.01, 0.1]
    >>> x = np.add.outer([0.0, 0.1, 0.2, 0.3], [1.0, 2.0, 3.0])
    >>> noise = np.random.default_rng(0).normal(size=(2, 4, 3))
    >>> found = Association().fit(rates, x + 0.1 * noise[0], x + 0.1 * noise[1])
    >>> found["between"].value > 0.9 > found["within"].value
    True
    """

    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        rates: ArrayLike,
        x: ArrayLike,
        y: ArrayLike,
        *,
        names: tuple[str, str] = ("x", "y"),
        provenance: Mapping[str, Any] | None = None,
    ) -> AssociationResult:
        """Measure the correlations.

        Parameters
        ----------
        rates : array_like of float, shape (n_rates,)
            Learning rates, ascending.
        x, y : array_like of float, shape (n_seeds, n_rates)
            The two numbers; runs that lack one are left out.
        names : pair of str
            What they are, for the picture.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        AssociationResult
            Status TOO_FEW where `within` cannot be had.

        Raises
        ------
        InputError
            If shapes do not fit.
        """
        a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if a.shape != b.shape:
            raise InputError("the two numbers are of other runs.", got=f"{a.shape}, {b.shape}")
        both = np.isfinite(a) & np.isfinite(b)
        a, b = np.where(both, a, np.nan), np.where(both, b, np.nan)
        grid, other = RunGrid.of(rates, a), RunGrid.of(rates, b)
        a, b = grid.values, other.values
        within, ranks = _within("within", a, b), _within("within_ranks", _ranks(a), _ranks(b))
        told = math.isfinite(within.error)
        between = over_units(
            "between", [_pearson(*pair) for pair in zip(a, b, strict=True)], scale=FISHER
        )
        return AssociationResult(
            method="correlations between rates, and within them after means of rates and seeds",
            level=self.level,
            n_obs=grid.n_runs,
            n_seeds=grid.n_seeds,
            status=Status.CONVERGED if told else Status.TOO_FEW,
            reason="" if told else _FEW,
            provenance=dict(provenance or {}),
            estimates=(within, ranks, between, _overall(a, b)),
            rates=tuple(grid.rates.tolist()),
            x=tuple(map(tuple, a.tolist())),
            y=tuple(map(tuple, b.tolist())),
            xname=names[0],
            yname=names[1],
        )


def _within(name: str, a: NDArray[np.float64], b: NDArray[np.float64]) -> Estimate:
    known = np.isfinite(a)
    seeds, rates = np.nonzero(known)
    design = np.column_stack(
        [seeds[:, None] == np.unique(seeds), rates[:, None] == np.unique(rates)[1:]]
    ).astype(np.float64)
    free = len(seeds) - design.shape[1] if len(seeds) else 0
    if free < _LEAST_FREE:
        return Estimate(name, math.nan, scale=FISHER)
    left = []
    for one in (a[known], b[known]):
        fitted = design @ np.linalg.lstsq(design, one, rcond=None)[0]
        rest = one - fitted
        if rest @ rest <= 1e-20 * (one @ one):  # rounding is all that is left
            return Estimate(name, math.nan, scale=FISHER)
        left.append(rest)
    r = float(left[0] @ left[1] / math.sqrt((left[0] @ left[0]) * (left[1] @ left[1])))
    return Estimate(name, r, 1 / math.sqrt(free - 2), scale=FISHER)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.stats import rankdata

    found = np.full(values.shape, np.nan)
    known = np.isfinite(values)
    found[known] = rankdata(values[known])
    return found


def _pearson(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known], b[known]
    if a.size < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:  # noqa: PLR2004  (two points always fit)
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def _overall(a: NDArray[np.float64], b: NDArray[np.float64]) -> Estimate:
    r, n = _pearson(a.ravel(), b.ravel()), len(a)
    left = np.array([_pearson(*(np.delete(one, i, axis=0).ravel() for one in (a, b)))
                     for i in range(n)])  # fmt: skip
    if n < 3 or not np.isfinite(left).all():  # noqa: PLR2004  (two seeds leave no spread)
        return Estimate("overall", r, scale=FISHER)
    z = np.arctanh(np.clip(left, -1 + 1e-12, 1 - 1e-12))
    error = math.sqrt((n - 1) * float(np.mean((z - z.mean()) ** 2)))
    return Estimate("overall", r, error, float(n - 1), FISHER)
