"""What the results of all fits to the counts of a layer know of these counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.laws.histogram import Histogram, histogram_of
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable


def read_histogram(content: dict[str, Any]) -> Histogram:
    """Return the histogram that JSON holds."""
    pair = [np.asarray(content[name], dtype=np.int64) for name in ("values", "multiplicities")]
    if content["n_samples"] == 0:
        return Histogram(pair[0], pair[1], 0)
    return histogram_of(tuple(pair), content["n_samples"])


@dataclass(frozen=True, kw_only=True)
class CountedResult(Result):
    """Base of results that hold the counts they were fitted to.

    Parameters
    ----------
    histogram : Histogram
        The counts.
    """

    histogram: Histogram

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "Histogram": read_histogram,
    }

    @property
    def n_neurons(self) -> int:
        """Number of neurons of the layer, N."""
        return self.histogram.n_neurons

    @property
    def n_samples(self) -> int:
        """Samples seen, D."""
        return self.histogram.n_samples

    @property
    def c(self) -> float:
        """Mean number of neurons that one sample activates."""
        return self.histogram.c

    @property
    def k(self) -> int:
        """Neurons activated at least once, K(D)."""
        return self.histogram.k
