"""A series of saved checkpoints: found, put in order, read once, and replayed through a recorder."""

from activstats.recorder.checkpoints.finding import find_checkpoints
from activstats.recorder.checkpoints.places import Checkpoint
from activstats.recorder.checkpoints.series import record_checkpoints

__all__ = ["Checkpoint", "find_checkpoints", "record_checkpoints"]
