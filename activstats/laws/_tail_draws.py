"""Replicates of whole numbers, drawn as histograms with NumPy's own generators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from activstats.laws._tail_zeta import scaled_zeta
from activstats.laws.tail_fit import TailFit
from activstats.laws.tail_sample import TailSample

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Values are drawn as a histogram up to where so many observations are expected at each; the few
# beyond are drawn one by one.
_WORTH_BINNING = 1.5
_MOST_BINS = 1_000_000
# Whole numbers beyond are not told apart by floating-point numbers.
_LARGEST = 2.0**53
# Draws tried at a time, above those still wanted.
_SPARE = 1.25


@dataclass(frozen=True)
class CountModel:
    """Where whole numbers are drawn from.

    Parameters
    ----------
    n : int
        Numbers in a replicate.
    values : ndarray of float, shape (m,)
        Values drawn as a histogram.
    shares : ndarray of float, shape (m,) or (m + 1,)
        Their probabilities; the last, beyond the values, is that of the law from `beyond` on.
    alpha, beyond : float
        The law; nan if no number is drawn beyond the values.
    """

    n: int
    values: FloatArray
    shares: FloatArray
    alpha: float = math.nan
    beyond: float = math.nan

    def draw(
        self, generator: np.random.Generator, rows: int
    ) -> tuple[IntArray, FloatArray, IntArray]:
        """Return histograms, shape (rows, m), the draws beyond, sorted row by row, and where rows end."""
        drawn = generator.multinomial(self.n, self.shares, size=rows)
        if math.isnan(self.alpha):
            return drawn, np.empty(0), np.zeros(rows, dtype=np.int64)
        ends = np.cumsum(drawn[:, -1], dtype=np.int64)
        single = draw_tail(generator, int(ends[-1]), self.alpha, self.beyond)
        for start, end in pairwise([0, *ends.tolist()]):
            single[start:end].sort()
        return np.ascontiguousarray(drawn[:, :-1]), single, ends

    @cached_property
    def size(self) -> int:
        """Numbers that a replicate takes to hold."""
        return self.shares.size


def resampled(sample: TailSample) -> CountModel:
    """Return the model that draws from the observations, with replacement."""
    shares = sample.multiplicities / sample.n
    return CountModel(sample.n, sample.values, shares / shares.sum())


def half_fitted(sample: TailSample, fit: TailFit) -> CountModel:
    """Return the model that draws below xmin from the observations and above it from the law.

    Clauset, Shalizi & Newman (2009), section 4.1.
    """
    body = sample.values < fit.xmin
    share = fit.n_tail / sample.n
    norm = scaled_zeta(fit.alpha, fit.xmin)
    bins = _bins(fit, norm)
    tail = np.arange(fit.xmin, fit.xmin + bins)
    probabilities = (tail / fit.xmin) ** -fit.alpha / norm
    beyond = fit.xmin + bins
    rest = (beyond / fit.xmin) ** -fit.alpha * scaled_zeta(fit.alpha, beyond) / norm
    shares = np.concatenate(
        [sample.multiplicities[body] / sample.n, share * probabilities, [share * rest]]
    )
    values = np.concatenate([sample.values[body], tail])
    return CountModel(sample.n, values, shares / shares.sum(), fit.alpha, beyond)


def _bins(fit: TailFit, norm: float) -> int:
    """Return how many values from xmin on are likely to be drawn more than once or twice."""
    farthest = fit.xmin * (max(fit.n_tail, 2) / (_WORTH_BINNING * norm)) ** (1 / fit.alpha)
    return int(min(max(farthest - fit.xmin + 1, 1), _MOST_BINS, max(_LARGEST - fit.xmin, 1)))


def draw_tail(generator: np.random.Generator, size: int, alpha: float, first: float) -> FloatArray:
    """Draw whole numbers from p(x) ~ x^-alpha for x from `first` on.

    Exact, by rejection from the floor of a continuous power law (Devroye 1986, section X.6); numbers
    beyond 2^53 are given as 2^53.
    """
    drawn = np.empty(size)
    done = 0
    highest = _acceptance(np.asarray([first]), alpha)[0]
    while done < size:
        tries = int(_SPARE * (size - done)) + 2
        # 1 - u lies in (0, 1], of which no power is infinite.
        with np.errstate(over="ignore"):
            proposed = np.floor(first * (1.0 - generator.random(tries)) ** (-1 / (alpha - 1)))
        proposed = np.minimum(proposed, _LARGEST)
        kept = proposed[generator.random(tries) * highest <= _acceptance(proposed, alpha)]
        kept = kept[: size - done]
        drawn[done : done + kept.size] = kept
        done += kept.size
    return drawn


def _acceptance(x: FloatArray, alpha: float) -> FloatArray:
    """Return the law's probability over the proposal's, but for a factor; it falls with x."""
    ratio = -1.0 / (x * np.expm1((1.0 - alpha) * np.log1p(1.0 / x)))
    return np.asarray(ratio)
