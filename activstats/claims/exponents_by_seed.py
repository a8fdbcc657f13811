"""The exponent of the loss, b and 1 − α of a study, seed by seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.over_layers import over_layers
from activstats.claims.transition_exists import leaves_none
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from activstats.laws.loss.transition_result import LossTransitionResult

Values = dict[tuple[int, int], float]


def of_losses(evidence: Evidence) -> Values:
    """Return the exponent of the losses by width and seed.

    At widths of which all seeds together tell whether there is a transition: in a power law that runs
    over a plateau the exponent is an average of nothing.
    """
    losses = evidence.examination.loss
    told = {n for n, one in losses.transitions.items() if settled(one)} if losses else set()
    return {
        (one.width, one.seed): one.beta
        for one in evidence.seeds.of_kind(TRAINED)
        if one.width in told and math.isfinite(one.beta)
    }


def settled(transition: LossTransitionResult) -> bool:
    """Tell whether losses have a transition, or leave no room for one within their sizes."""
    return transition.found or leaves_none(transition)


def of_growth(evidence: Evidence) -> Values:
    """Return b by width and seed, rule top 1 % of the layer, the mean over layers."""
    return over_layers(
        ((fit.width, fit.seed), fit.fit.b)
        for fit in evidence.trained(DEFAULT_RULE.name)
        if fit.tells and fit.fit.b < math.inf
    )


def of_counts(evidence: Evidence) -> Values:
    """Return 1 − α by width and seed, α less what the growth law itself exceeds 1 − b by."""
    return over_layers(
        ((one.width, one.seed), one.b - one.excess)
        for one in evidence.seeds.counts
        if math.isfinite(one.excess)
    )


def differences(first: Values, second: Values) -> list[tuple[int, int, float]]:
    """Return width, seed and difference, wherever both are known."""
    return [(w, s, first[w, s] - second[w, s]) for w, s in sorted(first.keys() & second.keys())]
