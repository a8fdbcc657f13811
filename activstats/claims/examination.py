"""What the counts of a study say beyond the growth law's fit: results, ready to be shown or judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activstats.claims.evidence import FittedLayer
    from activstats.claims.loss_examination import LossExamination
    from activstats.laws.bounded_result import BoundedPowerLawResult
    from activstats.laws.capacity import Capacity
    from activstats.laws.capacity_scaling import CapacityScaling
    from activstats.laws.comparison_result import LawComparison
    from activstats.laws.exponent_result import ExponentAgreement
    from activstats.laws.goodness_result import GoodnessOfFit
    from activstats.laws.order_result import OrderTests
    from activstats.laws.pooled import Pooled
    from activstats.laws.replicates_result import ReplicateAgreement
    from activstats.laws.swept import RuleSweep
    from activstats.laws.tail_result import PowerLawTailResult
    from activstats.laws.two_way_result import TwoWay


@dataclass(frozen=True, eq=False, kw_only=True)
class ExaminedLayer:
    """One trained layer under the default rule, looked at from all sides.

    Parameters
    ----------
    layer : FittedLayer
        The layer and its growth law.
    goodness : GoodnessOfFit or None
        Bootstrap tests of the law; None where there is no fitted law to draw from.
    models : LawComparison
        Laws of counts by their likelihoods.
    two_way : TwoWay or None
        Interval of b for neurons that fire together; None without a mask.
    tail : PowerLawTailResult
        The power-law tail of the counts.
    bounded : BoundedPowerLawResult
        The bounded power law.
    exponent : ExponentAgreement
        Whether its exponent is 1 − b.
    capacity : Capacity
        Samples per working neuron, and free neurons.
    """

    layer: FittedLayer
    goodness: GoodnessOfFit | None
    models: LawComparison
    two_way: TwoWay | None
    tail: PowerLawTailResult
    bounded: BoundedPowerLawResult
    exponent: ExponentAgreement
    capacity: Capacity


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerIntervals:
    """Intervals of b of one layer whose samples come from documents, several from each.

    Parameters
    ----------
    layer : FittedLayer
        The layer and its growth law.
    samples, documents : TwoWay
        With samples, and with whole documents, as what is independent.
    """

    layer: FittedLayer
    samples: TwoWay
    documents: TwoWay


@dataclass(frozen=True, eq=False, kw_only=True)
class Examination:
    """A study, looked at from all sides.

    Parameters
    ----------
    layers : tuple of ExaminedLayer
        One of each width.
    pooled : Pooled or None
        Random-effects pooling of b over the trained layers under the default rule, by width.
    pooled_by_rule : Pooled or None
        The same over rules, of the layers of one width.
    sweep : RuleSweep or None
        All rules on one layer.
    scaling : CapacityScaling or None
        Samples per working neuron over widths and training sizes.
    order : tuple of (str, OrderTests)
        Tests of order along training, with the name of the run.
    replicates : tuple of (str, ReplicateAgreement)
        Agreement of firing rates between runs, with what the runs share.
    loss : LossExamination or None
        What the losses say; None where the runs table has none.
    compared : tuple of FittedLayer
        Layers of networks that no claim is judged by, under the default rule.
    intervals : tuple of LayerIntervals
        The layers of one network; empty where samples stand alone.
    """

    layers: tuple[ExaminedLayer, ...] = ()
    pooled: Pooled | None = None
    pooled_by_rule: Pooled | None = None
    sweep: RuleSweep | None = None
    scaling: CapacityScaling | None = None
    order: tuple[tuple[str, OrderTests], ...] = ()
    replicates: tuple[tuple[str, ReplicateAgreement], ...] = ()
    loss: LossExamination | None = None
    compared: tuple[FittedLayer, ...] = ()
    intervals: tuple[LayerIntervals, ...] = ()

    @property
    def n_documents(self) -> int:
        """Documents that the recorded samples come from; 0 where samples stand alone."""
        return self.intervals[0].documents.n_groups if self.intervals else 0
