"""Sections on stamina: fronts of accuracy, evenness of use, the search for a penalty, the ledger."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.claims.stamina_evidence import (
    STAMINA,
    StaminaEvidence,
    differences,
    effect_words,
    mean_over_seeds,
    points,
)
from activstats.claims.verdict import Picture
from activstats.claims.words import percent, significant
from activstats.report.page import claims_page
from activstats.report.section import Part, Section, Shown
from activstats.report.stamina_searches import searches
from activstats.report.tables import Column, Rows, Table, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.claims.verdict import Verdict
    from activstats.dynamics.stamina_result import StaminaLedgerResult

_INTRODUCTION = (
    "Hebbian layers with competition, whose neurons gain stamina by firing, lose it in silence and die "
    "at zero, beside layers cut to the same size in other ways. Accuracy is that of a linear read-out "
    "of the layer, fitted anew each time, on samples that nothing was trained on."
)
_FRONTS = (
    "All layers of a condition and seed begin alike and see the same samples as often; prunings cut "
    "half-way through the training to the very size that stamina left. Means over seeds with 95 % "
    "t-intervals."
)
_LEDGER = (
    "The ledger keeps the stamina that the neurons of the first run's whole layer would have had. It "
    "does not know that in a layer in training each death hands its samples to the others."
)
_METHODS = (
    ("stamina, gain the output", STAMINA, "output"),
    ("stamina, gain 1", STAMINA, "firing"),
    ("random removal", "random removal", ""),
    ("magnitude pruning", "magnitude pruning", ""),
    ("frequency pruning", "frequency pruning", ""),
)


def stamina_page(
    evidence: StaminaEvidence,
    verdicts: Sequence[Verdict],
    ledger: StaminaLedgerResult | None,
    study: str,
) -> str:
    """Return the report on a study of stamina as the text of one HTML page."""
    rows = evidence.layers
    recorded = [
        ("study", study),
        ("table", ", ".join(map(str, rows["dataset"].unique())) if "dataset" in rows else "–"),
        ("conditions", ", ".join(evidence.conditions)),
        ("seeds", str(rows["seed"].nunique())),
        ("neurons at the start", ", ".join(map(str, rows["width"].unique()))),
        ("layers trained for this table", str(len(rows))),
    ]
    sections = stamina_sections(evidence, ledger)
    title = "Stamina: use it or lose it"
    return claims_page(title, verdicts, sections, introduction=_INTRODUCTION, recorded=recorded)


def stamina_sections(
    evidence: StaminaEvidence, ledger: StaminaLedgerResult | None
) -> list[Section]:
    """Return the sections that follow the verdicts."""
    found = [_fronts(evidence), _evenness(evidence), searches(evidence)]
    return [*found, *([_ledger(ledger)] if ledger is not None else [])]


def _fronts(evidence: StaminaEvidence) -> Section:
    parts: list[Part] = [_FRONTS]
    for condition in evidence.conditions:
        fronts = _front_numbers(evidence, condition)
        if not fronts:
            continue
        told = "; ".join(f"{name} {percent(found[0][1].mean)}" for name, found in fronts.items())
        size = significant(next(iter(fronts.values()))[0][0])
        picture = Picture(
            f"Accuracy over the neurons kept, {condition}",
            f"At {size} neurons: {told}.",
            partial(_draw_fronts, evidence, condition, fronts),
        )
        parts += [Shown(picture), *filter(None, [_against_prunings(evidence, condition)])]
    return Section("Accuracy over the neurons kept", tuple(parts))


def _against_prunings(evidence: StaminaEvidence, condition: str) -> str:
    """Say how the accuracy with stamina compares with that of each pruning to the same size."""
    kept = evidence.at_size(STAMINA, "output")
    told = []
    for label, method, signal in _METHODS[2:]:
        found = differences(kept, evidence.at_size(method, signal), "accuracy")
        found = found[found.index.get_level_values("condition") == condition]
        if found.empty:
            continue
        mean = mean_over_seeds(found)
        word = "better" if mean.low > 0 else "worse" if mean.high < 0 else "not told apart"
        told.append(f"against {label} {effect_words(mean, points)}, {word}")
    sizes = "averaged over the sizes that stamina reached"
    return f"{condition.capitalize()}, {sizes}: {'; '.join(told)}." if told else ""


def _front_numbers(
    evidence: StaminaEvidence, condition: str
) -> dict[str, list[tuple[float, OverSeeds]]]:
    found: dict[str, list[tuple[float, OverSeeds]]] = {}
    for label, method, signal in _METHODS:
        rows = evidence.at_size(method, signal).reset_index()
        rows = rows[rows["condition"] == condition].dropna(subset=["accuracy"])
        measured = [
            (float(group["kept"].mean()), _mean(group, "accuracy"))
            for _, group in rows.groupby("target")
        ]
        if measured:
            found[label] = measured
    return found


def _mean(group: pd.DataFrame, column: str) -> OverSeeds:
    return over_seeds(zip(group["seed"], group[column].astype(float), strict=True))


def _draw_fronts(
    evidence: StaminaEvidence,
    condition: str,
    fronts: dict[str, list[tuple[float, OverSeeds]]],
) -> Axes:
    from activstats.figures.stamina_fronts import Front, accuracy_fronts

    series = [
        Front(
            label,
            [kept for kept, _ in measured],
            [[one.mean, one.low, one.high] for _, one in measured],
        )
        for label, measured in fronts.items()
    ]
    whole = evidence.whole().xs(condition, level="condition")
    reference = float(whole["width"].iloc[0]), float(whole["accuracy"].mean())
    return accuracy_fronts(series, whole=reference)


def _evenness(evidence: StaminaEvidence) -> Section:
    columns = (
        Column("condition", words=True), Column("layer", words=True), Column("neurons"),
        Column("normalised entropy"), Column("95 % interval"), Column("Gini"),
    )  # fmt: skip
    body = []
    for condition in evidence.conditions:
        whole = evidence.whole().reset_index()
        groups: list[tuple[str, Any]] = [("whole layer", whole[whole["condition"] == condition])]
        for label, method, signal in _METHODS[:3]:
            rows = evidence.at_size(method, signal).reset_index()
            rows = rows[rows["condition"] == condition]
            groups += [(label, group) for _, group in rows.groupby("target")]
        body += [_evenness_row(condition, label, group) for label, group in groups]
    note = (
        "Use is the mean output on the training pool. 1 and 0 are perfectly even for entropy and "
        "Gini; leaving out unused neurons makes use more even by arithmetic alone."
    )
    table = Table("Evenness of use, before and after", columns, (Rows("", tuple(body)),), note)
    return Section("How evenly neurons are used", (table,))


def _evenness_row(condition: str, label: str, group: pd.DataFrame) -> Any:
    entropy, gini = _mean(group, "entropy"), _mean(group, "gini")
    ends = f"{significant(entropy.low)} to {significant(entropy.high)}"
    return cells(
        condition, label, significant(float(group["kept"].mean())), significant(entropy.mean),
        "–" if math.isnan(entropy.low) else ends, significant(gini.mean),
    )  # fmt: skip


def _ledger(ledger: StaminaLedgerResult) -> Section:
    ends = ledger.params
    words = (
        f"None die up to p = {significant(ends['none_die'])}, all die beyond "
        f"{significant(ends['all_die'])}; the median p* is {significant(ledger.typical)}."
    )
    return Section(
        "The ledger of a recording",
        (
            _LEDGER,
            Shown(Picture("Share alive over the penalty", words, ledger.plot)),
            Shown(Picture("Survival over the samples", words, ledger.plot_survival)),
        ),
    )
