"""How many neurons of a layer more samples, or fewer, will activate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws._estimators import ZERO_INFLATED
from activstats.laws._extrapolation import after_more_samples
from activstats.laws._fresh_samples import in_fresh_samples

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray
    from activstats.laws.growth_result import GrowthLawResult

# Where tools for species accumulation stop to extrapolate (Colwell et al. 2012, "up to a doubling
# or tripling"; iNEXT's default is the double).
SAFE_FACTOR = 2.0


@dataclass(frozen=True)
class Prediction:
    """Number of activated neurons after so many samples.

    Parameters
    ----------
    n_samples : ndarray of int
        Samples, D.
    k : ndarray of float
        Neurons activated at least once, as expected with the best b.
    k_low, k_high : ndarray of float
        Ends of the interval.
    level : float
        Its confidence level.
    warnings : tuple of str
        What a reader of the numbers must know.
    """

    n_samples: FloatArray
    k: FloatArray
    k_low: FloatArray
    k_high: FloatArray
    level: float
    warnings: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each number of samples."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("n_samples", "k", "k_low", "k_high")}
        return pd.DataFrame({name: np.atleast_1d(values) for name, values in columns.items()})

    def summary(self) -> str:
        """Return the table with its warnings below, for reading."""
        head = f"Activated neurons, {self.level * 100:g} % prediction interval"
        table = self.to_frame().round(1).to_string(index=False)
        sentences = (f"{text[0].upper()}{text[1:]}." for text in self.warnings)
        return "\n".join([head, table, *sentences])


def predict(result: GrowthLawResult, n_samples: ArrayLike, level: float) -> Prediction:
    """Predict K for this layer, with an interval for the number itself.

    Parameters
    ----------
    result : GrowthLawResult
        The fitted law, with the counts it was fitted to.
    n_samples : array_like of int, shape (m,)
        Samples.
    level : float
        Confidence level.

    Returns
    -------
    Prediction
        Two questions, by the number of samples d against the D seen:

        - d ≤ D: how many neurons of this layer would a fresh set of d samples activate? `k` is the
          law's E[K(d)]. The interval holds the chance of the fresh samples and the distance of
          this layer's own rates from the estimated law.
        - d > D: how many will it be after d samples in all, those seen included? `k` is the K seen
          plus what the law expects of the silent neurons, so it is never below what was seen. The
          interval holds their chance and the uncertainty of b and of the mean rate.

    Raises
    ------
    InputError
        If there is no b to predict with.

    Notes
    -----
    The interval does not hold samples of another kind than those seen, weights that change, neurons
    that fire together, nor a law that is wrong (see `misfit`). Up to twice the samples seen are the
    range of species accumulation; beyond, a warning says so.
    """
    if math.isnan(result.b):
        raise InputError("there is no b to predict with.", got=result.reason)
    check_level(level)
    given = np.asarray(n_samples)
    sizes = np.atleast_1d(given).astype(np.float64).ravel()
    k = np.atleast_1d(result.curve.expected(sizes))
    k, low, high = np.minimum(k, result.n_neurons), k.copy(), k.copy()
    beyond = sizes > result.n_samples
    for part, how in ((~beyond, in_fresh_samples), (beyond, after_more_samples)):
        if part.any():
            k[part], low[part], high[part] = how(result, sizes[part], level)
    k, low, high = (np.asarray(part.reshape(given.shape))[()] for part in (k, low, high))
    return Prediction(given, k, low, high, level, _warnings(result, sizes))


def _warnings(result: GrowthLawResult, sizes: FloatArray) -> tuple[str, ...]:
    largest = float(sizes.max(initial=0.0)) / result.n_samples
    if largest <= SAFE_FACTOR:
        return ()
    text = (
        f"up to {largest:.3g} times the samples seen: beyond twice as many, the law decides and the "
        "data little, and the interval holds only if the law does"
    )
    if result.method != ZERO_INFLATED:
        text += (
            '; GrowthLaw(likelihood="zero-inflated") extrapolates best where neurons may be dead'
        )
    return (text,)
