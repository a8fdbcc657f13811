"""From a recording to per-neuron counts."""

from activstats.counts.counts import Counts
from activstats.counts.histogram import CountHistogram
from activstats.counts.listing import each_counts, recorded_layers
from activstats.counts.mask import ActivationMask
from activstats.counts.moments import Moments
from activstats.counts.recording import Recording, Study, open_recording, open_study

__all__ = [
    "ActivationMask",
    "CountHistogram",
    "Counts",
    "Moments",
    "Recording",
    "Study",
    "each_counts",
    "open_recording",
    "open_study",
    "recorded_layers",
]
