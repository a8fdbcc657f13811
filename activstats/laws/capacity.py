"""Samples per working neuron, and the share of neurons that nothing seen has used.

What a layer is given for each neuron that works, R = cD/K, and what could be taken out of it
without touching anything that was counted, S = 1 − K/N; the theory's predictions beside both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from activstats.errors import DomainError, InputError
from activstats.laws._nodes import condensed
from activstats.laws.growth import GrowthLaw
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.rarefaction import log_unseen_within
from activstats.laws.rarefaction_covariance import rarefaction

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram


@dataclass(frozen=True, eq=False)
class Capacity:
    """Use of one layer against the number of samples, measured and by the fitted law.

    Each measure is an array of shape (m, 3): value, lower and upper end.

    Parameters
    ----------
    fit : GrowthLawResult
        The growth law fitted to the counts, which it carries.
    n_samples : ndarray of float, shape (m,)
        Samples d, up to the D seen.
    per_neuron : ndarray of float, shape (m, 3)
        R = c·d/K(d) from the rarefied curve; at d = D, what was counted.
    per_neuron_law : ndarray of float, shape (m, 3)
        R by the fitted law; nan where there is no b.
    free_share : ndarray of float, shape (m, 3)
        S = 1 − K(d)/N, the compressible share.
    free_share_law : ndarray of float, shape (m, 3)
        S by the fitted law.
    level : float
        Confidence level.

    Notes
    -----
    The measured intervals take the neurons as a sample of neurons of their kind; those of the law
    carry the uncertainty of b alone.
    """

    fit: GrowthLawResult
    n_samples: FloatArray
    per_neuron: FloatArray
    per_neuron_law: FloatArray
    free_share: FloatArray
    free_share_law: FloatArray
    level: float

    @property
    def free_to_working(self) -> FloatArray:
        """Free neurons for each working one, S/(1 − S), shape (m, 3); infinite where none works."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.free_share / (1 - self.free_share))

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each number of samples."""
        import pandas as pd

        columns = {"n_neurons": self.fit.n_neurons, "n_samples": self.n_samples}
        frame = pd.DataFrame(columns | {"c": self.fit.c, "status": self.fit.status.value})
        measures = ("per_neuron", "per_neuron_law", "free_share", "free_share_law",
                    "free_to_working")  # fmt: skip
        for name in measures:
            for place, end in enumerate(("", "_low", "_high")):
                frame[name + end] = getattr(self, name)[:, place]
        return frame

    def plot(self, ax: Axes | None = None, *, measure: str = "per_neuron") -> Axes:
        """Draw one of the measures against the number of samples; see `plot_capacity`."""
        from activstats.laws.capacity_plot import plot_capacity

        return plot_capacity([self], ax, measure=measure)


def capacity(
    counts: object,
    grid: ArrayLike | None = None,
    n_samples: int | None = None,
    level: float = 0.95,
) -> Capacity:
    """Return samples per working neuron and compressible share of one layer.

    Parameters
    ----------
    counts : GrowthLawResult, Counts, array_like of int or pair of array_like
        A fit, or counts as `GrowthLaw.fit` takes them.
    grid : array_like of int, shape (m,), optional
        Numbers of samples, 1 … D; all D if left out.
    n_samples : int, optional
        Samples seen, D; needed unless the counts know it.
    level : float
        Confidence level.

    Returns
    -------
    Capacity

    Raises
    ------
    InputError
        If nothing fired, so that there is no working neuron, or the counts are none.
    DomainError
        If the grid leaves 1 … D, or the level 0 … 1.

    Notes
    -----
    ln R has the variance Σ_i (d·D_i/D − R·h_i)² / K² of a ratio of two sums over neurons, h_i being
    the chance that d of the samples activate neuron i (delta method, derived). S is one minus the
    rarefied curve with its interval, see `rarefaction`.

    Examples
    --------
    >>> found = capacity([0, 0, 1, 4, 4, 4], n_samples=10)
    >>> found.per_neuron.round(2), found.free_share.round(2)
    (array([[3.25, 2.2 , 4.81]]), array([[0.33, 0.1 , 0.7 ]]))
    """
    fit = counts if isinstance(counts, GrowthLawResult) else GrowthLaw().fit(counts, n_samples)
    histogram = fit.histogram
    if histogram.k == 0:
        raise InputError("no neuron fired, so that none works.", got="K = 0")
    given = histogram.n_samples if grid is None else grid
    sizes = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if not np.all(sizes >= 1):
        raise DomainError("without samples no neuron works.", got=grid, allowed="1 … D")
    curve = rarefaction(histogram, sizes, level=level)
    free = 1 - np.column_stack([curve.k, curve.k_high, curve.k_low]) / histogram.n_neurons
    law_k = _law(fit, sizes, level)
    return Capacity(
        fit=fit,
        n_samples=sizes,
        per_neuron=_per_neuron(histogram, sizes, curve.k, level),
        per_neuron_law=(histogram.c * sizes)[:, None] / law_k[:, [0, 2, 1]],
        free_share=np.clip(free, 0.0, 1.0),
        free_share_law=1 - law_k[:, [0, 2, 1]] / histogram.n_neurons,
        level=level,
    )


def _per_neuron(histogram: Histogram, sizes: FloatArray, k: FloatArray, level: float) -> FloatArray:
    values, weights = condensed(histogram)
    d = float(histogram.n_samples)
    seen = -np.expm1(log_unseen_within(values[:, None], d, sizes))
    ratio = histogram.c * sizes / k
    off = values[:, None] / d * sizes - ratio * seen
    error = np.sqrt((weights[:, None] * off**2).sum(axis=0)) / (k * ratio)
    factor = np.exp(float(ndtri((1 + level) / 2)) * error)
    # A working neuron has fired at least once.
    return np.column_stack([ratio, np.maximum(ratio / factor, 1.0), ratio * factor])


def _law(fit: GrowthLawResult, sizes: FloatArray, level: float) -> FloatArray:
    if math.isnan(fit.b):
        return np.full((sizes.size, 3), math.nan)
    law = fit.expected(sizes, level)
    return np.column_stack([law.k, law.k_low, law.k_high])
