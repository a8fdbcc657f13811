"""Loss against the size of the training set: curves, fits, transition, decay."""

from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult

__all__ = ["LossCurve", "LossTransition", "LossTransitionResult"]
