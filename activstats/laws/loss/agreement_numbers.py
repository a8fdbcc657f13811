"""The numbers of an agreement, and the ratios between losses and recordings."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws.loss.measures import Knee, compare_measures
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.results import FORMAT, Result

if TYPE_CHECKING:
    from collections.abc import Callable

CANNOT_TELL = "cannot tell"
Ends = tuple[float, float, float]


def read_transition(content: dict[str, Any]) -> LossTransitionResult:
    """Return the transition whose fields JSON holds."""
    head = {"result": LossTransitionResult.__name__, "format": FORMAT}
    return LossTransitionResult.from_json(json.dumps(head | content))


def read_predicted(content: dict[str, Any]) -> PredictedTransition:
    """Return the prediction whose fields JSON holds."""
    numbers = ("n_neurons", "b", "c", "b_se_log", "c_se_log", "b_df", "c_df")
    values = {name: float(content[name]) for name in numbers}
    return PredictedTransition(
        **values,
        n_recordings=int(content["n_recordings"]),
        warnings=tuple(content["warnings"]),
        provenance=dict(content["provenance"]),
    )


@dataclass(frozen=True, kw_only=True)
class AgreementNumbers(Result):
    """The numbers of an agreement; see `TransitionAgreement` for the parameters."""

    transition: LossTransitionResult
    predicted: PredictedTransition
    margin: float
    answer: str = CANNOT_TELL
    ratio: float = math.nan
    ratio_low: float = 0.0
    ratio_high: float = math.inf
    b_ratio: float = math.nan
    b_ratio_low: float = 0.0
    b_ratio_high: float = math.inf
    location_statistic: float = math.nan
    location_df: float = math.nan
    location_pvalue: float = math.nan
    joint_statistic: float = math.nan
    joint_df: float = math.nan
    joint_pvalue: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "LossTransitionResult": read_transition,
        "PredictedTransition": read_predicted,
    }


def ratio_with_ends(
    transition: LossTransitionResult, predicted: PredictedTransition, level: float
) -> dict[str, Ends]:
    """Return D* and b of the losses over those of the recordings, each with its interval.

    Nan within an open interval where the losses have no transition.
    """
    if not transition.found:
        return dict.fromkeys(("d_star", "b"), (math.nan, 0.0, math.inf))
    ends = transition.conf_int(level)
    recorded = {
        "d_star": (predicted.d_star, *predicted.interval(level)),
        "b": (predicted.b, *predicted.b_interval(level)),
    }
    found = {}
    for name, place in recorded.items():
        low, high = float(ends["low"][name]), float(ends["high"][name])
        of_losses = Knee("losses", getattr(transition, name), low, high)
        found[name] = ratio(of_losses, Knee("recordings", *place), level)
    return found


def ratio(upper: Knee, lower: Knee, level: float) -> Ends:
    """Return the ratio of two places with its interval, after Zou & Donner 2008."""
    (gap,) = compare_measures([upper, lower], level).gaps
    if gap.late is upper:
        return gap.factor, gap.low, gap.high
    with_ends = (1 / gap.factor, 1 / gap.high if gap.high > 0 else math.inf)
    return *with_ends, 1 / gap.low if gap.low > 0 else math.inf
