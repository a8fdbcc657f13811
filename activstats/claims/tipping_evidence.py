"""What the claims on tipping points are judged by: the runs of a study, by arm."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from activstats.dynamics.tipping import TippingPoint
from activstats.dynamics.tipping_optimum import FiringAtOptimum, OptimumResult
from activstats.dynamics.tipping_shift import TippingShift, TippingShiftResult

if TYPE_CHECKING:
    from activstats.dynamics.tipping_result import TippingPointResult

FloatArray = NDArray[np.float64]

NONE, LAMBDA, STATIC = "none", "lambda", "static"
ADAM, SGD = "adam", "sgd"
NAMES = {ADAM: "Adam", SGD: "SGD"}
MASK_NAMES = {NONE: "no mask", LAMBDA: "lambda mask", STATIC: "static mask"}


@dataclass(frozen=True, eq=False)
class TippingArm:
    """Runs of one optimiser, width and masking, by seed and learning rate.

    Parameters
    ----------
    optimizer, masking : str
        As in the table.
    width : int
        Hidden neurons.
    seeds : tuple of int
        Rows of its tables.
    rates : ndarray of float, shape (n_rates,)
        Columns of its tables.
    runs : DataFrame
        Rows of the runs table.
    """

    optimizer: str
    width: int
    masking: str
    seeds: tuple[int, ...]
    rates: FloatArray
    runs: pd.DataFrame

    @property
    def title(self) -> str:
        """The arm in words."""
        names = NAMES.get(self.optimizer, self.optimizer), MASK_NAMES.get(self.masking)
        return f"{names[0]}, {self.width} neurons, {names[1] or self.masking}"

    def table(self, column: str) -> FloatArray:
        """Return a column as numbers, shape (n_seeds, n_rates); nan where there is none."""
        found = np.full((len(self.seeds), len(self.rates)), np.nan)
        values = self.runs[column].to_numpy(dtype=np.float64, na_value=np.nan)
        places = zip(self.runs["seed"], self.runs["learning_rate"], strict=True)
        rows = {seed: row for row, seed in enumerate(self.seeds)}
        columns = {rate: place for place, rate in enumerate(self.rates.tolist())}
        for (seed, rate), value in zip(places, values.tolist(), strict=True):
            place = rows[seed], columns[rate]
            if np.isnan(found[place]):  # of runs that were made twice, the first
                found[place] = value
        return found

    def tipping(self, definition: str = "firing") -> TippingPointResult:
        """Return the tipping point by one of its definitions."""
        return TippingPoint(definition).fit(
            self.rates,
            firing=self.table("firing_rate"),
            loss=self.table("validation_loss"),
            speed=self.table("speed"),
            provenance={"arm": self.title},
        )

    def optimum(self) -> OptimumResult:
        """Return the pair (firing rate, learning rate) at the optimum."""
        return FiringAtOptimum().fit(
            self.rates,
            firing=self.table("firing_rate"),
            loss=self.table("validation_loss"),
            provenance={"arm": self.title},
        )

    def best_rate(self) -> int:
        """Return the column of the rate with the least validation loss, geometric mean over seeds.

        Rates at which a seed diverged are out of question; −1 if none is left.
        """
        loss = self.table("validation_loss")
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.log(np.where(loss > 0, loss, np.nan)).mean(axis=0)
        return int(np.nanargmin(mean)) if np.isfinite(mean).any() else -1

    def at_best(self, column: str) -> FloatArray:
        """Return a column at the best rate, shape (n_seeds,)."""
        best = self.best_rate()
        return self.table(column)[:, best] if best >= 0 else np.full(len(self.seeds), np.nan)


@dataclass(frozen=True, eq=False)
class TippingEvidence:
    """A study of tipping points.

    Parameters
    ----------
    runs : DataFrame
        One row a run: optimizer, width, masking, learning_rate, seed, diverged, firing_rate,
        validation_loss, test_accuracy, speed.
    """

    runs: pd.DataFrame

    @property
    def optimizers(self) -> list[str]:
        """Names of the optimisers, in the order of the table."""
        return [str(one) for one in self.runs["optimizer"].unique()]

    @property
    def maskings(self) -> list[str]:
        """Names of the maskings, in the order of the table."""
        return [str(one) for one in self.runs["masking"].unique()]

    @property
    def widths(self) -> list[int]:
        """Numbers of hidden neurons, ascending."""
        return sorted({int(one) for one in self.runs["width"]})

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds, ascending."""
        return tuple(sorted({int(one) for one in self.runs["seed"]}))

    def has(self, optimizer: str, masking: str) -> bool:
        """Tell whether there are runs of an optimiser and masking."""
        rows = self.runs
        return bool(((rows["optimizer"] == optimizer) & (rows["masking"] == masking)).any())

    def arm(self, optimizer: str, width: int, masking: str) -> TippingArm:
        """Return the runs of one arm; its rates are those of the optimiser."""
        same = self.runs[self.runs["optimizer"] == optimizer]
        rates = np.unique(same["learning_rate"].to_numpy(dtype=np.float64))
        rows = same[(same["width"] == width) & (same["masking"] == masking)]
        return TippingArm(optimizer, width, masking, self.seeds, rates, rows)

    def by_seed(
        self, optimizer: str, masking: str, measure: Callable[[TippingArm], FloatArray]
    ) -> pd.Series[float]:
        """Return a number of each width and seed, by condition (the width) and seed.

        Parameters
        ----------
        optimizer, masking : str
            The arms.
        measure : callable
            Takes an arm and returns a number for each seed.
        """
        index = pd.MultiIndex.from_product(
            [[f"{width} neurons" for width in self.widths], self.seeds], names=["condition", "seed"]
        )
        values = [measure(self.arm(optimizer, width, masking)) for width in self.widths]
        return pd.Series(np.concatenate(values), index=index, dtype=float)

    def places(self, optimizer: str, masking: str, definition: str = "firing") -> pd.Series[float]:
        """Return the decimal logarithm of each tipping rate, infinite where open."""
        return self.by_seed(
            optimizer, masking, lambda arm: np.asarray(arm.tipping(definition).places, dtype=float)
        )

    def shift(self, optimizer: str, masking: str = NONE) -> TippingShiftResult:
        """Return how the tipping rate goes with the width."""
        places = self.places(optimizer, masking).to_numpy().reshape(len(self.widths), -1).T
        title = f"{NAMES.get(optimizer, optimizer)}, {MASK_NAMES.get(masking, masking)}"
        return TippingShift().fit(self.widths, places, provenance={"arm": title})


def inside(values: pd.Series[float]) -> pd.Series[float]:
    """Return the places that lie inside the range."""
    return values[np.isfinite(values)]


def decades(value: float) -> str:
    """Write a difference of logarithms.

    Examples
    --------
    >>> decades(-0.123)
    '−0.12 decades'
    """
    return "–" if math.isnan(value) else f"{value:+.2f} decades".replace("-", "−")
