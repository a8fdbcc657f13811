"""The exponent of the loss, b and 1 − α of a study, seed by seed."""

from __future__ import annotations

import math

from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.over_layers import over_layers
from activstats.rules import DEFAULT_RULE

Values = dict[tuple[int, int], float]


def of_losses(evidence: Evidence) -> Values:
    """Return the exponent of the losses by width and seed."""
    return {
        (one.width, one.seed): one.beta
        for one in evidence.seeds.of_kind(TRAINED)
        if math.isfinite(one.beta)
    }


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
