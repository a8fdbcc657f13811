"""The decay of a loss curve in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from activstats.laws.loss.decay_result import LossDecayResult

PUBLISHED = "Published learning-curve exponents are mostly .07–.35 (Hestness et al. 2017, arXiv 1712.00409)."
AVERAGE = (
    "By the theory beta is the constant b of the counts well beyond D* alone; where the curve still "
    "bends, beta is an average over the bend, which the local exponent shows."
)

# What a summary says of where the runs come from.
_KNOWN = ("source", "loss", "kind", "width")


def describe(result: LossDecayResult) -> Summary:
    """Return what a summary of the decay says."""
    return Summary(
        title="Decay of the loss, L = L_inf + A · D^−beta",
        facts=_facts(result),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=_rows(result),
        measures=(
            ("p, flat", _p(result.falls_pvalue)),
            ("p, lack of fit", _p(result.lack_of_fit_pvalue)),
            ("noise of a run", significant(result.noise_level, 2)),
        ),
        notes=_notes(result),
    )


def _facts(result: LossDecayResult) -> tuple[tuple[tuple[str, str], ...], ...]:
    curve = result.curve
    ends = " to ".join(_size(float(d)) for d in curve.sizes[[0, -1]])
    known = [(n, str(result.provenance[n])) for n in _KNOWN if n in result.provenance]
    return (
        *((pair,) for pair in known),
        (("runs", grouped(curve.n_runs)), ("sizes", grouped(curve.n_sizes))),
        (("D", ends),),
        (("status", str(result.status)), ("noise", result.noise)),
        (("robust", "yes" if result.robust else "no"),),
    )


def _rows(result: LossDecayResult) -> tuple[tuple[str, ...], ...]:
    def row(label: str, name: str, error: float, of: str = "") -> tuple[str, ...]:
        ends = (getattr(result, f"{name}_low"), getattr(result, f"{name}_high"))
        interval = f"[{significant(ends[0])}, {significant(ends[1])}]"
        told = "" if math.isnan(error) else of + significant(error, 2)
        return label, significant(getattr(result, name)), interval, told

    return (
        row("beta", "beta", result.beta_se),
        row("L_inf", "loss_opt", result.loss_opt_se),
        row("A", "amplitude", result.amplitude_se_log, "log "),
    )


def _size(d: float) -> str:
    return grouped(int(d)) if d.is_integer() else significant(d)


def _p(pvalue: float) -> str:
    return "–" if math.isnan(pvalue) else f"{pvalue:.2g}"


def _notes(result: LossDecayResult) -> tuple[str, ...]:
    sentences = (result.reason, *result.warnings)
    told = tuple(text[0].upper() + text[1:] + "." for text in sentences if text)
    return (*told, AVERAGE, PUBLISHED) if result.found else told
