"""The test of the growth law in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from activstats.laws._checks import check_level
from activstats.laws._count_model import sentence
from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd

    from activstats.laws.goodness_result import GoodnessOfFit

INDEPENDENT = (
    "Neurons are drawn independently; where they fire together, as in real layers, p comes out too "
    "small."
)
LARGE = (
    "With so many neurons even a misfit without consequence is told from chance: look at its size, "
    "not at p."
)
_MANY = 1000
_SMALL_MISFIT = 0.02
_SMALL_P = 0.05
_COLUMNS = (
    "n_neurons", "n_samples", "b", "dead_share", "misfit", "pvalue_misfit", "cramer_von_mises",
    "pvalue_cramer_von_mises", "n_boot", "reason",
)  # fmt: skip


def intervals(test: GoodnessOfFit, level: float) -> pd.DataFrame:
    """Return the range of the draws for both distances and the Monte Carlo error of both p."""
    import pandas as pd

    check_level(level)
    return pd.DataFrame(_ranges(test, level), index=list(test.params), columns=["low", "high"])


def _ranges(test: GoodnessOfFit, level: float) -> list[list[float]]:
    draws = (test.misfit_draws, test.cramer_von_mises_draws)
    tail = (1 - level) / 2
    ranges = [np.quantile(d, [tail, 1 - tail]).tolist() if d else [math.nan] * 2 for d in draws]
    both = (test.pvalue_misfit, test.pvalue_cramer_von_mises)
    return [*ranges, *(_of_p(p, test.n_boot, tail) for p in both)]


def _of_p(p: float, draws: int, tail: float) -> list[float]:
    """Return the exact binomial interval of the share of draws as far off as the counts."""
    if not draws:
        return [math.nan, math.nan]
    hits = round(p * (draws + 1)) - 1
    low = float(betaincinv(hits, draws - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, draws - hits, 1 - tail)) if hits < draws else 1.0
    return [low, high]


def table_row(test: GoodnessOfFit) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in test.provenance.items() if isinstance(v, simple)}
    row |= {"status": test.status.value, "method": test.method}
    values = {name: test.n_obs if name == "n_neurons" else getattr(test, name) for name in _COLUMNS}
    return pd.DataFrame([row | values])


def describe(test: GoodnessOfFit) -> Summary:
    """Return what a summary of the test says: sizes first, p-values after them."""
    names = [(n, str(test.provenance[n])) for n in ("layer", "rule") if n in test.provenance]
    law = [("b", significant(test.b))]
    if test.dead_share:
        law.append(("dead", f"{significant(100 * test.dead_share, 2)} %"))
    facts = (
        tuple(names),
        (("N", grouped(test.n_obs)), ("D", grouped(test.n_samples)), ("draws", str(test.n_boot))),
        (*law, ("status", str(test.status))),
        (("method", test.method),),
    )
    ranges = _ranges(test, test.level)
    rows = (
        (
            "sup|K − law|/N",
            _percent(test.misfit),
            _percents(ranges[0]),
            _p(test, test.pvalue_misfit),
        ),
        (
            "Cramér-Mises",
            significant(test.cramer_von_mises),
            f"[{significant(ranges[1][0])}, {significant(ranges[1][1])}]",
            _p(test, test.pvalue_cramer_von_mises),
        ),
    )
    notes = [sentence(words) for words in (test.reason, *test.warnings) if words]
    return Summary(
        title="Goodness of fit of the growth law",
        facts=tuple(line for line in facts if line),
        columns=("measured", f"chance, {test.level * 100:g} % of draws", "p"),
        rows=rows,
        measures=(),
        notes=(*notes, *_reading(test)),
    )


def _reading(test: GoodnessOfFit) -> tuple[str, ...]:
    if not test.n_boot:
        return ()
    least = min(test.pvalue_misfit, test.pvalue_cramer_von_mises)
    rejected_for_size = least < _SMALL_P and test.misfit < _SMALL_MISFIT and test.n_obs >= _MANY
    return (LARGE, INDEPENDENT) if rejected_for_size else (INDEPENDENT,)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{significant(100 * share, 2)} %"


def _percents(ends: list[float]) -> str:
    return f"[{_percent(ends[0])}, {_percent(ends[1])}]"


def _p(test: GoodnessOfFit, p: float) -> str:
    least = 1 / (test.n_boot + 1)
    return f"≤ {significant(least, 2)}" if p <= least else significant(p, 2)
