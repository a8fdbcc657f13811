from .bands import PermutationBands, permutation_bands
from .bounded import BoundedPowerLaw, BoundedPowerLawResult, bounded_probability
from .bounded_rivals import RivalComparison
from .capacity import Capacity
from .capacity_scaling import CapacityScaling
from .comparison import LawComparison, compare_laws
from .countlaw import count_probability
from .curves import samples_per_working_neuron
from .exponent import ExponentAgreement, exponent_agreement
from .goodness import GoodnessOfFit, goodness_of_fit
from .growth import (
    GrowthLaw,
    GrowthLawResult,
    Prediction,
    expected_activated,
    expected_activated_equal_rates,
    mean_field_activated,
)
from .logit_normal import LogitNormalFit, fit_logit_normal
from .loss import (
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
from .negative_binomial import fit_negative_binomial
from .order import OrderTests, order_tests
from .planning import expected_standard_error, neurons_needed, samples_needed
from .pooling import Pooled, pool
from .rarefaction import log_unseen, rarefy
from .rarefaction_covariance import Rarefaction
from .recording_plan import Plan, plan
from .replicates import ReplicateAgreement, replicate_agreement
from .results import Result, Status
from .rule_sweep import SWEEP_RULES, RuleSweep, sweep
from .tail import PowerLawTail, PowerLawTailResult
from .two_way_result import TwoWay
from .zero_inflated import ZeroInflatedFit, fit_zero_inflated
from .zero_truncated import ZeroTruncatedFit, fit_zero_truncated

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
