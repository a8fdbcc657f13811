"""Use of layers against the samples seen: measured with intervals, the law as a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import GREY, axes, log_axis, look, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Course:
    """One layer or run.

    Parameters
    ----------
    label : str
        Name in the legend.
    n_samples : array_like of float, shape (m,)
        Samples seen.
    measured : array_like of float, shape (m, 3)
        Value, lower and upper end.
    law : array_like of float, shape (m,)
        What the law says; nan where it says nothing.
    """

    label: str
    n_samples: ArrayLike
    measured: ArrayLike
    law: ArrayLike


def capacity_courses(
    courses: Sequence[Course],
    ylabel: str,
    *,
    log: bool = True,
    level: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure against the number of samples, a series for each layer.

    Parameters
    ----------
    courses : sequence of Course
        What to draw.
    ylabel : str
        What is drawn, with its unit.
    log : bool
        Whether the ordinate is logarithmic; if not, it begins at 0.
    level : float
        Confidence level of the bars, for the legend.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If there is nothing to draw or lengths differ.

    Examples
    --------
    >>> course = Course("N = 64", [10, 100], [[1.5, 1.2, 2], [3, 2, 4]], [1.4, 3.1])
    >>> capacity_courses([course], "R").get_xlabel()
    'samples seen, D'
    """
    if not courses:
        raise InputError("there is no layer to draw.", got="an empty list")
    ax = axes(ax)
    for index, course in enumerate(courses):
        _draw(ax, index, course)
    ax.plot([], [], color=GREY, lw=1.5, label="fitted law")
    ax.plot(
        [], [], color=GREY, marker="|", ms=9, linestyle="none", label=f"{level * 100:g} % interval"
    )
    log_axis(ax.xaxis)
    if log:
        log_axis(ax.yaxis)
    else:
        ax.set_ylim(bottom=0)
    ax.set_xlabel("samples seen, D")
    ax.set_ylabel(ylabel)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _draw(ax: Axes, index: int, course: Course) -> None:
    d, law = np.asarray(course.n_samples, dtype=float), np.asarray(course.law, dtype=float)
    measured = np.asarray(course.measured, dtype=float)
    if measured.shape != (d.size, 3) or law.shape != d.shape:
        raise InputError(
            f"the numbers of '{course.label}' do not fit each other.",
            got=f"shapes {d.shape}, {measured.shape}, {law.shape}",
            allowed="(m,), (m, 3) and (m,)",
        )
    value, low, high = measured.T
    bars = np.maximum(np.vstack([value - low, high - value]), 0)
    style = look(index)
    shown: dict[str, Any] = {"fmt": style.marker, "ms": 4.5, "mfc": "white", "capsize": 2, "lw": 1}
    ax.errorbar(d, value, bars, color=style.colour, label=course.label, **shown)
    ax.plot(d, law, color=style.colour, linestyle=style.line, lw=1.5)
