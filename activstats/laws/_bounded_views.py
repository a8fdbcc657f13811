"""The bounded law's result as text, as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._bounded_fit import Estimate
    from activstats.laws._bounded_support import FloatArray
    from activstats.laws.bounded_result import BoundedPowerLawResult

# Below this the intervals were seen to miss the truth more often than they say.
_FEW = 50
# An interval of alpha wider than this holds flat, falling and rising laws at once.
_WIDE_ALPHA = 1.0
_NO_TAIL = (
    "This is the law of counts between two ends; whether there is a heavy tail (alpha > 1) is "
    "another question, which PowerLawTail answers."
)
# Enough points for a smooth line.
_POINTS = 200
_ESTIMATES = (
    "alpha", "alpha_low", "alpha_high", "alpha_se", "lambda_", "lambda_low", "lambda_high",
    "lambda_se", "level", "xmin", "xmax", "cutoff", "n_obs", "log_likelihood", "distance", "pvalue",
    "n_boot", "method", "reason",
)  # fmt: skip


def warnings_of(n: int, best: Estimate, alpha: tuple[float, float]) -> tuple[str, ...]:
    """Return what a reader of a fit must know."""
    cases = (
        (n < _FEW, f"only {n} counts lie in range: intervals and p-value are rough"),
        (best.lambda_ < 0, "lambda is negative: counts pile up towards the end of the support"),
        (
            alpha[1] - alpha[0] > _WIDE_ALPHA,
            "alpha is hardly known: a steeper law with a slower cutoff fits nearly as well",
        ),
    )
    return tuple(words for applies, words in cases if applies)


def known_facts(provenance: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what a summary says of where the counts come from."""
    return tuple((name, str(provenance[name])) for name in ("layer", "rule") if name in provenance)


def sentences(*parts: str) -> tuple[str, ...]:
    """Return clauses as sentences, those that are empty left out."""
    return tuple(part[0].upper() + part[1:].rstrip(".") + "." for part in parts if part)


def range_words(xmin: int, xmax: float) -> str:
    """Write the range of counts that a law stands on.

    Examples
    --------
    >>> range_words(1, 1797.0), range_words(1, math.inf)
    ('1 … 1 797', '1 … ∞')
    """
    return f"{grouped(xmin)} … {'∞' if math.isinf(xmax) else grouped(int(xmax))}"


def describe(result: BoundedPowerLawResult) -> Summary:
    """Return what a summary of the bounded law says."""
    range_ = range_words(result.xmin, result.xmax)
    facts = (
        known_facts(result.provenance),
        (("counts", grouped(result.histogram.n_neurons)), ("in range", grouped(result.n_obs))),
        (("range", range_), ("status", str(result.status))),
    )
    return Summary(
        title="Bounded law of counts, k^−alpha e^(−lambda k)",
        facts=tuple(line for line in facts if line),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=_rows(result),
        measures=(
            ("KS distance", significant(result.distance)),
            (f"p ({result.n_boot} draws)", significant(result.pvalue, 2)),
            ("log-likelihood", significant(result.log_likelihood, 7)),
        ),
        notes=sentences(result.reason, *result.warnings, _NO_TAIL),
    )


def _rows(result: BoundedPowerLawResult) -> tuple[tuple[str, ...], ...]:
    rows = []
    for name, end in (("alpha", "alpha"), ("lambda_", "lambda")):
        low, high = getattr(result, f"{end}_low"), getattr(result, f"{end}_high")
        interval = f"[{significant(low)}, {significant(high)}]"
        if name == "lambda_" and not result.cutoff:
            interval = "held"
        error = significant(getattr(result, f"{end}_se"), 2)
        rows.append((end, significant(getattr(result, name)), interval, error))
    return tuple(rows)


def table_row(result: BoundedPowerLawResult) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    return pd.DataFrame([row | {name: getattr(result, name) for name in _ESTIMATES}])


def drawn_numbers(result: BoundedPowerLawResult) -> FloatArray:
    """Return the counts at which laws are drawn, as far as the data reach."""
    last = int(min(result.xmax, 2 * result.in_range.largest))
    grid = np.geomspace(result.xmin, max(last, result.xmin + 1), _POINTS)
    return np.unique(np.round(grid))


def draw(result: BoundedPowerLawResult, ax: Axes | None) -> Axes:
    """Draw the counts in range and the fitted law."""
    from activstats.figures.bounded import law_of_counts

    curves = {}
    if not math.isnan(result.alpha):
        k = drawn_numbers(result)
        curves[own_label(result)] = (k, result.probability(k))
    data = result.in_range
    return law_of_counts(data.values, data.multiplicities, curves, ax=ax)


def own_label(result: BoundedPowerLawResult) -> str:
    """Return the law's name in a legend."""
    power = f"$k^{{{significant(-result.alpha, 2)}}}$"
    return f"{power}, cutoff at {significant(1 / result.lambda_)}" if result.lambda_ > 0 else power
