"""Statistics of recorded neural-network activations.

The public names load on first use: `import activstats` itself loads neither torch nor scipy, pandas,
matplotlib or pyarrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from activstats.counts import Counts, Recording, Study, count_many, open_recording, open_study
    from activstats.laws.bounded import BoundedPowerLaw
    from activstats.laws.growth import GrowthLaw
    from activstats.laws.loss import LossCurve, LossDecay, LossTransition
    from activstats.laws.pooling import pool
    from activstats.laws.tail import PowerLawTail
    from activstats.recorder import ParameterRecorder, Recorder
    from activstats.recording.compacting import compact
    from activstats.recording.repairing import repair
    from activstats.recording.verifying import verify
    from activstats.rules import parse_rule
    from activstats.summarising import summary_table
    from activstats.validation import validate

_HOME = {
    "BoundedPowerLaw": "activstats.laws.bounded",
    "Counts": "activstats.counts",
    "Recording": "activstats.counts",
    "Study": "activstats.counts",
    "count_many": "activstats.counts",
    "open_recording": "activstats.counts",
    "open_study": "activstats.counts",
    "GrowthLaw": "activstats.laws.growth",
    "LossCurve": "activstats.laws.loss",
    "LossDecay": "activstats.laws.loss",
    "LossTransition": "activstats.laws.loss",
    "ParameterRecorder": "activstats.recorder",
    "PowerLawTail": "activstats.laws.tail",
    "Recorder": "activstats.recorder",
    "compact": "activstats.recording.compacting",
    "repair": "activstats.recording.repairing",
    "verify": "activstats.recording.verifying",
    "parse_rule": "activstats.rules",
    "pool": "activstats.laws.pooling",
    "summary_table": "activstats.summarising",
    "validate": "activstats.validation",
}

__all__ = [
    "BoundedPowerLaw",
    "Counts",
    "GrowthLaw",
    "LossCurve",
    "LossDecay",
    "LossTransition",
    "ParameterRecorder",
    "PowerLawTail",
    "Recorder",
    "Recording",
    "Study",
    "compact",
    "count_many",
    "open_recording",
    "open_study",
    "parse_rule",
    "pool",
    "repair",
    "summary_table",
    "validate",
    "verify",
]


_PARTS = ("datasets",)


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"activstats.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'activstats' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PARTS})
