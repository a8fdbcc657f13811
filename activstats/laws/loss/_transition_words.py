"""The transition in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.loss._answer import NOT_BY_ITSELF

if TYPE_CHECKING:
    from activstats.laws.loss.transition_result import LossTransitionResult

# What a summary says of where the runs come from.
_KNOWN = ("source", "loss", "kind", "width")


def describe(result: LossTransitionResult) -> Summary:
    """Return what a summary of the transition says."""
    return Summary(
        title="Transition of the loss over log D",
        facts=_facts(result),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=_rows(result),
        measures=(
            ("p, no scale", _p(result.pvalue)),
            ("p, s = 1", _p(result.sharpness_pvalue)),
            ("replicates B", grouped(result.n_boot)),
            ("noise of a run", significant(result.noise_level, 2)),
        ),
        notes=_notes(result),
    )


def _facts(result: LossTransitionResult) -> tuple[tuple[tuple[str, str], ...], ...]:
    curve = result.curve
    ends = " to ".join(_size(float(d)) for d in curve.sizes[[0, -1]])
    known = [(n, str(result.provenance[n])) for n in _KNOWN if n in result.provenance]
    return (
        *((pair,) for pair in known),
        (("answer", result.answer),),
        (("runs", grouped(curve.n_runs)), ("sizes", grouped(curve.n_sizes))),
        (("D", ends),),
        (("status", str(result.status)), ("noise", result.noise)),
        (("bootstrap", result.bootstrap), ("robust", "yes" if result.robust else "no")),
    )


def _rows(result: LossTransitionResult) -> tuple[tuple[str, ...], ...]:
    def row(label: str, name: str, error: float) -> tuple[str, ...]:
        ends = (getattr(result, f"{name}_low"), getattr(result, f"{name}_high"))
        interval = f"[{significant(ends[0])}, {significant(ends[1])}]"
        return label, significant(getattr(result, name)), interval, _error(error, "log ")

    def plain(label: str, value: float, error: float = math.nan) -> tuple[str, ...]:
        return label, significant(value), "", _error(error)

    return (
        row("D*", "d_star", result.d_star_se_log),
        row("b", "b", result.b_se_log),
        row("sharpness s", "sharpness", math.nan),
        plain("steepest at", result.steepest),
        plain("half drop at", result.half_drop),
        plain("10–90 %, dec.", result.width_decades),
        plain("L_opt", result.loss_opt, result.loss_opt_se),
        plain("drop ΔL", result.drop, result.drop_se),
    )


def _size(d: float) -> str:
    return grouped(int(d)) if d.is_integer() else significant(d)


def _error(error: float, of: str = "") -> str:
    return "" if math.isnan(error) else of + significant(error, 2)


def _p(pvalue: float) -> str:
    return "–" if math.isnan(pvalue) else f"{pvalue:.2g}"


def _notes(result: LossTransitionResult) -> tuple[str, ...]:
    sentences = (result.reason, *result.warnings)
    told = tuple(text[0].upper() + text[1:] + "." for text in sentences if text)
    return (*told, NOT_BY_ITSELF) if result.found else told
