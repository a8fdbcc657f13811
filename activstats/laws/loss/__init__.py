"""Loss against the size of the training set: curves, fits, transition, decay."""

from activstats.laws.loss.agreement import transition_agreement
from activstats.laws.loss.agreement_result import TransitionAgreement
from activstats.laws.loss.best_loss import (
    BestLoss,
    BestLossResult,
    fitted_floors,
    losses_at_largest,
)
from activstats.laws.loss.choice import CurveChoice, choose_curve
from activstats.laws.loss.controls import ControlComparison, compare_controls
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay import LossDecay
from activstats.laws.loss.decay_result import LossDecayResult
from activstats.laws.loss.depth import DepthComparison, compare_depths, compare_depths_of_runs
from activstats.laws.loss.design import TransitionPlan, plan_transition
from activstats.laws.loss.exponents import ExponentComparison, compare_exponents
from activstats.laws.loss.local_exponent_result import LocalExponent
from activstats.laws.loss.over_width import LossOverWidth, loss_over_width
from activstats.laws.loss.predicted import PredictedTransition, predicted_transition
from activstats.laws.loss.scaling import transition_scaling
from activstats.laws.loss.scaling_result import TransitionScaling
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.loss.width_scaling import WidthScaling, width_transition_scaling

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
