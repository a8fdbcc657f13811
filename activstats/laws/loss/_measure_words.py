"""The comparison of measures in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from activstats.laws._summary import significant

if TYPE_CHECKING:
    from activstats.laws.loss.measures import Gap, Knee, MeasureComparison

# Columns of a study's table of runs that a loss curve can be made of, the one to prefer first.
MEASURES = {
    "test_loss": "the cross-entropy of the best checkpoint",
    "test_brier": "the Brier score",
    "final_test_loss": "the cross-entropy after the last step",
}
_LAST_STEP = "final_test_loss"


def warning(found: MeasureComparison) -> str:
    """Return what a reader must be told; empty if nothing speaks against agreement."""
    apart = "; ".join(_apart(gap, found.level) for gap in found.disagreeing)
    sentences = [f"The measures disagree on the knee: {apart}."] if apart else []
    if found.without_knee and len(found.without_knee) < len(found.knees):
        sentences.append(_not_by_all(found.knees))
    measures = {knee.measure for gap in found.disagreeing for knee in (gap.early, gap.late)}
    if _LAST_STEP in measures:
        sentences.append(
            "Networks trained on few samples are often overfitted at the last step, which raises "
            "their cross-entropy there: prefer the best checkpoint."
        )
    elif sentences:
        sentences.append("The knee belongs to the measure as much as to the learner.")
    return " ".join(sentences)


def words(found: MeasureComparison) -> str:
    """Return the warning, or what there is instead of one."""
    if found.warning:
        return found.warning
    if not found.gaps:
        return "No measure shows a knee."
    if not any(gap.tells for gap in found.gaps):
        return "The intervals of the knees are open; the measures cannot be told apart."
    widest = max(found.gaps, key=lambda gap: gap.factor)
    return (
        "The measures agree on the knee within their intervals; the farthest apart are "
        f"{widest.early.name} and {widest.late.name}, {_interval(widest, found.level)}."
    )


def _apart(gap: Gap, level: float) -> str:
    return (
        f"{gap.early.name} has it at "
        f"{significant(gap.early.d_star)} samples, {gap.late.name} at "
        f"{significant(gap.late.d_star)}, {_interval(gap, level)}"
    )


def _interval(gap: Gap, level: float) -> str:
    ends = f"{significant(gap.low)} to {significant(gap.high)}"
    return f"a factor of {significant(gap.factor)} ({100 * level:g} % interval {ends})"


def _not_by_all(knees: Sequence[Knee]) -> str:
    shown = " and ".join(knee.name for knee in knees if knee.found)
    not_shown = " and ".join(knee.name for knee in knees if not knee.found)
    return f"A knee is found in {shown}, none in {not_shown}."
