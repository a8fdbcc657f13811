"""The growth law's result in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._estimators import (
    BETA_BINOMIAL,
    CURVE,
    DIRICHLET_MULTINOMIAL,
    HAZARD,
    MEAN_FIELD_CURVE,
    ZERO_INFLATED,
    ZERO_TRUNCATED,
)
from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from activstats.laws.growth_result import GrowthLawResult

FROZEN_WEIGHTS = (
    "Frozen weights: this describes how unequal the firing rates are; it is no evidence for the "
    "reinforcement process."
)


_METHOD_WORDS = {
    BETA_BINOMIAL: "beta-binomial likelihood",
    DIRICHLET_MULTINOMIAL: "Dirichlet-multinomial likelihood",
    ZERO_INFLATED: "zero-inflated likelihood: a share of the neurons is dead",
    ZERO_TRUNCATED: "zero-truncated likelihood: neurons that fired alone",
    HAZARD: "hazard of first activations",
    CURVE: "least squares of the exact law on the rarefied curve",
    MEAN_FIELD_CURVE: "mean-field law on the rarefied curve, for comparison",
}


def describe(result: GrowthLawResult) -> Summary:
    """Return what a summary of the growth law says."""
    return Summary(
        title="Growth law of activated neurons",
        facts=_facts(result),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE(log)"),
        rows=_rows(result),
        measures=(
            ("misfit sup|K − law|/N", _percent(result.misfit)),
            ("mean-field law", _percent(result.misfit_mean_field)),
            ("equal firing rates", _percent(result.misfit_equal_rates)),
            ("log-likelihood", significant(result.log_likelihood, 7)),
            *_dead_test(result),
        ),
        notes=_notes(result),
    )


def _facts(result: GrowthLawResult) -> tuple[tuple[tuple[str, str], ...], ...]:
    known = [
        (name, str(result.provenance[name]))
        for name in ("layer", "rule")
        if name in result.provenance
    ]
    numbers = (
        ("N", grouped(result.n_neurons)),
        ("D", grouped(result.n_samples)),
        ("c/N", significant(result.c / result.n_neurons)),
    )
    fired = (("K", grouped(result.k)), ("status", str(result.status)))
    lines = (tuple(known), numbers, fired, (("method", _METHOD_WORDS[result.method]),))
    return tuple(line for line in lines if line)


def _rows(result: GrowthLawResult) -> tuple[tuple[str, ...], ...]:
    scale = result.steepest
    rows = []
    for label, factor in (("b", 1.0), ("D* = bN/c", scale)):
        estimate, low, high = (result.b * factor, result.b_low * factor, result.b_high * factor)
        # Without any activation the scale is infinite, and nothing times infinity is not a number.
        low = 0.0 if math.isnan(low) else low
        interval = f"[{significant(low)}, {significant(high)}]"
        error = significant(result.bse) if factor == 1.0 else ""
        rows.append((label, significant(estimate), interval, error))
    return (*rows, ("steepest N/c", significant(scale), "", ""), *_dead_rows(result))


def _dead_rows(result: GrowthLawResult) -> tuple[tuple[str, ...], ...]:
    if result.n_live is None:
        return ()
    rows = [("could fire", significant(result.n_live), "", "")]
    if result.dead_share is not None and result.dead_low is not None:
        ends = (_percent(result.dead_low), _percent(result.dead_high or math.nan))
        rows.append(("dead", _percent(result.dead_share), f"[{ends[0]}, {ends[1]}]", ""))
    return tuple(rows)


def _notes(result: GrowthLawResult) -> tuple[str, ...]:
    sentences = (result.reason, *result.warnings)
    return (
        *(sentence[0].upper() + sentence[1:] + "." for sentence in sentences if sentence),
        FROZEN_WEIGHTS,
    )


def _dead_test(result: GrowthLawResult) -> tuple[tuple[str, str], ...]:
    if result.dead_pvalue is None:
        return ()
    return (("p, no dead neurons", significant(result.dead_pvalue, 2)),)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{significant(100 * share, 2)} %"
