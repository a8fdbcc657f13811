"""A power-law tail in words, as a row of a table and as pictures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.tail_fit import TailFit, scan_tail, standard_error
from activstats.laws.tail_reasons import finite_size
from activstats.laws.tail_settings import OBSERVED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.tail_result import PowerLawTailResult

# As many candidates as a picture can show.
_SHOWN = 500
_LAW_POINTS = 200
_QUESTION = (
    "A heavy tail, alpha > 1, is asked for here; the theory's law of counts, with an exponent below 1 "
    "and an end, is another question."
)


def describe(result: PowerLawTailResult) -> Summary:
    """Return what a summary of the tail says."""
    level = f"{result.level * 100:g} % interval"
    return Summary(
        title="Power-law tail",
        facts=_facts(result),
        columns=("estimate", level, "SE"),
        rows=tuple(_row(result, name) for name in ("alpha", "xmin", "n_tail")),
        measures=(
            (f"p (bootstrap, {result.n_boot})", _pvalue(result)),
            ("n_tail/n", significant(result.tail_share)),
            ("KS distance D", significant(result.distance)),
            ("taken at", "observed x" if result.ks == OBSERVED else "all integers"),
        ),
        notes=_notes(result),
    )


def _facts(result: PowerLawTailResult) -> tuple[tuple[tuple[str, str], ...], ...]:
    known = tuple(
        (name, str(result.provenance[name]))
        for name in ("layer", "rule")
        if name in result.provenance
    )
    law = "zeta (whole numbers)" if result.discrete else "Pareto (continuous)"
    n = (("n", grouped(result.n)), ("status", str(result.status)))
    lines = (known, n, (("law", law),), (("xmin", candidates_words(result)),))
    return tuple(line for line in lines if line)


def candidates_words(result: PowerLawTailResult) -> str:
    """Return where xmin was looked for."""
    settings, low, high = result.settings, *result.settings.xmin_range
    if settings.fixed:
        words = "given"
    elif settings.is_grid:
        words = f"best of a grid of {len(settings.candidates)}"
    elif settings.candidates:
        words = f"best of {len(settings.candidates)} given"
    else:
        words = "best of all observed values"
    if low > 0 or math.isfinite(high):
        words += f", from {significant(low)} to {significant(high)}"
    return words + (f", n_tail ≥ {settings.min_tail}" if settings.min_tail else "")


def _row(result: PowerLawTailResult, name: str) -> tuple[str, ...]:
    low, high = result.interval(name)
    write = _whole if name == "n_tail" or (name == "xmin" and result.discrete) else significant
    estimate = result.params[name] if result.n_tail else math.nan
    error = significant(result.bse) if name == "alpha" else ""
    return name, write(estimate), f"[{write(low)}, {write(high)}]", error


def _whole(number: float) -> str:
    return grouped(int(number)) if math.isfinite(number) else significant(number)


def _pvalue(result: PowerLawTailResult) -> str:
    return "–" if math.isnan(result.pvalue) else f"{result.pvalue:.3f}"


def _notes(result: PowerLawTailResult) -> tuple[str, ...]:
    sentences = (result.reason, *result.warnings)
    notes = [text[0].upper() + text[1:] + "." for text in sentences if text]
    if result.n_tail:
        notes.append(finite_size(result.sample, result.tail_fit))
        if not result.settings.fixed:
            notes.append(
                "With xmin free the level of the test is approximate, and it sees the tail only: "
                "read p beside n_tail/n. The SE of alpha takes xmin as known; the interval does not."
            )
    return (*notes, _QUESTION)


def table_row(result: PowerLawTailResult) -> pd.DataFrame:
    """Return one row: what is known of the recording, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row["status"] = result.status.value
    for name in ("alpha", "xmin", "n_tail"):
        low, high = result.interval(name)
        row |= {name: getattr(result, name), f"{name}_low": low, f"{name}_high": high}
    for name in ("bse", "level", "n", "tail_share", "distance", "ks", "pvalue", "n_boot", "reason"):
        row[name] = getattr(result, name)
    return pd.DataFrame([row | {"n_zeros": result.sample.n_zeros}])


def stability_table(result: PowerLawTailResult) -> pd.DataFrame:
    """Return xmin, alpha, bse, distance and n_tail of the candidates."""
    import pandas as pd

    settings = result.settings
    values = result.sample.values  # noqa: PD011  (of our own, no pandas)
    if not settings.candidates and values.size > _SHOWN:
        spaced = np.searchsorted(
            np.log(values), np.linspace(math.log(values[0]), math.log(values[-1]), _SHOWN)
        )
        chosen = np.unique([*values[spaced[:-1]], result.xmin])
        settings = replace(settings, candidates=tuple(chosen[np.isfinite(chosen)].tolist()))
    fits = scan_tail(result.sample, settings)
    errors = [
        standard_error(TailFit(xmin, alpha, gap, int(n_tail)), discrete=result.discrete)
        for xmin, alpha, gap, n_tail in fits
    ]
    table = pd.DataFrame(fits, columns=["xmin", "alpha", "distance", "n_tail"])
    table.insert(2, "bse", errors)
    return table.astype({"n_tail": np.int64})


def draw(result: PowerLawTailResult, ax: Axes | None) -> Axes:
    """Draw the share of numbers at x or above, and the fitted tail."""
    from activstats.figures.tail import tail_curve
    from activstats.laws._tail_zeta import scaled_zeta

    share = result.sample.n_from / max(result.n, 1)
    if not result.n_tail:
        return tail_curve(result.sample.values, share, ax=ax)
    x = np.geomspace(result.xmin, result.sample.largest, _LAW_POINTS)
    x = np.unique(np.floor(x)) if result.discrete else x
    law = result.tail_share * (x / result.xmin) ** (1 - result.alpha)
    if result.discrete:
        scales = np.asarray([scaled_zeta(result.alpha, float(q)) / q for q in x])
        law *= scales / scales[0]
    write = _whole if result.discrete else significant
    label = f"alpha = {significant(result.alpha)} from xmin = {write(result.xmin)} on"
    return tail_curve(result.sample.values, share, law=(x, law), label=label, ax=ax)


def draw_stability(result: PowerLawTailResult, axes: tuple[Axes, Axes] | None) -> tuple[Axes, Axes]:
    """Draw alpha and distance over xmin."""
    from activstats.figures.tail import xmin_curves

    table = stability_table(result)
    chosen = result.xmin if result.n_tail else None
    columns = (table[name].to_numpy() for name in ("xmin", "alpha", "bse", "distance"))
    return xmin_curves(*columns, chosen=chosen, axes=axes)
