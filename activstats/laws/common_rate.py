"""The simplest rival of the growth law: one firing rate for all neurons, its limit b = ∞."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from activstats.laws._checks import check_level
from activstats.laws._count_model import CountModelFit, Estimate, normal_quantile
from activstats.laws.curves import expected_activated_equal_rates
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws.histogram import Histogram

COMMON_RATE = "one common rate"


@dataclass(frozen=True, kw_only=True)
class CommonRateFit(CountModelFit):
    """One firing rate for all neurons fitted to the counts of one layer.

    Parameters
    ----------
    rate : float
        The common firing rate, c/N.

    Notes
    -----
    The remaining parameters are those of `Result`; the interval is that of Wilson (1927, JASA 22,
    209).
    """

    rate: float = math.nan

    title: ClassVar[str] = "One common firing rate"

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The common rate."""
        n, z = float(self.n_neurons * self.n_samples), normal_quantile(self.level)
        middle = (self.rate + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(self.rate * (1 - self.rate) / n + (z / (2 * n)) ** 2) / (1 + z * z / n)
        error = math.sqrt((1 - self.rate) / (self.rate * n)) if self.rate else math.inf
        return (Estimate("rate", self.rate, max(middle - half, 0.0), middle + half, error),)

    def expected_activated(self, n_samples: ArrayLike) -> FloatArray:
        """Return the expected number of neurons activated at least once in `n_samples` samples."""
        if not 0 < self.rate < 1:
            fired = np.asarray(n_samples) > 0
            return np.where(fired, self.n_neurons * self.rate, 0.0)[()]
        return expected_activated_equal_rates(n_samples, n_neurons=self.n_neurons, c=self.c)

    def _at_level(self, level: float) -> Self:
        return type(self)(**_common(self.histogram, level, self.provenance))


def fit_common_rate(
    histogram: Histogram, level: float = 0.95, provenance: dict[str, Any] | None = None
) -> CommonRateFit:
    """Return the binomial law of one firing rate for all neurons.

    Parameters
    ----------
    histogram : Histogram
        Counts of one layer, see `histogram_of`.
    level : float
        Confidence level of the interval.
    provenance : dict, optional
        Where the counts come from.

    Returns
    -------
    CommonRateFit

    Raises
    ------
    DomainError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> fit_common_rate(histogram_of([3, 4, 5], n_samples=10)).rate
    0.4
    """
    check_level(level)
    return CommonRateFit(**_common(histogram, level, provenance or {}))


def _common(histogram: Histogram, level: float, provenance: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "method": COMMON_RATE,
        "level": level,
        "n_obs": histogram.n_neurons,
        "provenance": provenance,
        "histogram": histogram,
        "status": Status.NOT_IDENTIFIABLE,
    }
    cases = histogram.n_neurons * histogram.n_samples
    if not cases:
        return known | {"reason": "no sample was seen (D = 0)"}
    total, silences = histogram.total, cases - histogram.total
    parts = (total * math.log(total / cases) if total else 0.0,
             silences * math.log(silences / cases) if silences else 0.0)  # fmt: skip
    return known | {
        "rate": total / cases,
        "log_likelihood": sum(parts),
        "status": Status.CONVERGED,
    }
