from .agreement import transition_agreement
from .agreement_result import TransitionAgreement
from .best_loss import BestLoss, BestLossResult, fitted_floors, losses_at_largest
from .choice import CurveChoice, choose_curve
from .controls import ControlComparison, compare_controls
from .curve import LossCurve
from .decay import LossDecay
from .decay_result import LossDecayResult
from .depth import DepthComparison, compare_depths, compare_depths_of_runs
from .design import TransitionPlan, plan_transition
from .exponents import ExponentComparison, compare_exponents
from .local_exponent_result import LocalExponent
from .over_width import LossOverWidth, loss_over_width
from .predicted import PredictedTransition, predicted_transition
from .scaling import transition_scaling
from .scaling_result import TransitionScaling
from .transition import LossTransition
from .transition_result import LossTransitionResult
from .width_scaling import WidthScaling, width_transition_scaling

__all__ = [
    "BestLoss",
    "BestLossResult",
    "ControlComparison",
    "CurveChoice",
    "DepthComparison",
    "ExponentComparison",
    "LocalExponent",
    "LossCurve",
    "LossDecay",
    "LossDecayResult",
    "LossOverWidth",
    "LossTransition",
    "LossTransitionResult",
    "PredictedTransition",
    "TransitionAgreement",
    "TransitionPlan",
    "TransitionScaling",
    "WidthScaling",
    "choose_curve",
    "compare_controls",
    "compare_depths",
    "compare_depths_of_runs",
    "compare_exponents",
    "fitted_floors",
    "loss_over_width",
    "losses_at_largest",
    "plan_transition",
    "predicted_transition",
    "transition_agreement",
    "transition_scaling",
    "width_transition_scaling",
]
