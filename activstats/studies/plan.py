"""The runs that a study is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activstats.studies.settings import StudySettings


class Kind(StrEnum):
    """What was done to the network of a run.

    Runs of the same start are trained like the others, from the initial weights of a trained run but
    in other orders of the samples.
    """

    TRAINED = "trained"
    UNTRAINED = "untrained"
    RANDOM_LABELS = "random labels"
    SAME_START = "same start"


@dataclass(frozen=True)
class PlannedRun:
    """One run: a network, what it is trained on, and how it is recorded.

    Parameters
    ----------
    kind : Kind
        Trained, one of the two controls, or a trained run's start with another order.
    width : int
        Neurons of the hidden layer.
    n_train : int
        Training samples; 0 for the untrained network.
    seed : int
        Of the initial weights and, unless `order` says otherwise, of the order of training.
    mask : bool
        Whether the recording keeps which samples activated a neuron, or only how many.
    along : bool
        Whether a fixed probe is also recorded along training.
    order : int, optional
        Number of another order of the training samples than that of the seed.
    """

    kind: Kind
    width: int
    n_train: int
    seed: int
    mask: bool = False
    along: bool = False
    order: int | None = None

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> PlannedRun(Kind.TRAINED, 64, 16, 0).name
        'trained-w0064-n000016-s0'
        """
        kind = self.kind.replace(" ", "-")
        order = "" if self.order is None else f"-o{self.order}"
        return f"{kind}-w{self.width:04d}-n{self.n_train:06d}-s{self.seed}{order}"

    @property
    def along_name(self) -> str:
        """Name of the folder of the recording along training, empty if there is none."""
        return f"{self.name}-along" if self.along else ""


def plan_runs(settings: StudySettings, pool: int) -> tuple[PlannedRun, ...]:
    """Return all runs of a study in the order of the runs table.

    The runs on the whole training pool and the two controls are recorded as masks; of them the
    trained ones at `along_widths` are recorded along training too. From the first seed's start at
    these widths, `replicates` more networks are trained in other orders.

    Parameters
    ----------
    settings : StudySettings
        Widths, sizes and seeds.
    pool : int
        Samples in the training pool.

    Returns
    -------
    tuple of PlannedRun

    Examples
    --------
    >>> from activstats.studies.settings import StudySettings
    >>> runs = plan_runs(StudySettings(), pool=1079)
    >>> len(runs), sum(run.kind == "trained" for run in runs)
    (183, 150)
    """
    largest = max(settings.size_grid(pool))
    trained = [
        PlannedRun(
            Kind.TRAINED,
            width,
            n_train,
            seed,
            mask=n_train == largest,
            along=n_train == largest and width in settings.along_widths,
        )
        for width in settings.widths
        for n_train in settings.size_grid(pool)
        for seed in settings.seeds
    ]
    controls = [
        PlannedRun(kind, width, largest if kind is Kind.RANDOM_LABELS else 0, seed, mask=True)
        for kind in (Kind.UNTRAINED, Kind.RANDOM_LABELS)
        for width in settings.widths
        for seed in settings.seeds
    ]
    replicates = [
        PlannedRun(Kind.SAME_START, width, largest, settings.seeds[0], mask=True, order=order)
        for width in settings.widths
        if width in settings.along_widths
        for order in range(1, settings.replicates + 1)
    ]
    return (*trained, *controls, *replicates)
