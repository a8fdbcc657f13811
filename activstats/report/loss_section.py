"""Loss over log D: the curves, and the sample numbers that the law predicts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from activstats.claims.evidence import TRAINED
from activstats.claims.seeds import OverSeeds, geometric
from activstats.claims.verdict import Picture
from activstats.claims.words import grouped, percent, rule_words, significant
from activstats.figures.loss import LossCurve, loss_curves
from activstats.report.tables import Column, Rows, Table, cells
from activstats.rules import DEFAULT_RULE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.claims.evidence import Evidence

_WIDE, _TALL = 8.4, 5.6
_NEEDED = frozenset({"kind", "width", "n_train", "seed", "test_loss"})


@dataclass(frozen=True)
class Marks:
    """Where the law places itself on the axis of samples, for one width.

    Parameters
    ----------
    steepest : float
        N/c, mean over seeds.
    b : OverSeeds
        Geometric mean of b with its interval.
    """

    steepest: float
    b: OverSeeds

    @property
    def d_star(self) -> float:
        """D* = bN/c."""
        return self.b.mean * self.steepest

    @property
    def d_star_interval(self) -> tuple[float, float]:
        """Interval of D*, which carries the uncertainty of b alone."""
        return self.b.low * self.steepest, self.b.high * self.steepest

    @property
    def half_drop(self) -> float:
        """Samples at which half of the law's drop is over, D* (2^(1/b) − 1)."""
        power = math.log(2) / self.b.mean
        return self.d_star * math.expm1(power) if power < 700 else math.inf  # noqa: PLR2004  (e^700)


def marks_of(evidence: Evidence) -> dict[int, Marks]:
    """Return the marks of every width, from trained networks under the default rule."""
    found = {}
    for width in evidence.widths:
        fits = [
            fit
            for fit in evidence.select(kind=TRAINED, rule=DEFAULT_RULE.name)
            if fit.width == width and fit.tells
        ]
        b = geometric((fit.seed, fit.fit.b) for fit in fits)
        if b.n_seeds:
            found[width] = Marks(sum(fit.fit.steepest for fit in fits) / len(fits), b)
    return found


def loss_picture(evidence: Evidence) -> Picture | None:
    """Return test loss over log D, None where the runs table has no losses."""
    trained = _trained(evidence)
    if trained is None or trained["n_train"].nunique() < 2:  # noqa: PLR2004  (one point is no curve)
        return None
    words = "; ".join(_in_words(width, part) for width, part in _by_width(trained).items())
    draw = partial(_draw, trained, marks_of(evidence))
    return Picture("Test loss over training samples", f"{words}.", draw)


def _by_width(trained: pd.DataFrame) -> dict[int, pd.DataFrame]:
    widths = sorted(int(width) for width in trained["width"].unique())
    return {width: trained[trained["width"] == width] for width in widths}


def _in_words(width: int, part: pd.DataFrame) -> str:
    loss = part.groupby("n_train")["test_loss"].median()
    ends = [
        f"{significant(float(value))} at {grouped(int(size))} samples"
        for size, value in zip(loss.index[[0, -1]].tolist(), loss.iloc[[0, -1]], strict=True)
    ]
    return f"width {grouped(width)}: median {ends[0]}, {ends[1]}"


def marks_table(evidence: Evidence) -> Table | None:
    """Return the marks in figures, with the loss at the largest training size."""
    marks, trained = marks_of(evidence), _trained(evidence)
    if not marks or trained is None:
        return None
    largest = trained[trained["n_train"] == trained["n_train"].max()]
    rows = []
    for width, mark in marks.items():
        part = largest[largest["width"] == width]
        low, high = mark.d_star_interval
        interval = f"{significant(low)} – {significant(high)}" if mark.b.n_seeds > 1 else "one seed"
        rows.append(
            cells(
                grouped(width),
                significant(mark.d_star),
                interval,
                significant(mark.steepest),
                significant(mark.half_drop),
                f"{part['test_loss'].mean():.3f}",
                percent(part["test_accuracy"].mean()) if "test_accuracy" in part else "–",
            )
        )
    size = grouped(int(largest["n_train"].max()))
    return Table(
        caption=f"Three places of the law on the axis of samples, {rule_words(DEFAULT_RULE.name)}",
        columns=(
            Column("N"),
            Column("D* = bN/c", "samples"),
            Column("95 % interval", "samples"),
            Column("steepest, N/c", "samples"),
            Column("half-drop", "samples"),
            Column("test loss", f"trained on {size}"),
            Column("accuracy", f"trained on {size}"),
        ),
        body=(Rows("", tuple(rows)),),
        note="The interval of D* carries the uncertainty of b alone, over the seeds. Half-drop: "
        "D* (2^(1/b) − 1).",
    )


def _trained(evidence: Evidence) -> pd.DataFrame | None:
    runs = evidence.runs
    return runs[runs["kind"] == TRAINED] if set(runs.columns) >= _NEEDED else None


def _draw(trained: pd.DataFrame, marks: dict[int, Marks]) -> Axes:
    from matplotlib.figure import Figure

    curves = []
    for width, part in _by_width(trained).items():
        losses = part.pivot_table(index="n_train", columns="seed", values="test_loss")
        mark = marks.get(width)
        curves.append(
            LossCurve(
                name=f"width {grouped(width)}",
                n_samples=losses.index.to_numpy(),
                losses=losses.to_numpy(),
                steepest=mark.steepest if mark else None,
                d_star=mark.d_star if mark else None,
                d_star_interval=mark.d_star_interval if mark else None,
            )
        )
    ax = Figure(figsize=(_WIDE, _TALL), layout="constrained").add_subplot()
    return loss_curves(curves, ylabel="test loss, nats a sample", ax=ax)
