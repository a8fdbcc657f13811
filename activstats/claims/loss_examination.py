"""What the losses of a study say over the size of the training set: results, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activstats.laws.loss.agreement_result import TransitionAgreement
    from activstats.laws.loss.best_loss_result import BestLossResult
    from activstats.laws.loss.controls import ControlComparison
    from activstats.laws.loss.decay_result import LossDecayResult
    from activstats.laws.loss.depth_result import DepthComparison
    from activstats.laws.loss.exponent_comparison import ExponentComparison
    from activstats.laws.loss.measures import MeasureComparison
    from activstats.laws.loss.over_width import LossOverWidth
    from activstats.laws.loss.scaling_result import TransitionScaling
    from activstats.laws.loss.transition_result import LossTransitionResult
    from activstats.laws.loss.width_scaling import WidthScaling


@dataclass(frozen=True, eq=False, kw_only=True)
class LossExamination:
    """The losses of a study, looked at from all sides.

    Parameters
    ----------
    measure : str
        Column of the runs table that the losses are from.
    transitions : dict of int to LossTransitionResult
        Transition over D of trained networks, by width N.
    controls : dict of str to LossTransitionResult
        The same of learners without hidden neurons, by kind.
    comparison : ControlComparison or None
        Their knees beside the networks'; None where there are no controls.
    measures : dict of int to MeasureComparison
        Knees by other measures of the same runs, by width.
    agreements : dict of int to TransitionAgreement
        The networks' transitions beside bN/c of their recordings, by width.
    scaling : TransitionScaling or None
        D* over N; None where there is one width.
    over_width : tuple of LossOverWidth
        Losses over N at several sizes D.
    width_scaling : WidthScaling or None
        Their transitions over D.
    decay : dict of int to LossDecayResult
        Power law of the losses, by width.
    exponents : dict of int to ExponentComparison
        Its exponent beside b and 1 − alpha, by width.
    best_loss : BestLossResult or None
        Loss on the largest training set over N.
    depth : DepthComparison or None
        Depths at equal numbers of parameters; None where one depth was trained.
    """

    measure: str
    transitions: dict[int, LossTransitionResult] = field(default_factory=dict)
    controls: dict[str, LossTransitionResult] = field(default_factory=dict)
    comparison: ControlComparison | None = None
    measures: dict[int, MeasureComparison] = field(default_factory=dict)
    agreements: dict[int, TransitionAgreement] = field(default_factory=dict)
    scaling: TransitionScaling | None = None
    over_width: tuple[LossOverWidth, ...] = ()
    width_scaling: WidthScaling | None = None
    decay: dict[int, LossDecayResult] = field(default_factory=dict)
    exponents: dict[int, ExponentComparison] = field(default_factory=dict)
    best_loss: BestLossResult | None = None
    depth: DepthComparison | None = None
