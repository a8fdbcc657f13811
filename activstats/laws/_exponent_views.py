"""The test of alpha = 1 − b as text, as a row of a table and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._bounded_range import cut_out
from activstats.laws._bounded_support import support
from activstats.laws._bounded_views import known_facts, sentences
from activstats.laws._rival_laws import log_beta_binomial_weight
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws._truncated import log_normaliser
from activstats.laws.bounded_probabilities import bounded_probability

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.exponent_result import ExponentAgreement

_POINTS = 100
_NUMBERS = (
    "alpha", "alpha_low", "alpha_high", "b", "b_low", "b_high", "one_minus_b", "difference",
    "difference_low", "difference_high", "expected", "excess", "scatter", "pvalue", "level",
    "n_obs", "body_end", "cutoff", "zeros", "n_boot", "method", "reason",
)  # fmt: skip
_BASELINE = (
    "On a finite range even the law's own exponent is not exactly 1 − b: the p-value compares the "
    "difference with what layers drawn from the fitted law show. Neurons are taken to be "
    "independent; where they fire together p can be far too small. Agreement is no evidence for how "
    "the counts arose"
)


def describe(result: ExponentAgreement) -> Summary:
    """Return what a summary of the test says."""
    facts = (
        known_facts(result.provenance),
        (("N", grouped(result.histogram.n_neurons)), ("D", grouped(result.histogram.n_samples))),
        (
            ("body", f"1 … {grouped(result.body_end)}" if result.body_end else "–"),
            ("in body", grouped(result.n_obs)),
        ),
        (("zeros", result.zeros), ("status", str(result.status))),
    )
    ends = {
        "alpha": (result.alpha, result.alpha_low, result.alpha_high),
        "1 − b": (result.one_minus_b, 1 - result.b_high, 1 - result.b_low),
        "difference": (result.difference, result.difference_low, result.difference_high),
    }
    rows = [
        (name, significant(value), f"[{significant(low)}, {significant(high)}]", "")
        for name, (value, low, high) in ends.items()
    ]
    rows.append(("under the law", significant(result.expected), "", significant(result.scatter, 2)))
    return Summary(
        title="Exponent of the counts against 1 − b of the growth law",
        facts=tuple(line for line in facts if line),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=tuple(rows),
        measures=((f"p ({result.n_boot} draws)", significant(result.pvalue, 2)),),
        notes=sentences(_verdict(result), *result.warnings, _BASELINE),
    )


def _verdict(result: ExponentAgreement) -> str:
    if not result.testable:
        return f"not testable: {result.reason}"
    if result.pvalue < 1 - result.level:
        return "alpha and b of one growth law do not explain these counts together"
    return "alpha differs from 1 − b no more than the growth law itself allows"


def table_row(result: ExponentAgreement) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    return pd.DataFrame([row | {name: getattr(result, name) for name in _NUMBERS}])


def draw(result: ExponentAgreement, ax: Axes | None) -> Axes:
    """Draw the counts of the body with k^−alpha and the growth law's own counts."""
    from activstats.figures.bounded import law_of_counts

    last = max(result.body_end, 2)
    body = cut_out(result.histogram, 1, last, samples_known=True)
    curves = {}
    if result.testable:
        k = np.unique(np.round(np.geomspace(1, last, _POINTS)))
        measured = bounded_probability(k, alpha=result.alpha, xmax=last)
        curves[f"$k^{{-\\alpha}}$, α = {significant(result.alpha, 2)}"] = (k, measured)
        d, cells = result.histogram.n_samples, support(1, last)
        beta = d / result.cutoff
        whole = log_beta_binomial_weight(cells.nodes, result.b, beta, d)
        law = log_beta_binomial_weight(k, result.b, beta, d) - log_normaliser(whole, cells)
        name = f"growth law, 1 − b = {significant(result.one_minus_b, 2)}"
        curves[name] = (k, np.exp(law))
    return law_of_counts(body.values, body.multiplicities, curves, ax=ax)
