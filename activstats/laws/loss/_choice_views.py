"""The choice between families of loss curves in words, as a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.choice_result import CurveChoice

CAVEAT = "Model choice: AICc up to about 30 points, BIC beyond."
MEANING = (
    "A lower criterion says that a family predicts such losses better; it is no test, does not say "
    "that the family is true, and is no evidence of a transition."
)
WEIGHTS = "Weights sum to one over these families alone."

_SHORT = {
    "line in log D": "line",
    "power law with floor": "power, floor",
    "crossover, free sharpness": "crossover, s",
    "logistic in log D": "logistic",
    "two line segments": "two segments",
    "broken power law": "broken power",
}
_LEAST_WEIGHT = 1e-4


def table(choice: CurveChoice) -> pd.DataFrame:
    """Return a row for each family."""
    import pandas as pd

    simple = bool | int | float | str
    known = {k: v for k, v in choice.provenance.items() if isinstance(v, simple)}
    columns = (
        "family", "n_params", "log_likelihood", "aicc", "bic", "criterion", "delta", "weight",
    )  # fmt: skip
    differences, weights = choice.differences, choice.weights
    rows = [
        known
        | {
            "family": one.family,
            "n_params": one.n_params,
            "log_likelihood": one.log_likelihood,
            "aicc": one.aicc,
            "bic": one.bic,
            "criterion": choice.criterion,
            "delta": differences[one.family],
            "weight": weights[one.family],
        }
        for one in choice.alternatives
    ]
    return pd.DataFrame(rows, columns=[*known, *columns])


def draw(choice: CurveChoice, ax: Axes | None) -> Axes:
    """Draw differences of the criterion; families that cannot be judged are left out."""
    from activstats.figures.goodness import law_differences

    shown = {name: value for name, value in choice.differences.items() if math.isfinite(value)}
    ax = law_differences(list(shown), list(shown.values()), ax=ax)
    ax.set_xlabel(f"{choice.criterion} above the lowest")
    return ax


def describe(choice: CurveChoice) -> Summary:
    """Return what a summary of the choice says."""
    return Summary(
        title="Families of loss curves compared",
        facts=(
            (("criterion", choice.criterion), ("best", _short(choice.best) or "–")),
            (("runs", grouped(choice.n_obs)), ("sizes", grouped(choice.n_sizes))),
            (("status", str(choice.status)), ("noise", choice.noise)),
        ),
        columns=(f"Δ{choice.criterion}", "ln L  (parameters)", "weight"),
        rows=tuple(_rows(choice)),
        measures=(),
        notes=_notes(choice),
    )


def _rows(choice: CurveChoice) -> list[tuple[str, ...]]:
    differences, weights = choice.differences, choice.weights
    rows: list[tuple[str, ...]] = []
    for one in choice.alternatives:
        excess, weight = differences[one.family], weights[one.family]
        judged = math.isfinite(excess)
        told = significant(weight, 2) if weight >= _LEAST_WEIGHT else "<.0001"
        rows.append((
            _short(one.family),
            f"+{significant(excess)}" if judged else "–",
            f"{significant(one.log_likelihood, 5)}  ({one.n_params})",
            told if judged else "–",
        ))  # fmt: skip
    return rows


def _short(name: str) -> str:
    return _SHORT.get(name, name)


def _notes(choice: CurveChoice) -> tuple[str, ...]:
    if not choice.alternatives:
        return (choice.reason[0].upper() + choice.reason[1:] + ".", CAVEAT)
    return (verdict(choice), *_not_judged(choice), MEANING, WEIGHTS, CAVEAT)


def verdict(choice: CurveChoice) -> str:
    """Return in a sentence what the criterion decides, and what it leaves open."""
    if not choice.best:
        return "No family has few enough parameters to be judged on these runs."
    if not choice.undecided:
        return f"The {choice.best} has the lowest {choice.criterion}, and no other family comes within 2."
    near = [f"{name} (+{significant(choice.differences[name], 2)})" for name in choice.undecided]
    listed = near[0] if len(near) == 1 else ", ".join(near[:-1]) + " and " + near[-1]
    return (
        f"Within 2 of the best, which is no difference that decides: {listed} describe"
        f"{'s' * (len(near) == 1)} these losses about as well as {choice.best}."
    )


def _not_judged(choice: CurveChoice) -> tuple[str, ...]:
    if not choice.not_judged:
        return ()
    names = ", ".join(choice.not_judged)
    return (f"Too many parameters to be judged on so few runs or sizes: {names}.",)
