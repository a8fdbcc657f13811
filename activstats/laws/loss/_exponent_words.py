"""The comparison of exponents in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, significant

if TYPE_CHECKING:
    from activstats.laws.loss.exponent_comparison import ExponentComparison

WORDS = {"beta": "beta", "b": "b", "one_minus_alpha": "1 − alpha"}
_UNKNOWN = (
    "b and 1 − alpha come from the same counts, and how they depend on each other was not given: "
    "their difference has the longest interval, and the test the largest p, that any dependence "
    "gives."
)
_ALL_ALIKE = "Losses and counts are taken to be independent."
_WHERE = (
    "beta is the law's only for D well beyond D* = bN/c: nearer to it the local exponent is "
    "b·u/(1 + u) with u = D/D*. 1 − alpha is the law's only for b < 1 and counts far from both of "
    "their ends. One number is no evidence for how it arose."
)


def describe(result: ExponentComparison) -> Summary:
    """Return what a summary of the comparison says."""
    tied = significant(result.correlation, 2)
    return Summary(
        title="Exponents of the loss, the growth law and the counts",
        facts=(
            (("answer", result.answer),),
            (("margin", f"±{result.margin:g}"), ("exponents", str(result.n_obs))),
            (("dependence", result.dependence),),
            (("status", str(result.status)),),
        ),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=_rows(result),
        measures=(
            ("p, one number", _p(result.pvalue)),
            ("corr(b, 1 − alpha)", tied),
        ),
        notes=_notes(result),
    )


def _rows(result: ExponentComparison) -> tuple[tuple[str, ...], ...]:
    exponents = [
        (WORDS[one.name], significant(one.estimate), _interval(one.low, one.high), _se(one.se))
        for one in result.exponents
    ]
    gaps = [
        (
            one.words.replace(" + ", "+"),
            significant(one.estimate, 2),
            _interval(one.low, one.high),
            "",
        )
        for one in result.differences
    ]
    return (*exponents, *gaps)


def _notes(result: ExponentComparison) -> tuple[str, ...]:
    sentences = (_answer(result), result.reason, *result.warnings)
    told = [text[0].upper() + text[1:] + "." for text in sentences if text]
    unknown = result.dependence.startswith("unknown")
    return (*told, *((_UNKNOWN,) * unknown), _ALL_ALIKE, _WHERE)


def _answer(result: ExponentComparison) -> str:
    """Return the answer as a sentence without its full stop; empty where the reason says it all."""
    percent = f"{100 * (1 - result.level):.3g} %"
    if result.answer == "agree":
        return (
            f"all differences lie within ±{result.margin:g}, shown by two one-sided tests at "
            f"{percent} each"
        )
    if result.answer == "differ":
        apart = [one.words for one in result.differences if one.pvalue <= 1 - result.level]
        which = f": {' and '.join(apart)} differ from 0" if apart else ""
        which = which.replace("differ", "differs") if len(apart) == 1 else which
        return f"equality is rejected at {percent} (p = {_p(result.pvalue)}){which}"
    return ""


def _interval(low: float, high: float) -> str:
    return f"[{significant(low)}, {significant(high)}]"


def _se(error: float) -> str:
    return significant(error, 2) if math.isfinite(error) else ""


def _p(pvalue: float) -> str:
    return "–" if math.isnan(pvalue) else f"{pvalue:.2g}"
