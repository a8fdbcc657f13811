from . import datasets
from .counts import Counts, Recording, Study, count_many, open_recording, open_study
from .laws.bounded import BoundedPowerLaw
from .laws.growth import GrowthLaw
from .laws.loss import LossCurve, LossDecay, LossTransition
from .laws.pooling import pool
from .laws.tail import PowerLawTail
from .recorder import ParameterRecorder, Recorder
from .recording.compacting import compact
from .recording.repairing import repair
from .recording.verifying import verify
from .rules import parse_rule
from .summarising import summary_table
from .validation import validate

__version__: str

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
    "datasets",
    "open_recording",
    "open_study",
    "parse_rule",
    "pool",
    "repair",
    "summary_table",
    "validate",
    "verify",
]
