"""What the loss will be at other sizes, by the power law with floor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.laws._summary import significant
from activstats.laws.loss._columns import finite_numbers
from activstats.laws.loss._decay_region import region
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.noise import expected, grows_with_loss

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

_COLUMNS = ("d", "loss", "low", "high", "run_low", "run_high")


@dataclass(frozen=True, eq=False)
class LossPrediction:
    """Loss at sizes of the training set, by a fitted power law.

    Parameters
    ----------
    d : ndarray of float, shape (k,)
        Sizes, in samples.
    loss : ndarray of float, shape (k,)
        Expected loss.
    low, high : ndarray of float, shape (k,)
        Ends of its interval, size by size.
    run_low, run_high : ndarray of float, shape (k,)
        Ends of the interval for the loss of one new run of mean precision.
    level : float
        Confidence level of both.
    warnings : tuple of str
        What a reader of the numbers must know.
    """

    d: FloatArray
    loss: FloatArray
    low: FloatArray
    high: FloatArray
    run_low: FloatArray
    run_high: FloatArray
    level: float
    warnings: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each size."""
        import pandas as pd

        return pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})

    def summary(self) -> str:
        """Return the table with its warnings below, for reading."""
        rows = [[significant(getattr(self, n)[i]) for n in _COLUMNS] for i in range(self.d.size)]
        heads = ("D", "loss", "low", "high", "run low", "run high")
        lines = ["".join(f"{cell:>11}" for cell in row) for row in (heads, *rows)]
        sentences = (f"{text[0].upper()}{text[1:]}." for text in self.warnings)
        head = f"Expected loss and loss of a new run, {self.level * 100:g} % intervals"
        return "\n".join([head, *lines, *sentences])


def predict(
    fit: FamilyFit, d: ArrayLike, *, beta: tuple[float, float], noise: str, level: float
) -> LossPrediction:
    """Predict the loss at sizes D, with profile intervals.

    Parameters
    ----------
    fit : FamilyFit
        Of the power law with floor.
    d : array_like of float, shape (k,)
        Sizes.
    beta : pair of float
        Profile interval of the exponent at this level.
    noise : {"multiplicative", "additive"}
        Noise model of the fit.
    level : float
        Confidence level.

    Returns
    -------
    LossPrediction
    """
    sizes = finite_numbers(np.atleast_1d(np.asarray(d)), "d", above=0.0)
    loss = fit.predict(sizes)
    accepted = region(fit, beta, level)
    columns = np.exp(-accepted.beta[:, None] * (np.log(sizes) - fit.cells.x[0]))
    low, high = accepted.ends(1.0, columns)
    proportional = grows_with_loss(fit.data, noise)
    one_run = np.square(expected(fit.data, loss)) if proportional else np.ones(sizes.size)
    run_low, run_high = accepted.ends(1.0, columns, one_run)
    return LossPrediction(
        sizes, loss, low, high, run_low, run_high, level, _warnings(sizes, fit.data.sizes)
    )


def _warnings(d: FloatArray, seen: FloatArray) -> tuple[str, ...]:
    told = []
    if d.max() > seen[-1]:
        decades = math.log10(d.max() / seen[-1])
        told.append(
            f"D = {significant(float(d.max()))} lies {decades:.2g} decades beyond the largest size: "
            "the intervals take for granted that the power law goes on"
        )
    if d.min() < seen[0]:
        told.append(
            f"D = {significant(float(d.min()))} lies below the smallest size, where a plateau is "
            "more likely than a power law"
        )
    return tuple(told)
