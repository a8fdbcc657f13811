"""Laws of counts and curves: arrays in, frozen results out."""

from activstats.laws.countlaw import count_probability
from activstats.laws.growth import (
    GrowthLaw,
    GrowthLawResult,
    Prediction,
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from activstats.laws.rarefaction import log_unseen, rarefy
from activstats.laws.results import Result, Status

__all__ = [
    "GrowthLaw",
    "GrowthLawResult",
    "Prediction",
    "Result",
    "Status",
    "count_probability",
    "expected_activated",
    "expected_activated_equal_rates",
    "log_unseen",
    "mean_field_activated",
    "rarefy",
]
