"""What permuting the samples gives back: curve, mean and bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from activstats.errors import DomainError
from activstats.laws._bands_views import describe, table
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

_ARRAYS = ("grid", "ordered", "mean", "low", "high", "low_all", "high_all")


def _floats(values: Any) -> FloatArray:
    return np.asarray([float(value) for value in values])


def _wholes(values: Any) -> IntArray:
    return np.asarray(values, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class PermutationBands(Result):
    """Growth curve in recorded order, beside what random orders give.

    Parameters
    ----------
    grid : ndarray of int, shape (m,)
        Numbers of samples, D.
    ordered : ndarray of int, shape (m,)
        K in the order of the recording.
    mean : ndarray of float, shape (m,)
        Mean over random orders: the rarefied curve where samples are permuted one by one.
    low, high : ndarray of float, shape (m,)
        Pointwise band: holds `level` of the random orders at each D.
    low_all, high_all : ndarray of float, shape (m,)
        Simultaneous band: holds `level` of whole curves in random order.
    largest : float
        Largest distance of the recorded order from the mean, in standard deviations of random orders.
    gap : float
        sup |K − mean| / N, the effect size.
    pvalue : float
        Of `largest` among random orders: above 1 − level where the simultaneous band holds the
        recorded curve.
    n_neurons, n_samples, n_groups, n_permutations : int
        Neurons; samples; groups that were permuted as wholes; random orders.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of groups.
    """

    grid: IntArray
    ordered: IntArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    low_all: FloatArray
    high_all: FloatArray
    largest: float
    gap: float
    pvalue: float
    n_neurons: int
    n_samples: int
    n_groups: int
    n_permutations: int

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "FloatArray": _floats,
        "IntArray": _wholes,
    }

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            array = np.array(getattr(self, name))
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def params(self) -> dict[str, float]:
        """The largest distance in standard deviations, and as a share of all neurons."""
        return {"largest": self.largest, "gap": self.gap}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the simultaneous band at each D, columns `low` and `high`, at the level held."""
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError("bands are kept at one level.", got=level, allowed=self.level)
        index = pd.Index(self.grid, name="n_samples")
        return pd.DataFrame({"low": self.low_all, "high": self.high_all}, index=index)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each D, with curves and bands."""
        return table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the recorded curve inside the bands."""
        from activstats.figures.order import growth_bands

        bands = {"pointwise": (self.low, self.high), "simultaneous": (self.low_all, self.high_all)}
        return growth_bands(self.grid, self.mean, self.ordered, **bands, level=self.level, ax=ax)

    def _summary(self) -> Summary:
        return describe(self)
