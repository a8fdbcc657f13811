"""Replicates of a sample with the tail fitted anew to each: a p-value, and intervals.

Every block of replicates has a random stream of its own, and how many there are in a block depends
on the sample alone: results are the same on any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from activstats.laws.tail_fit import TailFit, from_logs, search
from activstats.laws.tail_resamples import NO_RESAMPLES, Resamples
from activstats.laws.tail_sample import TailSample
from activstats.laws.tail_settings import TailSettings

FloatArray = NDArray[np.float64]

# Numbers drawn at a time, so that memory stays bounded, and replicates at a time, so that threads
# have something to share.
_AT_ONCE = 200_000
_MOST_ROWS = 64
# Distances of replicates that happen to be equal to the observed one differ by rounding.
_ROUNDING = 1e-9


def tail_pvalue(
    sample: TailSample,
    fit: TailFit,
    settings: TailSettings,
    n_boot: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> float:
    """Return how often chance puts a tail as far from its law as the tail observed.

    Parameters
    ----------
    sample : TailSample
    fit : TailFit
        Best fit to the sample under the settings.
    settings : TailSettings
    n_boot : int
        Replicates, B.
    rng : Generator, int or None
        Source of the replicates.

    Returns
    -------
    float
        (1 + #{D* ≥ D}) / (B + 1), with D* the distance of a replicate from the law fitted to it, its
        xmin found anew. nan if there is no fit or no replicate left a tail.

    Notes
    -----
    Semi-parametric bootstrap of Clauset, Shalizi & Newman (2009), section 4.1. They give the share
    #{D* ≥ D} / B; counting the sample among its replicates (Davison & Hinkley 1997, eq. 4.11)
    changes it by at most 1/(B + 1), and it is never 0.
    """
    if fit.n_tail == 0 or n_boot == 0:
        return math.nan
    enough = fit.distance * (1 - _ROUNDING)
    gaps = _replicates(sample, fit, settings, n_boot, rng, enough)[:, 2]
    reached = gaps[np.isfinite(gaps)]
    if not reached.size:
        return math.nan
    return float((1 + np.count_nonzero(reached >= enough)) / (reached.size + 1))


def resample_tail(
    sample: TailSample,
    fit: TailFit,
    settings: TailSettings,
    n_boot: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> Resamples:
    """Return the tail of samples drawn from the sample with replacement, xmin found anew in each.

    Parameters
    ----------
    sample, fit, settings, n_boot, rng
        As for `tail_pvalue`.

    Returns
    -------
    Resamples
    """
    if fit.n_tail == 0 or n_boot == 0:
        return NO_RESAMPLES
    fits = _replicates(sample, fit, settings, n_boot, rng, 0.0, from_law=False)
    xmin, alpha, gap, n_tail = fits.T
    if not settings.discrete:
        xmin = np.where(np.isnan(xmin), np.nan, from_logs(xmin, sample, settings))
    n_tail = np.where(np.isfinite(gap), n_tail, np.nan)
    return Resamples(np.ascontiguousarray(xmin), np.ascontiguousarray(alpha), n_tail)


def _replicates(
    sample: TailSample,
    fit: TailFit,
    settings: TailSettings,
    n_boot: int,
    rng: np.random.Generator | int | None,
    enough: float,
    *,
    from_law: bool = True,
) -> FloatArray:
    """Return xmin, alpha, distance and n_tail of every replicate, shape (B, 4)."""
    from joblib import Parallel, delayed

    make = _count_block if settings.discrete else _log_block
    block, held = make(sample, fit, settings, enough, from_law=from_law)
    generator = np.random.default_rng(rng)
    sizes = list(_block_sizes(n_boot, held))
    # Seeds rather than spawned generators: not every generator can spawn.
    seeds = generator.integers(2**63, size=(len(sizes), 2))
    streams = (np.random.default_rng(seed) for seed in seeds)
    jobs = (delayed(block)(*job) for job in zip(streams, sizes, strict=True))
    return np.concatenate(Parallel(prefer="threads")(jobs))


def _block_sizes(n_boot: int, held: int) -> Iterator[int]:
    rows = min(max(_AT_ONCE // max(held, 1), 1), _MOST_ROWS)
    for start in range(0, n_boot, rows):
        yield min(rows, n_boot - start)


Block = Callable[[np.random.Generator, int], Any]


def _count_block(
    sample: TailSample, fit: TailFit, settings: TailSettings, enough: float, *, from_law: bool
) -> tuple[Block, int]:
    from activstats.laws._tail_draws import half_fitted, resampled
    from activstats.laws._tail_refits import refit_counts

    model = half_fitted(sample, fit) if from_law else resampled(sample)
    # Compiled code takes read-only arrays for another type, and would be compiled once more.
    values, searched, integers = model.values.copy(), search(settings), settings.ks == "integers"

    def block(generator: np.random.Generator, rows: int) -> FloatArray:
        counts, beyond, ends = model.draw(generator, rows)
        found = counts, beyond, ends, searched, fit.xmin, enough
        return refit_counts(values, *found, integers=integers)

    return block, model.size


def _log_block(
    sample: TailSample, fit: TailFit, settings: TailSettings, enough: float, *, from_law: bool
) -> tuple[Block, int]:
    from activstats.laws._tail_refits import refit_logs

    below = sample.values < fit.xmin if from_law else np.ones(sample.values.size, dtype=bool)
    body = np.repeat(sample.logs[below], sample.multiplicities[below])
    share, searched = body.size / sample.n, search(settings)
    log_xmin, rate = math.log(fit.xmin), fit.alpha - 1

    def block(generator: np.random.Generator, rows: int) -> FloatArray:
        n_bodies = generator.binomial(sample.n, share, size=rows)
        return refit_logs(generator, body, n_bodies, sample.n, searched, log_xmin, rate, enough)

    return block, sample.n
