"""Bands around the rarefied growth curve: how far K(D) strays when samples come in random order.

Samples are shuffled as wholes, the same way for all neurons, so that neurons which fire together
still do. The bands show the scatter of the order alone, with these samples and these neurons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import DomainError
from activstats.laws._checks import check_level
from activstats.laws._runs import Runs, runs_of
from activstats.laws.bands_result import FloatArray, IntArray, PermutationBands
from activstats.laws.bits import HasBits, by_sample, checked, counts_of, ordered_curve
from activstats.laws.histogram import as_provenance
from activstats.laws.misfit import log_grid
from activstats.laws.rarefaction import rarefy
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["PermutationBands", "permutation_bands"]

_FEWEST_SAMPLES = 3


def permutation_bands(
    mask: HasBits,
    *,
    grid: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    n_permutations: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = None,
) -> PermutationBands:
    """Return pointwise and simultaneous bands of K(D) over random orders of the samples.

    Parameters
    ----------
    mask : HasBits
        Single activations, as `Recording.mask` gives them.
    grid : array_like of int, shape (m,), optional
        Numbers of samples, ascending from 1 to D at most; evenly spread in the logarithm by default.
    groups : array_like, shape (n_samples,), optional
        Label of the sequence that each sample belongs to, one run of samples a label; sequences are
        permuted as wholes. Their mean curve is then that of the random orders themselves.
    n_permutations : int
        Random orders, B.
    level : float
        Of the bands.
    rng : Generator, int or None
        Source of the orders.

    Returns
    -------
    PermutationBands

    Raises
    ------
    InputError
        If there is no mask, or the groups do not fit.
    DomainError
        If the grid, the level or the number of permutations makes no sense.

    Notes
    -----
    Simultaneous: mean ± q SD, q the level's quantile over all curves, the recorded one among them,
    of the largest distance in standard deviations (the studentised envelope of Myllymäki et al.
    2017, J. R. Stat. Soc. B 79, 381). p = #{largest ≥ recorded}/(B + 1), the recorded one counted.

    Examples
    --------
    >>> from activstats.counts import ActivationMask
    >>> rng = np.random.default_rng(0)
    >>> mask = ActivationMask.from_active(rng.random((60, 50)) < 0.05)
    >>> bands = permutation_bands(mask, grid=[1, 10, 60], n_permutations=99, rng=0)
    >>> bands.ordered, bands.mean.round(1), bands.low, bands.high
    (array([ 5, 14, 49]), array([ 2.7, 21.3, 49. ]), array([ 1., 16., 49.]), array([ 4., 26., 49.]))
    """
    bits = checked(mask)
    points = _checked_grid(grid, bits.n_samples)
    if n_permutations < 1:
        raise DomainError("bands need permutations.", got=n_permutations, allowed=">= 1")
    check_level(level)
    runs = runs_of(groups, bits.n_samples)
    curves = _curves(bits, runs, points, n_permutations, np.random.default_rng(rng))
    mean = curves.mean(axis=0)
    if runs.single:
        known = np.unique(counts_of(bits), return_counts=True)
        mean = rarefy(*known, bits.n_samples, points)
    few = runs.number < _FEWEST_SAMPLES
    return PermutationBands(
        method="permutation",
        level=level,
        n_obs=runs.number,
        status=Status.TOO_FEW if few else Status.CONVERGED,
        reason=f"{runs.number} samples or groups have hardly any order" if few else "",
        provenance=as_provenance(mask),
        grid=points,
        ordered=curves[0],
        mean=mean,
        n_neurons=len(bits.bits),
        n_samples=bits.n_samples,
        n_groups=runs.number,
        n_permutations=n_permutations,
        gap=float(np.abs(curves[0] - mean).max() / len(bits.bits)),
        **_bands(curves, mean, level),
    )


def _curves(
    mask: HasBits, runs: Runs, grid: IntArray, n_permutations: int, rng: np.random.Generator
) -> IntArray:
    """Return K on the grid: first in recorded order, then in random ones."""
    words = by_sample(mask)
    curves = np.empty((n_permutations + 1, grid.size), dtype=np.int64)
    curves[0] = ordered_curve(words, np.arange(mask.n_samples), grid)
    for row in curves[1:]:
        row[:] = ordered_curve(words, runs.samples_of(rng.permutation(runs.number)), grid)
    return curves


def _bands(curves: IntArray, mean: FloatArray, level: float) -> dict[str, Any]:
    ends = [(1 - level) / 2, (1 + level) / 2]
    # Counts that occur, so that no band ends between two of them and holds fewer than it says.
    low = np.quantile(curves[1:], ends[0], axis=0, method="inverted_cdf")
    high = np.quantile(curves[1:], ends[1], axis=0, method="inverted_cdf")
    spread = curves.std(axis=0)
    scale = np.where(spread > 0, spread, np.inf)
    # To ten digits: curves that differ by rounding alone must count as equally far.
    farthest = (np.abs(curves - mean) / scale).max(axis=1).round(10)
    reach = np.quantile(farthest, level, method="inverted_cdf") * spread
    return {
        "low": low.astype(np.float64),
        "high": high.astype(np.float64),
        "low_all": mean - reach,
        "high_all": mean + reach,
        "largest": float(farthest[0]),
        "pvalue": float(np.mean(farthest >= farthest[0])),
    }


def _checked_grid(grid: ArrayLike | None, n_samples: int) -> IntArray:
    if grid is None:
        return log_grid(n_samples)
    points = np.asarray(grid)
    whole = points.dtype.kind in "iu" or (
        points.dtype.kind == "f" and np.array_equal(points, np.floor(points))
    )
    inside = points.ndim == 1 and points.size > 0 and whole
    if not inside or points[0] < 1 or points[-1] > n_samples or np.any(np.diff(points) <= 0):
        raise DomainError(
            "the curve is counted at ascending numbers of samples.",
            got=str(points)[:80],
            allowed=f"1, 2, … {n_samples}",
        )
    return points.astype(np.int64)
