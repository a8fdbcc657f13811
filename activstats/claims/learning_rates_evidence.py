"""What claims on learning rates are judged by: the runs of a study, by task and optimiser."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from activstats.dynamics.participation import shares_above

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

PUBLISHED = ("autoencoder", "adam")
# Fixed beforehand: the published rates of Adam, and where SGD without momentum trains.
RANGES = {"adam": (1e-4, 1e-2), "sgd": (0.03, 1.0)}
MATCHED_SHARE = 0.9  # of the runs reach the loss at which runs are compared
_NAMES = {"adam": "Adam", "sgd": "SGD"}


@dataclass(frozen=True, eq=False)
class Matched:
    """Runs at the same training loss.

    Parameters
    ----------
    level : float
        The loss.
    fluctuation, test_loss : ndarray of float, shape (n_seeds, n_rates)
        Where a run first reached it; nan for runs that did not, or did within the first epoch.
    """

    level: float
    fluctuation: FloatArray
    test_loss: FloatArray


@dataclass(frozen=True, eq=False)
class Arm:
    """The runs of one task and optimiser.

    Parameters
    ----------
    task, optimizer : str
        Names.
    runs : DataFrame
        Their rows of the runs table.
    """

    task: str
    optimizer: str
    runs: pd.DataFrame

    @property
    def title(self) -> str:
        """The arm in words."""
        return f"{self.task}, {self.optimizer_name}"

    @property
    def optimizer_name(self) -> str:
        """The optimiser in words."""
        return _NAMES.get(self.optimizer, self.optimizer)

    @property
    def rates(self) -> FloatArray:
        """Learning rates, ascending."""
        return np.unique(self.runs["learning_rate"].to_numpy(dtype=np.float64))

    @property
    def seeds(self) -> list[int]:
        """Seeds, ascending."""
        return sorted({int(seed) for seed in self.runs["seed"]})

    @property
    def n_diverged(self) -> int:
        """Runs whose loss ceased to be finite."""
        return int(self.runs["diverged"].astype(bool).sum())

    def within_range(self) -> Arm:
        """Return the arm at the learning rates that claims are judged in, fixed beforehand."""
        low, high = RANGES.get(self.optimizer, (0.0, math.inf))
        rates = self.runs["learning_rate"]
        inside = (rates >= low * (1 - 1e-9)) & (rates <= high * (1 + 1e-9))
        return replace(self, runs=self.runs[inside])

    def table(self, column: str) -> FloatArray:
        """Return a column as numbers, shape (n_seeds, n_rates); nan where there is none."""
        return self._arranged([_number(value) for value in self.runs[column]])

    def _arranged(self, values: list[float]) -> FloatArray:
        seeds, rates = self.seeds, self.rates.tolist()
        found = np.full((len(seeds), len(rates)), np.nan)
        pairs = zip(self.runs["seed"], self.runs["learning_rate"], strict=True)
        for (seed, rate), value in zip(pairs, values, strict=True):
            found[seeds.index(int(seed)), rates.index(float(rate))] = value
        return found

    def participating(self, threshold: float) -> FloatArray:
        """Return the share of hidden neurons that fire for more than a share of the test samples."""
        rows = (_list(one) for one in self.runs["neuron_firing"])
        shares = [float(shares_above(r, [threshold])[0]) if r.size else math.nan for r in rows]
        return self._arranged(shares)

    def fluctuating(self, threshold: float) -> FloatArray:
        """Return the share of hidden neurons that fluctuate more than a share of their run's own.

        Units are the root mean square over the hidden neurons of the run.
        """
        shares = []
        for one in (_list(row) for row in self.runs["neuron_fluctuation"]):
            unit = math.sqrt(float(np.mean(one**2))) if one.size else 0.0
            shares.append(float(shares_above(one / unit, [threshold])[0]) if unit else math.nan)
        return self._arranged(shares)

    def score(self) -> FloatArray:
        """Return how good runs ended: decades that the test loss lies below 1.

        A run that diverged is given the worst score of the arm: it was no better.
        """
        found = -np.log10(self.table("test_loss"))
        known = np.isfinite(found)
        diverged = self.table("diverged") == 1
        worst = found[known].min() if known.any() else math.nan
        return np.where(diverged, worst, found)

    def matched(self) -> Matched:
        """Return the runs where each first reached the same training loss.

        The loss is the lowest that 90 % of the runs reach. Between two epochs logarithms are
        interpolated linearly.
        """
        losses = [_list(one) for one in self.runs["epoch_train_loss"]]
        lowest = np.array([one.min() if one.size else np.nan for one in losses])
        lowest = lowest[np.isfinite(lowest)]
        level = float(np.quantile(lowest, MATCHED_SHARE)) if lowest.size else math.nan
        found: dict[str, list[float]] = {}
        for name in ("epoch_fluctuation", "epoch_test_loss"):
            courses = (_list(one) for one in self.runs[name])
            found[name] = [_at(level, *pair) for pair in zip(losses, courses, strict=True)]
        return Matched(level, *(self._arranged(one) for one in found.values()))


@dataclass(frozen=True, eq=False)
class LearningRateEvidence:
    """A study of learning rates.

    Parameters
    ----------
    runs : DataFrame
        Its runs table.
    study : str
        Where it is.
    """

    runs: pd.DataFrame
    study: str = ""

    @property
    def arms(self) -> tuple[tuple[str, str], ...]:
        """Tasks and optimisers that occur; the published one first if it is there."""
        pairs = zip(self.runs["task"], self.runs["optimizer"], strict=True)
        found = list(dict.fromkeys((str(task), str(optimizer)) for task, optimizer in pairs))
        return tuple(sorted(found, key=lambda pair: pair != PUBLISHED))

    def arm(self, pair: tuple[str, str]) -> Arm:
        """Return one arm, which may have no runs."""
        task, optimizer = pair
        which = (self.runs["task"] == task) & (self.runs["optimizer"] == optimizer)
        return Arm(task, optimizer, self.runs[which])


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _list(value: object) -> FloatArray:
    if value is None or isinstance(value, float):
        return np.empty(0)
    return np.array([_number(one) for one in value], dtype=np.float64)  # type: ignore[attr-defined]


def _at(level: float, losses: FloatArray, course: FloatArray) -> float:
    """Return a course where the losses first come down to a level; nan if within the first epoch."""
    below = np.flatnonzero(losses <= level)
    if not below.size or below[0] == 0 or course.size != losses.size:
        return math.nan
    after = int(below[0])
    pair = course[[after - 1, after]]
    if not (np.isfinite(pair).all() and (pair > 0).all()):
        return math.nan
    ends = np.log(losses[[after - 1, after]])
    share = (math.log(level) - ends[0]) / (ends[1] - ends[0])
    return float(np.exp(np.log(pair[0]) + share * (np.log(pair[1]) - np.log(pair[0]))))
