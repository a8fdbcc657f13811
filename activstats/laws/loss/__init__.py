"""Loss against the size of the training set: curves, fits, transition, decay."""

from activstats.laws.loss.best_loss import (
    BestLoss,
    BestLossResult,
    fitted_floors,
    losses_at_largest,
)
from activstats.laws.loss.choice import CurveChoice, choose_curve
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay import LossDecay
from activstats.laws.loss.decay_result import LossDecayResult
from activstats.laws.loss.depth import DepthComparison, compare_depths, compare_depths_of_runs
from activstats.laws.loss.design import TransitionPlan, plan_transition
from activstats.laws.loss.exponents import ExponentComparison, compare_exponents
from activstats.laws.loss.local_exponent_result import LocalExponent
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult

__all__ = [
    "BestLoss",
    "BestLossResult",
    "CurveChoice",
    "DepthComparison",
    "ExponentComparison",
    "LocalExponent",
    "LossCurve",
    "LossDecay",
    "LossDecayResult",
    "LossTransition",
    "LossTransitionResult",
    "TransitionPlan",
    "choose_curve",
    "compare_depths",
    "compare_depths_of_runs",
    "compare_exponents",
    "fitted_floors",
    "losses_at_largest",
    "plan_transition",
]
