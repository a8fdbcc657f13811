"""The agreement in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from activstats.laws.loss.agreement_numbers import AgreementNumbers

_KNOWN = ("source", "loss", "kind")
NO_PROOF = (
    "Agreement of D* is what free neurons predict and no proof of them; compare learners without "
    "hidden neurons."
)


def sentence(found: AgreementNumbers) -> str:
    """Return the answer in one sentence."""
    if not found.transition.found:
        return f"{found.answer}: {found.reason}"
    interval = f"[{significant(found.ratio_low)}, {significant(found.ratio_high)}]"
    return (
        f"{found.answer}: D* of the losses is {significant(found.ratio)} times bN/c {interval}; "
        f"{found.reason}"
    )


def describe(found: AgreementNumbers) -> Summary:
    """Return what a summary of the agreement says."""
    return Summary(
        title="Transition of the loss against bN/c of the activations",
        facts=_facts(found),
        columns=("estimate", f"{found.level * 100:g} % interval", "SE"),
        rows=_rows(found),
        measures=(
            ("p, D* alone", _p(found.location_pvalue)),
            ("p, D* and b", _p(found.joint_pvalue)),
            ("F, D* alone", significant(found.location_statistic)),
            ("F, D* and b", significant(found.joint_statistic)),
        ),
        notes=_notes(found),
    )


def _facts(found: AgreementNumbers) -> tuple[tuple[tuple[str, str], ...], ...]:
    one, predicted = found.transition, found.predicted
    known = [(n, str(found.provenance[n])) for n in _KNOWN if n in found.provenance]
    rule = [("rule", str(value)) for name, value in predicted.provenance.items() if name == "rule"]
    many = "recording" if predicted.n_recordings == 1 else "recordings"
    measured = f"measured at this N, over {predicted.n_recordings} {many}"
    return (
        *((pair,) for pair in (*known, *rule)),
        (("answer", found.answer), ("margin", f"factor {significant(found.margin)}")),
        (("N", _whole(predicted.n_neurons)), ("c", significant(predicted.c))),
        *([(("b and c", measured),)] if predicted.n_recordings else []),
        (("runs", grouped(one.curve.n_runs)), ("sizes", grouped(one.curve.n_sizes))),
        (("transition", one.answer), ("form", "s = 1" if _theory(found) else "s free")),
    )


def _whole(n: float) -> str:
    return grouped(int(n)) if n.is_integer() else significant(n)


def _theory(found: AgreementNumbers) -> bool:
    return not found.transition.form_contradicted


def _rows(found: AgreementNumbers) -> tuple[tuple[str, ...], ...]:
    one, predicted = found.transition, found.predicted
    low, high = predicted.interval(found.level)
    return (
        _row("D* of losses", one.d_star, one.d_star_low, one.d_star_high, one.d_star_se_log),
        _row("bN/c", predicted.d_star, low, high, predicted.se_log),
        _row("ratio", found.ratio, found.ratio_low, found.ratio_high),
        _row("b of losses", one.b, one.b_low, one.b_high, one.b_se_log),
        _row("b recorded", predicted.b, *predicted.b_interval(found.level), predicted.b_se_log),
        _row("ratio", found.b_ratio, found.b_ratio_low, found.b_ratio_high),
    )


def _row(
    label: str, value: float, low: float, high: float, error: float = float("nan")
) -> tuple[str, ...]:
    interval = f"[{significant(low)}, {significant(high)}]"
    return label, significant(value), interval, "" if not error > 0 else f"log {error:.2g}"


def _p(pvalue: float) -> str:
    return significant(pvalue, 2)


def _notes(found: AgreementNumbers) -> tuple[str, ...]:
    sentences = (found.reason, *found.warnings)
    told = tuple(text[0].upper() + text[1:] + "." for text in sentences if text)
    return (*told, NO_PROOF)
