"""The torch side: catches a model's activations and streams them to disk."""

from activstats.recorder.calibration import calibrate
from activstats.recorder.recorder import Recorder

__all__ = ["Recorder", "calibrate"]
