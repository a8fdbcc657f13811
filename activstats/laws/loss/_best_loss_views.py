"""The best loss over N as text, as a row of a table and as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.loss._forms import FORMS
from activstats.laws.loss.fit import fit_family

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.best_loss_result import BestLossResult
    from activstats.laws.loss.family_fit import FamilyFit

_COLUMNS = (
    "answer", "choice", "criterion", "per_decade", "per_decade_low", "per_decade_high", "exponent",
    "exponent_low", "exponent_high", "exponent_se", "loss_floor", "loss_floor_se", "noise_level",
    "level", "n_obs", "noise", "robust", "reason",
)  # fmt: skip
_KNOWN = ("source", "loss", "kind", "n_train")
_POINTS = 120
_OPEN = (
    "The theory leaves open how the best loss depends on N; no form is its prediction. The best loss "
    "is that of the training that was done: learning rate, steps and data are part of it. "
    "Networks count as independent; a training set that they share ties their losses together."
)


def describe(result: BestLossResult) -> Summary:
    """Return what a summary of the best loss says."""
    ends = " to ".join(f"{n:,.6g}".replace(",", " ") for n in result.curve.sizes[[0, -1]])
    known = [(n, str(result.provenance[n])) for n in _KNOWN if n in result.provenance]
    return Summary(
        title="Best loss over the number of neurons N",
        facts=(
            *((pair,) for pair in known),
            (("answer", result.answer),),
            (("runs", grouped(result.n_obs)), ("widths", grouped(result.curve.n_sizes))),
            (("N", ends),),
            (("status", str(result.status)), ("noise", result.noise)),
        ),
        columns=("estimate", f"{result.level * 100:g} % interval", "SE"),
        rows=(
            _row(result, "per decade N", "per_decade", math.nan),
            _row(result, "exponent", "exponent", result.exponent_se),
            ("floor", significant(result.loss_floor), "", _error(result.loss_floor_se)),
        ),
        measures=_measures(result),
        notes=_notes(result),
    )


def _row(result: BestLossResult, label: str, name: str, error: float) -> tuple[str, ...]:
    low, high = getattr(result, f"{name}_low"), getattr(result, f"{name}_high")
    interval = f"[{significant(low)}, {significant(high)}]"
    return label, significant(getattr(result, name)), interval, _error(error)


def _error(error: float) -> str:
    return "" if math.isnan(error) else significant(error, 2)


def _measures(result: BestLossResult) -> tuple[tuple[str, str], ...]:
    names = {"power law with floor": "power law"}
    return (
        *(
            (
                f"Δ{result.criterion} {names.get(form.family, form.family)}",
                significant(form.delta, 2),
            )
            for form in result.forms
        ),
        ("noise of a run", significant(result.noise_level, 2)),
    )


def _notes(result: BestLossResult) -> tuple[str, ...]:
    sentences = [_change(result), result.reason, _equals(result), *result.warnings]
    return (*(text[0].upper() + text[1:] + "." for text in sentences if text), _OPEN)


def _change(result: BestLossResult) -> str:
    """Return the size of the effect in words, relative to the mean loss."""
    numbers = (result.per_decade, result.per_decade_low, result.per_decade_high)
    if not all(map(math.isfinite, numbers)):
        return ""
    mean = float(np.mean(result.curve.loss))
    change, low, high = (f"{100 * value / abs(mean):+.2g} %".replace("-", "−") for value in numbers)
    return f"over a decade of N the loss changes by {change} [{low}, {high}] of its mean"


def _equals(result: BestLossResult) -> str:
    if not result.choice:
        return "there are too few runs to weigh the forms" if result.forms else ""
    near = result.not_told_apart
    if len(near) < 2:
        return ""
    return f"by {result.criterion} {' and '.join(near)} are not told apart"


def table_row(result: BestLossResult) -> pd.DataFrame:
    """Return one row: what is known of the runs, the status, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in result.provenance.items() if isinstance(v, simple)}
    row |= {"status": result.status.value, "n_widths": result.curve.n_sizes}
    row |= {name: getattr(result, name) for name in _COLUMNS}
    row |= {f"delta_{form.family.replace(' ', '_')}": form.delta for form in result.forms}
    return pd.DataFrame([row])


def draw(result: BestLossResult, ax: Axes | None) -> Axes:
    """Draw the best losses with the forms, the chosen one with its band."""
    from activstats.figures.best_loss import best_losses

    curve = result.curve
    lines, band = {}, None
    if result.forms:
        grid = np.geomspace(curve.sizes[0], curve.sizes[-1], _POINTS)
        for family in FORMS:
            fit = fit_family(family, curve, noise=result.noise, robust=result.robust)
            lines[family.name] = (grid, fit.predict(grid))
            if family.name == result.choice and fit.df > 0:
                band = _band(fit, grid, result.level)
    return best_losses(
        curve.d,
        curve.loss,
        errors=curve.se,
        lines=lines,
        chosen=result.choice,
        criterion=result.criterion,
        band=band,
        answer=result.answer,
        level=result.level,
        ax=ax,
    )


def _band(fit: FamilyFit, grid: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pointwise interval of the fitted curve, by the delta method."""
    slopes = fit.jacobian(np.log(grid))
    variance = np.einsum("pn,pq,qn->n", slopes, fit.covariance, slopes)
    half = stdtrit(fit.df, (1 + level) / 2) * np.sqrt(np.maximum(variance, 0))
    line = fit.predict(grid)
    return line - half, line + half
