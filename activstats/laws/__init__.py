"""Laws of counts and curves: arrays in, frozen results out."""

from activstats.laws.bands import PermutationBands, permutation_bands
from activstats.laws.bounded import BoundedPowerLaw, BoundedPowerLawResult, bounded_probability
from activstats.laws.bounded_rivals import RivalComparison
from activstats.laws.capacity import Capacity
from activstats.laws.capacity_scaling import CapacityScaling
from activstats.laws.comparison import LawComparison, compare_laws
from activstats.laws.countlaw import count_probability
from activstats.laws.curves import samples_per_working_neuron
from activstats.laws.exponent import ExponentAgreement, exponent_agreement
from activstats.laws.goodness import GoodnessOfFit, goodness_of_fit
from activstats.laws.growth import (
    GrowthLaw,
    GrowthLawResult,
    Prediction,
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from activstats.laws.logit_normal import LogitNormalFit, fit_logit_normal
from activstats.laws.loss import (
    BestLoss,
    BestLossResult,
    DepthComparison,
    ExponentComparison,
    LossCurve,
    LossDecay,
    LossDecayResult,
    LossTransition,
    LossTransitionResult,
    TransitionPlan,
    compare_depths,
    compare_exponents,
    plan_transition,
)
from activstats.laws.negative_binomial import fit_negative_binomial
from activstats.laws.order import OrderTests, order_tests
from activstats.laws.planning import expected_standard_error, neurons_needed, samples_needed
from activstats.laws.pooling import Pooled, pool
from activstats.laws.rarefaction import log_unseen, rarefy
from activstats.laws.rarefaction_covariance import Rarefaction
from activstats.laws.recording_plan import Plan, plan
from activstats.laws.replicates import ReplicateAgreement, replicate_agreement
from activstats.laws.results import Result, Status
from activstats.laws.rule_sweep import SWEEP_RULES, RuleSweep, sweep
from activstats.laws.tail import PowerLawTail, PowerLawTailResult
from activstats.laws.two_way_result import TwoWay
from activstats.laws.zero_inflated import ZeroInflatedFit, fit_zero_inflated
from activstats.laws.zero_truncated import ZeroTruncatedFit, fit_zero_truncated

__all__ = [
    "SWEEP_RULES",
    "BestLoss",
    "BestLossResult",
    "BoundedPowerLaw",
    "BoundedPowerLawResult",
    "Capacity",
    "CapacityScaling",
    "DepthComparison",
    "ExponentAgreement",
    "ExponentComparison",
    "GoodnessOfFit",
    "GrowthLaw",
    "GrowthLawResult",
    "LawComparison",
    "LogitNormalFit",
    "LossCurve",
    "LossDecay",
    "LossDecayResult",
    "LossTransition",
    "LossTransitionResult",
    "OrderTests",
    "PermutationBands",
    "Plan",
    "Pooled",
    "PowerLawTail",
    "PowerLawTailResult",
    "Prediction",
    "Rarefaction",
    "ReplicateAgreement",
    "Result",
    "RivalComparison",
    "RuleSweep",
    "Status",
    "TransitionPlan",
    "TwoWay",
    "ZeroInflatedFit",
    "ZeroTruncatedFit",
    "bounded_probability",
    "compare_depths",
    "compare_exponents",
    "compare_laws",
    "count_probability",
    "expected_activated",
    "expected_activated_equal_rates",
    "expected_standard_error",
    "exponent_agreement",
    "fit_logit_normal",
    "fit_negative_binomial",
    "fit_zero_inflated",
    "fit_zero_truncated",
    "goodness_of_fit",
    "log_unseen",
    "mean_field_activated",
    "neurons_needed",
    "order_tests",
    "permutation_bands",
    "plan",
    "plan_transition",
    "pool",
    "rarefy",
    "replicate_agreement",
    "samples_needed",
    "samples_per_working_neuron",
    "sweep",
]
