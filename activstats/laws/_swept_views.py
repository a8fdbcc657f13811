"""A sweep over rules as a summary, as a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._growth_summary import FROZEN_WEIGHTS
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Status

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.swept import RuleSweep

_WIDEST_RULE = 14
_NAME_THE_RULE = (
    "b is not one constant of a network: it belongs to a layer under a rule. Always name the rule and "
    "c/N with it."
)


def describe(swept: RuleSweep) -> Summary:
    """Return what a summary of a sweep says."""
    fit = swept.fits[0]
    layer = swept.provenance.get("layer")
    known = (("layer", str(layer)),) if layer is not None else ()
    numbers = (("N", grouped(fit.n_neurons)), ("D", grouped(fit.n_samples)))
    rows = []
    for rule, one, share in zip(swept.rules, swept.fits, swept.shares, strict=True):
        ends = f"[{significant(one.b_low)}, {significant(one.b_high)}]"
        marked = f"{ends} {_MARKS.get(one.status, '')}".rstrip()
        rows.append((_short(rule), significant(one.b), marked, f"{significant(share)}"))
    worst = [fit.misfit for fit in swept.fits if math.isfinite(fit.misfit)]
    return Summary(
        title="Growth law under several activation rules",
        facts=tuple(line for line in (known, numbers) if line),
        columns=("b", f"{swept.level * 100:g} % interval", "c/N"),
        rows=tuple(rows),
        measures=(
            ("largest b / smallest", significant(swept.ratio)),
            ("worst misfit", f"{significant(100 * max(worst), 2)} %" if worst else "–"),
        ),
        notes=_notes(swept),
    )


_MARKS = {Status.SATURATED: "s", Status.EQUAL_RATES: "e", Status.NOT_IDENTIFIABLE: "n"}


def _notes(swept: RuleSweep) -> tuple[str, ...]:
    """Explain the marks that occur, then what the sweep says."""
    seen = {fit.status for fit in swept.fits}
    words = {
        Status.SATURATED: "s saturated: the growth curve says nothing, b comes from the counts",
        Status.EQUAL_RATES: "e equal rates: no finite b describes the counts better",
        Status.NOT_IDENTIFIABLE: "n not identifiable",
    }
    marks = [f"{text}." for status, text in words.items() if status in seen]
    said = [s[0].upper() + s[1:] + "." for s in (swept.reason, *swept.warnings) if s]
    return (*marks, *said, _NAME_THE_RULE, FROZEN_WEIGHTS)


def table(swept: RuleSweep) -> pd.DataFrame:
    """Return one row for each rule."""
    import pandas as pd

    rows = []
    for rule, fit, share, pvalue in zip(
        swept.rules, swept.fits, swept.shares, swept.pvalues, strict=True
    ):
        row = {k: v for k, v in swept.provenance.items() if isinstance(v, int | float | str)}
        row |= {"rule": rule, "status": fit.status.value, "c_over_n": share}
        for name in ("c", "b", "b_low", "b_high", "bse", "d_star", "misfit"):
            row[name] = getattr(fit, name)
        row |= {"pvalue": pvalue, "n_neurons": fit.n_neurons, "n_samples": fit.n_samples}
        rows.append(row | {"k": fit.k, "level": swept.level, "reason": fit.reason})
    return pd.DataFrame(rows)


def draw(swept: RuleSweep, ax: Axes | None) -> Axes:
    """Draw b against c/N."""
    from activstats.figures.rule_sweep import b_over_share

    return b_over_share(
        swept.shares,
        [fit.b for fit in swept.fits],
        [fit.b_low for fit in swept.fits],
        [fit.b_high for fit in swept.fits],
        labels=swept.rules,
        saturated=[fit.status is Status.SATURATED for fit in swept.fits],
        level=swept.level,
        ax=ax,
    )


def _short(rule: str) -> str:
    for long, short in (("top_fraction", "top"), ("fraction_of_max", "max")):
        rule = rule.replace(long, short)
    return rule if len(rule) <= _WIDEST_RULE else f"{rule[: _WIDEST_RULE - 1]}…"
