"""Looks at how the losses of a study decay: exponents, the best loss over N, depth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from activstats.claims.examination import ExaminedLayer
from activstats.laws.loss.best_loss import BestLoss
from activstats.laws.loss.best_loss_curves import losses_at_largest
from activstats.laws.loss.best_loss_result import BestLossResult
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay_result import LossDecayResult
from activstats.laws.loss.depth import compare_depths_of_runs
from activstats.laws.loss.depth_result import DepthComparison
from activstats.laws.loss.exponents import ExponentComparison, compare_exponents
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.transition_result import LossTransitionResult

# Kind of a study's runs with several hidden layers.
DEEP = "deep"
_TWO = 2


def exponents_of(
    decay: dict[int, LossDecayResult],
    transitions: dict[int, LossTransitionResult],
    predicted: dict[int, PredictedTransition],
    layers: Sequence[ExaminedLayer],
) -> dict[int, ExponentComparison]:
    """Set the exponent of the losses beside b and 1 − alpha of the recordings.

    Where the losses have a transition that is the exponent beyond it; a power law through the whole
    curve would average over the bend.
    """
    found = {}
    for layer in layers:
        width = layer.layer.width
        if width not in decay or width not in predicted:
            continue
        one = transitions[width]
        beta = (one.b, one.b_low, one.b_high) if one.found else decay[width]
        b = predicted[width].b, *predicted[width].b_interval()
        found[width] = compare_exponents(beta, b, layer.exponent)
    return found


def best_loss_of(trained: pd.DataFrame, measure: str) -> BestLossResult | None:
    """Fit the losses on the largest training set over the width, where there are several."""
    curve = LossCurve.from_frame(trained, loss=measure)
    sizes = [set(part.sizes.tolist()) for part in curve.by_width().values()]
    if len(sizes) < _TWO or not set.intersection(*sizes):
        return None
    return BestLoss().fit(losses_at_largest(curve))


def depth_of(usable: pd.DataFrame, measure: str) -> DepthComparison | None:
    """Compare depths where deeper networks were trained."""
    if not {"depth", "parameter_budget"} <= set(usable.columns) or DEEP not in set(usable["kind"]):
        return None
    return compare_depths_of_runs(usable, loss=measure)
