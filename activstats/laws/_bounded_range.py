"""The counts that lie within the support of the bounded law, and whether they tell it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._bounded_fit import Facts
from activstats.laws._bounded_support import EXACT_UP_TO, NO_END, FloatArray, IntArray
from activstats.laws._checks import whole_numbers
from activstats.laws.histogram import HasCounts, Histogram, histogram_of
from activstats.laws.results import Status

_FEWEST = 3
# Beyond the support that is summed number by number, cells are half a percent wide, and counts that
# differ by less from each other would be drawn together.
_LEAST_SPREAD = 0.01


@dataclass(frozen=True, eq=False)
class CountsInRange:
    """Counts between the ends of a law.

    Parameters
    ----------
    histogram : Histogram
        All counts, those out of range among them.
    samples_known : bool
        Whether the histogram's number of samples is that of the data.
    xmin : int
        Smallest count in range.
    xmax : int or None
        Largest; None if there is no end.
    values, multiplicities : ndarray of int64, shape (u,)
        The counts in range.
    facts : Facts
        What the likelihood knows of them.
    """

    histogram: Histogram
    samples_known: bool
    xmin: int
    xmax: int | None
    values: IntArray
    multiplicities: IntArray
    facts: Facts

    @property
    def floats(self) -> tuple[FloatArray, FloatArray]:
        """The counts and how many there are of each, as floating-point numbers."""
        return self.values.astype(np.float64), self.multiplicities.astype(np.float64)

    @property
    def largest(self) -> int:
        """Largest count in range; `xmin` if there is none."""
        return int(self.values[-1]) if self.values.size else self.xmin


def in_range(counts: object, n_samples: int | None, xmin: int, xmax: int | None) -> CountsInRange:
    """Return the counts from `xmin` to `xmax`; never beyond the number of samples if known.

    Raises
    ------
    InputError
        If the counts are no counts, or more than there are samples, or too large to be summed over.
    """
    known = n_samples is not None or isinstance(counts, Histogram | HasCounts)
    histogram = histogram_of(counts, n_samples if known else _largest(counts))
    if histogram.values[-1] >= NO_END:
        raise InputError("counts are too large.", got=histogram.values[-1], allowed="< 2^40")
    if known:
        xmax = min(xmax or NO_END - 1, histogram.n_samples)
    return cut_out(histogram, xmin, xmax, samples_known=known)


def cut_out(
    histogram: Histogram, xmin: int, xmax: int | None, *, samples_known: bool
) -> CountsInRange:
    """Return the counts of a histogram from `xmin` to `xmax`."""
    kept = histogram.values >= xmin
    if xmax is not None:
        kept &= histogram.values <= xmax
    values, multiplicities = histogram.values[kept], histogram.multiplicities[kept]
    n = int(multiplicities.sum())
    if not n:
        facts = Facts(0, math.nan, math.nan)
    else:
        share = multiplicities / n
        centre = math.exp(float((share * np.log(values)).sum()))
        facts = Facts(n, centre, float((share * values).sum()))
    return CountsInRange(histogram, samples_known, xmin, xmax, values, multiplicities, facts)


def what_hides_the_law(data: CountsInRange, *, cutoff: bool) -> tuple[Status, str] | None:
    """Return the status and the reason, in words, why there is no best law; None if there is one.

    Notes
    -----
    The likelihood of an exponential family has a maximum exactly if the mean of (ln k, k) lies in
    the interior of the hull of all (ln k, k) (Barndorff-Nielsen 1978, th. 9.13). That curve is
    concave, so the mean lies on the hull's edge for two neighbouring counts and for the two ends.
    """
    first, last, n = data.xmin, data.xmax, data.facts.n
    where = f"from {first} on" if last is None else f"between {first} and {last}"
    if n < _FEWEST:
        return Status.TOO_FEW, f"{n} counts lie {where}; a law needs at least {_FEWEST}"
    values = data.values
    if last is not None and last - first < 2:
        return Status.NOT_IDENTIFIABLE, f"the support {where} has no room for a law's shape"
    if values.size == 1:
        return Status.NOT_IDENTIFIABLE, f"all counts in range are equal ({values[0]})"
    if cutoff and values.size == 2 and values[1] - values[0] == 1:
        words = f"all counts in range are {values[0]} or {values[1]}, and a law may be as narrow"
        return Status.NOT_IDENTIFIABLE, words
    if cutoff and values.size == 2 and (values[0], values[1]) == (first, last):
        words = "all counts lie at the two ends of the support, and no such law does"
        return Status.NOT_IDENTIFIABLE, words
    return _too_alike(data)


def is_whole(number: object) -> bool:
    """Return whether a setting is a whole number."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _too_alike(data: CountsInRange) -> tuple[Status, str] | None:
    if data.xmax is not None and data.xmax - data.xmin < EXACT_UP_TO:
        return None
    # The mean over the geometric mean is 1 + (relative spread)² / 2.
    spread = math.sqrt(max(2 * (data.facts.mean / data.facts.centre - 1), 0.0))
    if spread >= _LEAST_SPREAD or data.facts.centre < 1 / _LEAST_SPREAD:
        return None
    words = f"the counts differ by {100 * spread:.2g} % from each other, which is no power of k"
    return Status.NOT_IDENTIFIABLE, words


def _largest(counts: object) -> int:
    """Return the largest number of a sample that knows no number of samples, at least 1."""
    first = counts[0] if isinstance(counts, tuple) and len(counts) == 2 else counts
    pair = isinstance(counts, tuple) and np.ndim(first) == 1  # type: ignore[arg-type]
    sample = whole_numbers(first if pair else counts, "counts", "whole numbers, not negative")
    return max(int(sample.max()), 1)


def read_histogram(content: dict[str, Any]) -> Histogram:
    """Return a histogram from its form in JSON."""
    pair = (np.asarray(content["values"]), np.asarray(content["multiplicities"]))
    if content["n_samples"] == 0:
        return Histogram(pair[0].astype(np.int64), pair[1].astype(np.int64), 0)
    return histogram_of(pair, content["n_samples"])
