"""Is the distance between counts and the fitted bounded law more than chance? A bootstrap.

Counts are drawn from the fitted law as histograms over the cells of its support, the law is fitted
to each draw anew, and the distances are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._bounded_support import FloatArray, IntArray, Support

if TYPE_CHECKING:
    from activstats.laws._bounded_fit import Estimate, Search

# Draws worked on at once hold so many numbers.
_AT_ONCE = 1 << 20


def cell_histogram(support: Support, values: IntArray, multiplicities: IntArray) -> FloatArray:
    """Return how many counts fall in each cell of the support."""
    size = support.lengths.size
    found = np.bincount(support.cell_of(values), weights=multiplicities, minlength=size)
    return found.astype(np.float64)


def ks_distance(held: FloatArray, probability: FloatArray) -> FloatArray:
    """Return sup |F_data − F_law| over the ends of all cells, along the last axis."""
    data = np.cumsum(held, axis=-1) / held.sum(axis=-1, keepdims=True)
    return np.asarray(np.abs(data - np.cumsum(probability, axis=-1)).max(axis=-1))


def draw_histograms(
    probability: FloatArray, n: int, rows: int, rng: np.random.Generator
) -> FloatArray:
    """Return `rows` histograms of n numbers each, drawn with the cells' probabilities."""
    cells = probability.size
    if n > cells:
        return rng.multinomial(n, probability / probability.sum(), size=rows).astype(np.float64)
    edges = np.cumsum(probability)
    drawn = np.searchsorted(edges[:-1] / edges[-1], rng.random((rows, n)), side="right")
    drawn += cells * np.arange(rows)[:, None]
    found = np.bincount(drawn.ravel(), minlength=rows * cells)
    return found.reshape(rows, cells).astype(np.float64)


def chance_distances(
    search: Search, best: Estimate, n: int, n_boot: int, rng: np.random.Generator
) -> FloatArray:
    """Return the distances of `n_boot` draws of n counts from the laws refitted to them."""
    theta = search.theta(best.alpha, best.lambda_)
    probability = search.family.cells(theta)[0]
    statistics = search.family.cell_means(theta)
    rows = max(1, _AT_ONCE // max(n, probability.size))
    found = []
    for first in range(0, n_boot, rows):
        held = draw_histograms(probability, n, min(rows, n_boot - first), rng)
        means = np.stack([(held * t).sum(axis=1) / n for t in statistics], axis=1)
        refit = search.maximise(means, theta)
        found.append(ks_distance(held, search.family.cells(refit.theta)))
    return np.concatenate(found)


def chance_of(distance: float, by_chance: FloatArray) -> float:
    """Return the p-value: the share of draws at least as far off, the data counted among them."""
    # Equal histograms must give equal distances, whatever the last digits of their fits.
    ties = by_chance >= distance * (1 - 1e-9) - 1e-12
    return float((1 + np.count_nonzero(ties)) / (1 + by_chance.size))
