"""A pooled b as a summary, as tables and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._pooled_words import left_out_in_words, small_p, trust_in_errors
from activstats.laws._summary import Summary, significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.pooled import Pooled
    from activstats.laws.random_effects import RandomEffects

_WIDEST_LABEL = 14
_NO_EVIDENCE = (
    "A constant b would describe how unequal the firing rates are; of frozen weights it is no "
    "evidence for the reinforcement process."
)


def describe(pooled: Pooled) -> Summary:
    """Return what a summary of a pooled b says."""
    found, between = pooled.overall, pooled.between
    numbers = (("results", str(found.k)), ("left out", str(len(pooled.left_out))))
    kind = (("by", ", ".join(pooled.by) or "–"), ("status", str(pooled.status)))
    measures = [("Q", significant(found.q)), ("p of Q", small_p(found.pvalue))]
    if between is not None:
        measures += [
            (f"F between ({between.df}, {between.df_residual})", significant(between.f)),
            ("p between", small_p(between.pvalue)),
        ]
    return Summary(
        title="Pooled constant b (random effects)",
        facts=(numbers, kind, (("method", pooled.method),)),
        columns=("estimate", f"{pooled.level * 100:g} % interval", "SE(log)"),
        rows=(*_rows(found), *_group_rows(pooled)),
        measures=tuple(measures),
        notes=_notes(pooled),
    )


def _rows(found: RandomEffects) -> tuple[tuple[str, ...], ...]:
    tau = (math.sqrt(found.tau2_low), math.sqrt(found.tau2_high))
    return (
        ("b", *_b_cells(found)),
        ("b of a new one", "", _between_cell(*_exp(found.predicted_low, found.predicted_high)), ""),
        ("tau of log b", significant(found.tau), _between_cell(*tau), ""),
        ("I²", _percent(found.i2), f"[{_percent(found.i2_low)}, {_percent(found.i2_high)}]", ""),
    )


def _group_rows(pooled: Pooled) -> list[tuple[str, ...]]:
    pairs = zip(pooled.group_names, pooled.groups, strict=True)
    return [(_short(name, pooled.by, found.k), *_b_cells(found)) for name, found in pairs]


def _b_cells(found: RandomEffects) -> tuple[str, str, str]:
    ends = _between_cell(*_exp(found.low, found.high))
    return significant(_exp(found.mean)[0]), ends, significant(found.se)


def _notes(pooled: Pooled) -> tuple[str, ...]:
    total = pooled.overall.k + len(pooled.left_out)
    sentences = [pooled.reason, *pooled.findings, left_out_in_words(pooled.left_out, total)]
    caveat = trust_in_errors(pooled.overall, pooled.between, pooled.level)
    sentences += [caveat, *pooled.warnings]
    return (*(s[0].upper() + s[1:] + "." for s in sentences if s), _NO_EVIDENCE)


def overall_row(pooled: Pooled) -> pd.DataFrame:
    """Return one row: what was pooled, then the numbers."""
    import pandas as pd

    row: dict[str, Any] = {"by": ", ".join(pooled.by), "status": pooled.status.value}
    row |= _numbers(pooled.overall)
    row |= {"n_left_out": len(pooled.left_out), "level": pooled.level, "method": pooled.method}
    for name in ("q", "f", "df", "df_residual", "pvalue", "tau2_within"):
        row[f"between_{name}"] = getattr(pooled.between, name, math.nan)
    return pd.DataFrame([row | {"reason": pooled.reason}])


def group_rows(pooled: Pooled) -> pd.DataFrame:
    """Return one row for each group."""
    import pandas as pd

    pairs = zip(pooled.group_names, pooled.groups, strict=True)
    rows = [{"group": name, **_numbers(found)} for name, found in pairs]
    return pd.DataFrame(rows, columns=["group", *_numbers(pooled.overall)])


def result_rows(pooled: Pooled) -> pd.DataFrame:
    """Return one row for each result given, those left out at the end with the reason."""
    import pandas as pd

    ends = pooled.intervals
    rows = [
        {
            "label": label,
            "group": pooled.group_names[place] if pooled.by else "",
            "b": math.exp(pooled.log_b[i]),
            "b_low": math.exp(ends[0][i]),
            "b_high": math.exp(ends[1][i]),
            "bse": pooled.se[i],
            "weight": pooled.weights[i],
            "reason": "",
        }
        for i, (label, place) in enumerate(zip(pooled.labels, pooled.group_of, strict=True))
    ]
    rows += [{"label": one.label, "weight": 0.0, "reason": one.reason} for one in pooled.left_out]
    names = ["label", "group", "b", "b_low", "b_high", "bse", "weight", "reason"]
    return pd.DataFrame(rows, columns=names)


def draw(pooled: Pooled, ax: Axes | None) -> Axes:
    """Draw the forest plot."""
    from activstats.figures.forest import ForestGroup, Pool, forest

    if not pooled.overall.k:
        raise InputError("there is nothing to draw.", got=pooled.reason)
    b, (low, high) = np.exp(pooled.log_b), (np.exp(ends) for ends in pooled.intervals)
    groups = []
    for i, name in enumerate(pooled.group_names or ("",)):
        held = np.flatnonzero(np.asarray(pooled.group_of) == i)
        labels = [pooled.labels[j] for j in held]
        several = pooled.by and held.size > 1
        below = Pool("pooled", *_diamond(pooled.groups[i])) if several else None
        arrays = (b[held], low[held], high[held], np.asarray(pooled.weights)[held])
        groups.append(ForestGroup(name, labels, *arrays, pool=below))
    whole = Pool(f"all {pooled.overall.k} results", *_diamond(pooled.overall))
    xlabel = f"constant b, {pooled.level * 100:g} % interval"
    return forest(groups, whole if pooled.overall.k > 1 else None, xlabel=xlabel, ax=ax)


def _diamond(found: RandomEffects) -> tuple[float, ...]:
    return _exp(found.mean, found.low, found.high, found.predicted_low, found.predicted_high)


def _numbers(found: RandomEffects) -> dict[str, Any]:
    b, low, high, new_low, new_high = _diamond(found)
    row: dict[str, Any] = {"k": found.k, "b": b, "b_low": low, "b_high": high, "bse": found.se}
    for name in ("tau2", "tau2_low", "tau2_high", "q", "df", "pvalue", "i2", "i2_low", "i2_high"):
        row[name] = getattr(found, name)
    return row | {"predicted_low": new_low, "predicted_high": new_high}


def _exp(*logs: float) -> tuple[float, ...]:
    """Return b for each log b; with two results an interval may reach beyond every number."""
    with np.errstate(over="ignore"):
        return tuple(float(np.exp(x)) for x in logs)


def _between_cell(low: float, high: float) -> str:
    return f"[{significant(low)}, {significant(high)}]"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{significant(100 * share, 3)} %"


def _short(name: str, by: tuple[str, ...], k: int) -> str:
    """Return the values alone where they would not fit with their columns, which stand above."""
    number = f" ({k})"
    room = _WIDEST_LABEL - len(number)
    if len(name) > room:
        for column in by:
            name = name.replace(f"{column} ", "", 1)
        name = name.replace("top_fraction", "top")
    return (name if len(name) <= room else f"{name[: room - 1]}…") + number
