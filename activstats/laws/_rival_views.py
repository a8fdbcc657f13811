"""The bounded law and its rivals in words and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._bounded_views import (
    drawn_numbers,
    known_facts,
    own_label,
    range_words,
    sentences,
)
from activstats.laws._rival_laws import Fitted, log_probability
from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.laws.bounded_rivals import RivalComparison

# The usual level at which two laws count as told apart.
_TOLD_APART = 0.05
_BETTER_OF_TWO = (
    "A comparison finds the better of two laws, not a true one: see the bounded law's own p-value. "
    "Nested laws are compared by the likelihood ratio, the others by Vuong's test."
)


def verdict(rival: Fitted, log_ratio: float, pvalue: float, n: int) -> str:
    """Return in words what the comparison says."""
    if rival.nested:
        what = "alpha = 0" if rival.law == "geometric" else "lambda = 0"
        if pvalue < _TOLD_APART:
            return f"rejected: {what} does not describe the {n} counts as well"
        return f"not rejected: {what} describes the counts as well"
    if pvalue >= _TOLD_APART:
        return "not told apart"
    return "the bounded law is closer" if log_ratio > 0 else "the rival is closer"


def describe(comparison: RivalComparison) -> Summary:
    """Return what a summary of the comparison says."""
    bounded = comparison.bounded
    range_ = range_words(bounded.xmin, bounded.xmax)
    facts = (
        known_facts(comparison.provenance),
        (("in range", grouped(comparison.n_obs)), ("range", range_)),
    )
    rows = [
        (
            rival.law.replace("negative binomial", "neg. binomial"),
            significant(rival.aic_difference),
            f"{'LR' if rival.nested else 'Vuong'} {significant(rival.statistic)}",
            significant(rival.pvalue, 2),
        )
        for rival in comparison.rivals
    ]
    words = [f"{rival.law}: {rival.verdict}" for rival in comparison.rivals]
    return Summary(
        title="Bounded law of counts against its rivals",
        facts=tuple(line for line in facts if line),
        columns=("AIC − own", "statistic", "p"),
        rows=tuple(rows),
        measures=(
            ("own log-likelihood", significant(bounded.log_likelihood, 7)),
            ("own p (bootstrap)", significant(bounded.pvalue, 2)),
        ),
        notes=sentences(*words, _BETTER_OF_TWO),
    )


def draw(comparison: RivalComparison, ax: Axes | None) -> Axes:
    """Draw the counts in range, the bounded law and its rivals."""
    from activstats.figures.bounded import law_of_counts

    bounded = comparison.bounded
    k = drawn_numbers(bounded)
    curves = {own_label(bounded): (k, bounded.probability(k))}
    for rival in comparison.rivals:
        fitted = Fitted(rival.law, rival.parameters)
        curves[rival.law] = (k, np.exp(log_probability(fitted, k, bounded)))
    data = bounded.in_range
    return law_of_counts(data.values, data.multiplicities, curves, ax=ax)
