"""From a recording to per-neuron counts."""

from activstats.counts.counts import Counts
from activstats.counts.histogram import CountHistogram
from activstats.counts.listing import each_counts, recorded_layers
from activstats.counts.many import count_many, merged
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
    "count_many",
    "each_counts",
    "merged",
    "open_recording",
    "open_study",
    "recorded_layers",
]
