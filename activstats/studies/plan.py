"""The runs that a study is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.errors import DomainError
from activstats.studies.kinds import Kind
from activstats.studies.planned import PlannedRun
from activstats.studies.shape import equal_width, n_parameters

if TYPE_CHECKING:
    from activstats.studies.settings import StudySettings


def plan_runs(
    settings: StudySettings, *, pool: int, n_features: int, n_classes: int
) -> tuple[PlannedRun, ...]:
    """Return all runs of a study in the order of the runs table.

    The runs on the whole training pool and the two controls are recorded as masks; of them the
    trained ones at `along_widths` are recorded along training too. From the first seed's start at
    these widths, `replicates` more networks are trained in other orders. Deeper networks and the
    learners without hidden neurons are trained on the same sets.

    Parameters
    ----------
    settings : StudySettings
        Widths, depths, sizes, seeds and learners.
    pool : int
        Samples in the training pool.
    n_features, n_classes : int
        Features and classes of the table.

    Returns
    -------
    tuple of PlannedRun

    Raises
    ------
    DomainError
        If the sizes do not fit the pool, or a deeper network would have too few neurons.

    Examples
    --------
    >>> from activstats.studies.settings import StudySettings
    >>> runs = plan_runs(StudySettings(), pool=1079, n_features=64, n_classes=10)
    >>> len(runs), sum(run.kind == "trained" for run in runs)
    (360, 195)
    """
    budgets = {
        width: n_parameters(n_features=n_features, width=width, n_classes=n_classes)
        for width in settings.widths
    }
    grid = _Grid(settings, settings.size_grid(pool), budgets)
    deeper = _deeper(grid, n_features, n_classes)
    return (
        *_trained(grid),
        *_controls(grid),
        *_same_start(grid),
        *_deep(grid, deeper),
        *_learners(grid),
    )


@dataclass(frozen=True)
class _Grid:
    """What all kinds of runs are laid out on.

    `budgets` has the number of parameters of a network with one hidden layer, by its width.
    """

    settings: StudySettings
    sizes: tuple[int, ...]
    budgets: dict[int, int]

    @property
    def largest(self) -> int:
        return self.sizes[-1]

    @property
    def sets(self) -> Iterator[tuple[int, int]]:
        """Size and seed of every training set."""
        return ((size, seed) for size in self.sizes for seed in self.settings.seeds)


def _trained(grid: _Grid) -> Iterator[PlannedRun]:
    for width, budget in grid.budgets.items():
        for n_train, seed in grid.sets:
            whole = n_train == grid.largest
            yield PlannedRun(
                Kind.TRAINED,
                width,
                n_train,
                seed,
                mask=whole,
                along=whole and width in grid.settings.along_widths,
                parameter_budget=budget,
            )


def _controls(grid: _Grid) -> Iterator[PlannedRun]:
    for kind, n_train in ((Kind.UNTRAINED, 0), (Kind.RANDOM_LABELS, grid.largest)):
        for width, budget in grid.budgets.items():
            for seed in grid.settings.seeds:
                yield PlannedRun(kind, width, n_train, seed, mask=True, parameter_budget=budget)


def _same_start(grid: _Grid) -> Iterator[PlannedRun]:
    for width, budget in grid.budgets.items():
        orders = grid.settings.replicates if width in grid.settings.along_widths else 0
        for order in range(1, orders + 1):
            yield PlannedRun(
                Kind.SAME_START,
                width,
                grid.largest,
                grid.settings.seeds[0],
                mask=True,
                order=order,
                parameter_budget=budget,
            )


def _deeper(grid: _Grid, n_features: int, n_classes: int) -> list[tuple[int, int, int]]:
    """Return depth, width and parameter budget of the networks with several hidden layers."""
    shapes = []
    for depth in grid.settings.depths:
        for width, budget in grid.budgets.items():
            if depth == 1:
                continue
            narrow = equal_width(
                n_features=n_features, width=width, n_classes=n_classes, depth=depth
            )
            shapes.append((depth, narrow, budget))
    _refuse_equal_shapes([shape[:2] for shape in shapes])
    return shapes


def _refuse_equal_shapes(shapes: list[tuple[int, int]]) -> None:
    twice = [shape for shape in shapes if shapes.count(shape) > 1]
    if twice:
        raise DomainError(
            "two widths have the same network at the same number of parameters.",
            got=f"{twice[0][1]} neurons a layer at depth {twice[0][0]}",
            hint="widths that are further apart, or smaller depths",
        )


def _deep(grid: _Grid, shapes: list[tuple[int, int, int]]) -> Iterator[PlannedRun]:
    for depth, width, budget in shapes:
        for seed in grid.settings.seeds:
            yield PlannedRun(
                Kind.DEEP,
                width,
                grid.largest,
                seed,
                mask=True,
                depth=depth,
                parameter_budget=budget,
            )


def _learners(grid: _Grid) -> Iterator[PlannedRun]:
    for learner in grid.settings.learners:
        for n_train, seed in grid.sets:
            yield PlannedRun(Kind(learner), 0, n_train, seed, depth=0)
