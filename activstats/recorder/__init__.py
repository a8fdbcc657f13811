"""The torch side: catches a model's activations and streams them to disk."""

from activstats.recorder.calibration import calibrate
from activstats.recorder.parameters import ParameterRecorder
from activstats.recorder.recorder import Recorder
from activstats.recorder.tracing import Trace, trace

__all__ = ["ParameterRecorder", "Recorder", "Trace", "calibrate", "trace"]
