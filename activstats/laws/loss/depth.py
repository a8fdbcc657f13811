"""Whether networks of equal numbers of parameters do better when they are deeper.

Log losses of networks of several depths are compared at each budget of parameters, as in a blocked
experiment: budgets are blocks, and so are seeds where every depth was trained on the same sets.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws.loss._columns import column_of, finite_numbers, labels
from activstats.laws.loss._depth_answer import compared
from activstats.laws.loss._depth_model import DepthRuns
from activstats.laws.loss.depth_result import DepthComparison

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DepthComparison", "compare_depths", "compare_depths_of_runs"]

# Losses of one network over several seeds differ by a few percent as a rule.
MARGIN = 0.05
_KINDS = ("trained", "deep")


def compare_depths(
    depth: ArrayLike,
    budget: ArrayLike,
    loss: ArrayLike,
    *,
    seed: ArrayLike | None = None,
    n_parameters: ArrayLike | None = None,
    margin: float = MARGIN,
    level: float = 0.95,
) -> DepthComparison:
    """Compare the losses of networks of several depths at equal numbers of parameters.

    Parameters
    ----------
    depth : array_like of int, shape (m,)
        Hidden layers of each network, at least 1.
    budget : array_like of float, shape (m,)
        Parameters that networks of every depth were given, nearly.
    loss : array_like of float, shape (m,)
        Loss of each network, above 0.
    seed : array_like, shape (m,), optional
        What networks share beyond their budget: those of one seed are compared with each other.
    n_parameters : array_like of float, shape (m,), optional
        Parameters that each network has.
    margin : float
        Losses less than this share apart count as the same.
    level : float
        Confidence level.

    Returns
    -------
    DepthComparison

    Raises
    ------
    InputError
        If the columns differ in length or hold what they cannot.
    DomainError
        If margin or level make no sense.

    Notes
    -----
    ln loss = budget + seed + depth by least squares, F test of depth (Fisher's blocked design); the
    interaction of depth and budget is tested against the scatter between seeds. Intervals against
    the smallest depth are Student's, Bonferroni's where there are several depths; equivalence by two
    one-sided tests (Schuirmann 1987). Budgets at which a single depth was trained tell nothing of
    depth and are left out.

    Examples
    --------
    >>> depth, budget = [1, 1, 2, 2] * 2, [1e4] * 4 + [1e5] * 4
    >>> loss = [0.50, 0.51, 0.40, 0.41, 0.40, 0.41, 0.32, 0.33]
    >>> found = compare_depths(depth, budget, loss, seed=[0, 1] * 4)
    >>> found.answer, round(found.ratios[0].ratio, 2)
    ('deeper is better', 0.8)
    """
    check_level(level)
    if level <= 0.5 or not 0 < margin < 1:
        raise DomainError(
            "there is no such comparison of depths.",
            got=f"margin = {margin}, level = {level}",
            allowed="0 < margin < 1, .5 < level < 1",
        )
    losses = finite_numbers(loss, "loss", above=0.0)
    m = losses.size
    runs = DepthRuns(
        _whole(depth, m), _positive(budget, "budgets", m), labels(seed, "seed", m), np.log(losses)
    )
    own = np.full(m, math.nan) if n_parameters is None else _positive(n_parameters, "parameters", m)
    return compared(runs, own, float(margin), level)


def compare_depths_of_runs(
    frame: pd.DataFrame,
    *,
    loss: str = "test_loss",
    n_train: int | None = None,
    margin: float = MARGIN,
    level: float = 0.95,
) -> DepthComparison:
    """Compare depths in a study's table of runs.

    Parameters
    ----------
    frame : DataFrame
        With columns ``depth``, ``parameter_budget``, ``n_train`` and that of the loss; ``seed``,
        ``n_parameters`` and ``kind`` are used if they are there (kinds other than ``trained`` and
        ``deep`` are left out).
    loss : str
        Column of losses.
    n_train : int, optional
        Size of the training set; the largest at which several depths were trained if left out.
    margin, level
        As in `compare_depths`.

    Raises
    ------
    InputError
        If a column is missing, or no runs are left.
    """
    if "kind" in frame:
        frame = frame[frame["kind"].isin(_KINDS)]
    for name in ("depth", "parameter_budget", "n_train", loss):
        column_of(frame, name)
    frame = frame.dropna(subset=[loss])
    if n_train is None:
        depths = frame.groupby(["n_train", "parameter_budget"])["depth"].nunique()
        several = depths[depths > 1]
        sizes = (several if len(several) else depths).index.get_level_values("n_train")
        n_train = int(sizes.max()) if len(sizes) else 0
    kept = frame[frame["n_train"] == n_train]
    if kept.empty:
        raise InputError("no run has that size of the training set.", got=f"n_train = {n_train}")
    columns: dict[str, Any] = {n: kept[n].to_numpy() for n in ("seed", "n_parameters") if n in kept}
    found = compare_depths(
        kept["depth"].to_numpy(),
        kept["parameter_budget"].to_numpy(),
        kept[loss].to_numpy(),
        **columns,
        margin=margin,
        level=level,
    )
    return replace(found, provenance={"loss": loss, "n_train": n_train})


def _whole(given: ArrayLike, length: int) -> NDArray[np.int64]:
    depths = _positive(given, "depths", length)
    if (depths != np.round(depths)).any():
        raise InputError("a depth is a whole number of hidden layers.", got=depths.tolist()[:5])
    return depths.astype(np.int64)


def _positive(given: ArrayLike, called: str, length: int) -> NDArray[np.float64]:
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"the {called} are no numbers.", got=error) from error
    if array.shape != (length,):
        raise InputError(
            f"there are not as many {called} as losses.",
            got=f"shape {array.shape}",
            allowed=f"({length},)",
        )
    if not (np.isfinite(array) & (array > 0)).all():
        raise InputError(f"the {called} must be finite and above 0.", got=array.tolist()[:5])
    return array
