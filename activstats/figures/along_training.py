"""A quantity along training, one line a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError
from activstats.figures.style import axes, look, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Course:
    """What one run did.

    Parameters
    ----------
    name : str
        For the legend, such as ``"seed 0"``.
    steps : array_like of int, shape (m,)
        Training steps, ascending.
    values : array_like of float, shape (m,)
        The quantity; nan leaves a gap.
    band : pair of array_like of float, shape (m,), optional
        Interval of every value.
    """

    name: str
    steps: ArrayLike
    values: ArrayLike
    band: tuple[ArrayLike, ArrayLike] | None = None


def along_training(courses: Sequence[Course], *, ylabel: str, ax: Axes | None = None) -> Axes:
    """Draw a quantity against the training step, from 0 on.

    Parameters
    ----------
    courses : sequence of Course
        One for each run.
    ylabel : str
        What the quantity is, with its unit if it has one.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If the values of a run do not match its steps.

    Examples
    --------
    >>> along_training([Course("seed 0", [0, 40], [0.8, 0.6])], ylabel="b").get_xlabel()
    'training step'
    """
    ax = axes(ax)
    highest = 0.0
    for index, course in enumerate(courses):
        steps, values = _alike(course)
        looks = look(index)
        if course.band is not None:
            low, high = (np.asarray(end, dtype=float) for end in course.band)
            ax.fill_between(steps, low, high, color=looks.colour, alpha=0.13, linewidth=0)
            highest = max(highest, float(np.max(high[np.isfinite(high)], initial=0.0)))
        style = {"color": looks.colour, "linestyle": looks.line, "marker": looks.marker}
        ax.plot(steps, values, label=course.name, ms=3.5, lw=1.4, **style)  # type: ignore[arg-type]
        highest = max(highest, float(np.max(values[np.isfinite(values)], initial=0.0)))
    ax.set_ylim(0, 1.08 * highest or 1.0)
    ax.set_xlim(left=0)
    ax.set_xlabel("training step")
    ax.set_ylabel(ylabel)
    quiet(ax)
    ax.legend(frameon=False, fontsize=9)
    return ax


def _alike(course: Course) -> tuple[np.ndarray, np.ndarray]:
    steps, values = np.asarray(course.steps), np.asarray(course.values, dtype=float)
    if steps.shape != values.shape or steps.ndim != 1:
        raise InputError(
            f"the values of '{course.name}' do not match its steps.",
            got=f"shape {values.shape}",
            allowed=f"shape {steps.shape}",
        )
    return steps, values
