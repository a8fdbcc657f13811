"""Section: whether the transition lies where the activations put it, and how it goes with the width."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, listed, percent, rule_words, significant
from activstats.laws.loss._agreement_words import NO_PROOF
from activstats.laws.loss.over_width import words as in_words
from activstats.report.panels import draw_panels
from activstats.report.section import Part, Section, Shown
from activstats.report.tables import Cell, Column, Rows, Table, cells
from activstats.report.transition_section import interval, p_words
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence
    from activstats.claims.loss_examination import LossExamination
    from activstats.laws.loss.agreement_result import TransitionAgreement
    from activstats.laws.loss.scaling_result import TransitionScaling

_INTRODUCTION = (
    "The growth law, read as a law of the loss, puts D* at bN/c and makes b the exponent beyond it. "
    "b and c are those of the networks trained on all training samples, {rule}, c measured at each N; "
    "their errors are the scatter over seeds. “Agrees” means that the interval of the ratio lies "
    "within a factor {margin}, a margin stated beforehand; a large p alone is no agreement. The answers for "
    "one width take its runs as independent. Nested training sets and a test set in common tie them, so "
    "that intervals may be too short and p too small; the verdict goes by seeds."
)
_NOTE = (
    "p of D*: that D* is bN/c, whatever the exponent; p of both: that the exponent is b, too. Where "
    "s = 1 is rejected the theory’s form is contradicted, and no test of both is made."
)
_SCALING = (
    "D* as the line takes it: with one exponent for all widths, unless the words below say otherwise; "
    "the table has D* of each width by itself. Points of one width stand side by side."
)

# Of place and exponent together: an exponent may be what differs.
_ANSWERS = {"agrees": "as predicted", "differs": "not as predicted", "cannot tell": "cannot tell"}


def agreement_section(evidence: Evidence) -> Section | None:
    """Return the section, None where no recording predicts anything."""
    losses = evidence.examination.loss
    if losses is None or not losses.agreements:
        return None
    found = losses.agreements
    margin = f"{next(iter(found.values())).margin:g}"
    parts: list[Part] = [
        _INTRODUCTION.format(rule=rule_words(DEFAULT_RULE.name), margin=margin),
        _predicted_table(found),
        _table(found),
        f"{_answers(found)} {NO_PROOF}",
        _panels(found),
        *(_scaling(losses.scaling) if losses.scaling else []),
        *_over_width(losses),
    ]
    return Section("Does the transition lie where the activations put it?", tuple(parts))


def _predicted_table(found: dict[int, TransitionAgreement]) -> Table:
    columns = (
        Column("N"), Column("b"), Column("95 % interval of b"), Column("c"), Column("c/N"),
        Column("bN/c, samples"), Column("95 % interval of bN/c"), Column("recordings"),
    )  # fmt: skip
    rows = []
    for n, one in found.items():
        predicted = one.predicted
        rows.append(
            cells(
                grouped(n), significant(predicted.b), interval(*predicted.b_interval(one.level)),
                significant(predicted.c), percent(predicted.c / predicted.n_neurons),
                significant(predicted.d_star), interval(*predicted.interval(one.level)),
                grouped(predicted.n_recordings),
            )
        )  # fmt: skip
    return Table("What the recordings predict", columns, (Rows("", tuple(rows)),))


def _table(found: dict[int, TransitionAgreement]) -> Table:
    columns = (
        Column("N"), Column("D*, samples"), Column("95 % interval"),
        Column("D* / (bN/c)"), Column("95 % interval"), Column("exponent / b"),
        Column("p of D*"), Column("p of both"), Column("answer", words=True),
    )  # fmt: skip
    rows = tuple(_row(n, one) for n, one in found.items())
    return Table("The losses against it", columns, (Rows("", rows),), _NOTE)


def _row(n: int, one: TransitionAgreement) -> tuple[Cell, ...]:
    tests = cells(p_words(one.location_pvalue), p_words(one.joint_pvalue), one.answer)
    if not one.transition.found:
        reason = Cell(f"{one.transition.answer} in the losses", span=5, words=True)
        return (*cells(grouped(n)), reason, *tests)
    ends = one.transition.d_star_low, one.transition.d_star_high
    found = cells(
        grouped(n), significant(one.d_star), interval(*ends), significant(one.ratio, 2),
        interval(one.ratio_low, one.ratio_high, 2), significant(one.b_ratio, 2),
    )  # fmt: skip
    return (*found, *tests)


def _answers(found: dict[int, TransitionAgreement]) -> str:
    """Return the answers in a sentence, widths of one answer for one reason together."""
    by: dict[tuple[str, str], list[str]] = {}
    for n, one in found.items():
        by.setdefault((one.answer, _why(one)), []).append(grouped(n))
    told = [
        f"{answer} at N = {listed(widths)}{why and ': ' + why}"
        for (answer, why), widths in by.items()
    ]
    return f"Answers: {'; '.join(told)}."


def _why(one: TransitionAgreement) -> str:
    alpha = 1 - one.level
    if not one.transition.found:
        return "the losses show no transition" + " there" * (one.location_pvalue <= alpha)
    if one.transition.form_contradicted:
        return "s = 1 is rejected, the theory’s form is contradicted wherever D* lies"
    if one.location_pvalue <= alpha:
        return "D* is not bN/c"
    if one.joint_pvalue <= alpha:
        return "D* alone may be bN/c, but not with b as the exponent"
    return "" if one.answer == "agrees" else "the interval of the ratio is too wide"


def _panels(found: dict[int, TransitionAgreement]) -> Shown:
    titles = [f"N = {grouped(n)}: {_ANSWERS[one.answer]}" for n, one in found.items()]
    draw = partial(
        draw_panels,
        list(found.values()),
        _draw_panel,
        titles,
        height=3.3,
    )
    words = "; ".join(
        f"N = {grouped(n)}: D* {significant(one.d_star)}, predicted {significant(one.d_star_predicted)}"
        for n, one in found.items()
    )
    picture = Picture("Losses, crossover, D* and prediction at each width", f"{words}.", draw)
    return Shown(picture, "The legend of the first panel is that of all.")


def _draw_panel(one: TransitionAgreement, ax: Axes) -> None:
    one.plot(ax)
    ax.set_title("", loc="left")  # the panel's own title says it
    if legend := ax.get_legend():
        for text in legend.get_texts():
            text.set_fontsize(7)


def _scaling(found: TransitionScaling) -> list[Part]:
    parts: list[Part] = []
    if found.n_neurons or found.predicted_n:
        words = f"{found.sentence}."
        picture = Picture("D* over the width N", words[0].upper() + words[1:], found.plot)
        parts.append(Shown(picture, _SCALING))
    sentences = [f"Over the widths, {found.sentence}."]
    if found.case_of_c:
        sentences.append(f"Here {found.case_of_c}.")
    if not math.isnan(found.one_pvalue):
        sentences.append(f"Test of gamma = 1: p {p_words(found.one_pvalue)}.")
    sentences += [f"Note: {note}." for note in found.notes]
    return [*parts, " ".join(sentences)]


def _over_width(losses: LossExamination) -> list[Part]:
    """Return what the same runs say the other way: loss over N at fixed D."""
    if not losses.over_width:
        return []
    reasons = {one.reason for one in losses.over_width}
    if len(reasons) == 1 and (reason := reasons.pop()):
        sizes = ", ".join(grouped(int(one.n_samples)) for one in losses.over_width)
        told = f"{losses.over_width[0].answer} at D = {sizes}: {reason}."
    else:
        told = "; ".join(in_words(one) for one in losses.over_width) + "."
    scaling = losses.width_scaling
    if scaling is not None and not math.isnan(scaling.gamma):
        told = f"{told} {scaling.words}."
    return [f"The same runs over the width at fixed D: {told}"]
