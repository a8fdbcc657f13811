"""Section: is b one constant? Over rules on one layer, and over widths and seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import significant
from activstats.report.section import Part, Section, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activstats.claims.evidence import Evidence
    from activstats.laws.pooled import Pooled

_INTRODUCTION = (
    "Results are pooled on the scale of log b with random effects: each layer may have a b of its own, "
    "and tau, the spread of these beyond their own uncertainty, says how far b is from one constant. "
    "A small p of Q with a small tau is a difference of no practical note; a large p is no proof that b "
    "is one constant."
)


def sweep_section(evidence: Evidence) -> Section | None:
    """Return the section, None where there is nothing to compare."""
    examined = evidence.examination
    parts: list[Part] = []
    if examined.sweep is not None:
        told = "; ".join(f"{name} {significant(b)}" for name, b in examined.sweep.params.items())
        picture = Picture("b under several rules on one layer", f"{told}.", examined.sweep.plot)
        parts += [Shown(picture), *_sentences(examined.sweep.warnings)]
    for name, pooled in (("width", examined.pooled), ("rule", examined.pooled_by_rule)):
        if pooled is not None:
            parts += _pooled(name, pooled)
    return Section("Is b one constant?", (_INTRODUCTION, *parts)) if parts else None


def _pooled(name: str, pooled: Pooled) -> list[Part]:
    low, high = pooled.prediction
    words = (
        f"Pooled b {significant(pooled.b)} [{significant(pooled.b_low)}, "
        f"{significant(pooled.b_high)}]; a new layer is expected between {significant(low)} and "
        f"{significant(high)}."
    )
    caption = (
        "Squares: single layers with their intervals, larger where they weigh more; diamonds: pooled "
        "b; the line below: where a new layer is expected."
    )
    picture = Picture(f"b pooled by {name}", words, pooled.plot)
    return [Shown(picture, caption), *_sentences((*pooled.findings, *pooled.warnings))]


def _sentences(found: Sequence[str]) -> list[Part]:
    if not found:
        return []
    # The name of a rule stays as it is written.
    capital = [one if "(" in one.split()[0] else one[0].upper() + one[1:] for one in found]
    return [" ".join(one.rstrip(".") + "." for one in capital)]
