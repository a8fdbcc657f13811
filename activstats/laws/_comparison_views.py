"""The comparison of laws in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._count_model import sentence
from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd

    from activstats.laws.comparison_result import LawComparison

MEANING = (
    "AIC says which of these laws describes the counts better, not that it is true; goodness of fit "
    "is another question."
)
BOUNDARY = (
    "Dead neurons: their share cannot be below 0, and AIC is a little too hard on them; p of the "
    "boundary test is the answer."
)


def table(comparison: LawComparison) -> pd.DataFrame:
    """Return a row for each law."""
    import pandas as pd

    simple = bool | int | float | str
    known = {k: v for k, v in comparison.provenance.items() if isinstance(v, simple)}
    differences, weights = comparison.differences, comparison.weights
    columns = (
        "law",
        "n_params",
        "log_likelihood",
        "aic",
        "aic_difference",
        "akaike_weight",
        "note",
    )
    rows = [
        known
        | {
            "law": law.name,
            "n_params": law.n_params,
            "log_likelihood": law.log_likelihood,
            "aic": law.aic,
            "aic_difference": differences[law.name],
            "akaike_weight": weights[law.name],
            **law.estimates,
            "note": law.note,
        }
        for law in comparison.laws
    ]
    return pd.DataFrame(rows, columns=None if rows else [*known, *columns])


def describe(comparison: LawComparison) -> Summary:
    """Return what a summary of the comparison says."""
    known = comparison.provenance
    names = [(name, str(known[name])) for name in ("layer", "rule") if name in known]
    facts = (
        tuple(names),
        (("N", grouped(comparison.n_obs)), ("D", grouped(comparison.n_samples))),
        (("best", comparison.best or "–"), ("status", str(comparison.status))),
    )
    weights, differences = comparison.weights, comparison.differences
    rows = tuple(
        (
            _SHORT.get(law.name, law.name),
            f"+{significant(differences[law.name])}",
            f"{significant(law.log_likelihood, 8)}  ({law.n_params})",
            significant(weights[law.name], 2) if weights[law.name] >= 1e-4 else "<.0001",
        )
        for law in comparison.laws
    )
    return Summary(
        title="Laws of counts compared",
        facts=tuple(line for line in facts if line),
        columns=("AIC − best", "ln L  (parameters)", "weight"),
        rows=rows,
        measures=(("p (no neuron dead)", significant(comparison.pvalue_dead, 2)),),
        notes=_notes(comparison),
    )


_SHORT = {
    "beta-binomial": "beta-binom.",
    "zero-inflated beta-binomial": "with dead ones",
    "logit-normal-binomial": "logit-normal",
    "one common rate": "one rate",
}


def _notes(comparison: LawComparison) -> tuple[str, ...]:
    if not comparison.laws:
        return (sentence(comparison.reason),)
    special = [f"{law.name}: {law.note}." for law in comparison.laws if law.note]
    near = ", ".join(comparison.undecided)
    tie = (
        f"A difference below 2 does not decide: {near} describes the counts about as well as "
        f"{comparison.best}."
        if near
        else f"The {comparison.best} describes the counts best of these laws."
    )
    dead = () if math.isnan(comparison.pvalue_dead) else (BOUNDARY,)
    return (tie, *special, MEANING, *dead)
