"""Whether measures of the same runs put the knee of their loss curves in the same place.

A knee that moves with the measure belongs to the measure as much as to the learner: the loss after
the last step, for one, is inflated on small training sets by overfitting.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from activstats.errors import InputError
from activstats.laws.loss._measure_words import MEASURES, warning, words

__all__ = ["MEASURES", "Gap", "Knee", "MeasureComparison", "compare_measures"]


@dataclass(frozen=True)
class Knee:
    """Where one measure puts the knee.

    Parameters
    ----------
    measure : str
        Name of the measure, such as the column of the runs table.
    d_star : float
        Place of the knee in samples, above 0; nan if none was found.
    low, high : float
        Ends of its confidence interval; 0 and infinity where it is open.

    Raises
    ------
    InputError
        If the place is not above 0, or not within its interval.
    """

    measure: str
    d_star: float = math.nan
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        inside = 0 <= self.low <= self.d_star <= self.high and 0 < self.d_star < math.inf
        if self.found and not inside:
            raise InputError(
                "a knee must lie within its own interval, above 0.",
                got=f"{self.measure}: {self.d_star} in [{self.low}, {self.high}]",
                hint="leave d_star out where no knee was found",
            )

    @property
    def found(self) -> bool:
        """Whether the measure shows a knee."""
        return not math.isnan(self.d_star)

    @property
    def name(self) -> str:
        """The measure in words."""
        return MEASURES.get(self.measure, self.measure)


@dataclass(frozen=True)
class Gap:
    """How far two knees are apart.

    Parameters
    ----------
    early, late : Knee
        The two, the earlier one first.
    factor, low, high : float
        D* of the late one over that of the early one, with its interval; 0 and infinity where the
        interval is open.
    """

    early: Knee
    late: Knee
    factor: float
    low: float
    high: float

    @property
    def disagrees(self) -> bool:
        """Whether the interval of the factor leaves out 1."""
        return self.low > 1

    @property
    def tells(self) -> bool:
        """Whether the two could have been told apart at all: an end of the interval is closed."""
        return self.low > 0 or self.high < math.inf


@dataclass(frozen=True)
class MeasureComparison:
    """The knees of several measures of the same runs, compared in pairs.

    Parameters
    ----------
    knees : tuple of Knee
        One for each measure.
    gaps : tuple of Gap
        One for each pair of measures that both show a knee.
    level : float
        Confidence level of the intervals.
    """

    knees: tuple[Knee, ...]
    gaps: tuple[Gap, ...]
    level: float = 0.95

    @property
    def disagreeing(self) -> tuple[Gap, ...]:
        """Pairs whose knees lie apart, beyond their uncertainty."""
        return tuple(gap for gap in self.gaps if gap.disagrees)

    @property
    def without_knee(self) -> tuple[Knee, ...]:
        """Measures that show no knee."""
        return tuple(knee for knee in self.knees if not knee.found)

    @property
    def warning(self) -> str:
        """What a reader must be told, in sentences; empty if nothing speaks against agreement."""
        return warning(self)

    @property
    def words(self) -> str:
        """The comparison in sentences: the warning, or what there is instead of one."""
        return words(self)


def compare_measures(knees: Sequence[Knee], level: float = 0.95) -> MeasureComparison:
    """Compare the knees that several measures of the same runs show.

    Parameters
    ----------
    knees : sequence of Knee
        At least two, each of another measure.
    level : float
        Confidence level of their intervals.

    Returns
    -------
    MeasureComparison
        With `warning`, empty if the knees agree.

    Raises
    ------
    InputError
        If there are fewer than two measures, or one stands twice.

    Notes
    -----
    The interval of the ratio of two knees is recovered from their own intervals on the scale of
    log D: with estimates x₁ > x₂, ends l and u, it begins at x₁ − x₂ − √((x₁ − l₁)² + (u₂ − x₂)²)
    and ends at x₁ − x₂ + √((u₁ − x₁)² + (x₂ − l₂)²) (Zou & Donner 2008, Statistics in Medicine 27,
    eq. 5 without correlation). Measures of the same runs err together, as a rule, and then the
    interval is too long: a disagreement is called late rather than early. Pairs are judged one by
    one, without a correction for their number.

    Examples
    --------
    >>> found = compare_measures([Knee("test_loss", 50, 40, 63), Knee("test_brier", 60, 45, 80)])
    >>> found.warning, round(found.gaps[0].factor, 2)
    ('', 1.2)
    """
    names = [knee.measure for knee in knees]
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError(
            "knees are compared between measures, each given once.",
            got=", ".join(names) or "no measure",
            allowed="at least two different measures",
        )
    found = [knee for knee in knees if knee.found]
    return MeasureComparison(
        tuple(knees), tuple(_gap(*pair) for pair in combinations(found, 2)), level
    )


def _gap(one: Knee, other: Knee) -> Gap:
    early, late = sorted((one, other), key=lambda knee: knee.d_star)
    apart = math.log(late.d_star / early.d_star)
    low = apart - math.hypot(
        _log_ratio(late.d_star, late.low), _log_ratio(early.high, early.d_star)
    )
    high = apart + math.hypot(
        _log_ratio(late.high, late.d_star), _log_ratio(early.d_star, early.low)
    )
    return Gap(early, late, math.exp(apart), _exp(low), _exp(high))


def _log_ratio(above: float, below: float) -> float:
    return math.inf if below == 0 or above == math.inf else math.log(above) - math.log(below)


def _exp(log: float) -> float:
    return math.exp(log) if log < 700 else math.inf  # e^700 is near the largest float
