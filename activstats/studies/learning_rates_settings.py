"""What the study of learning rates does, as one frozen value, and its runs."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from activstats.errors import DomainError
from activstats.studies.checks import check_count, check_list

STUDY = "learning_rates"
AUTOENCODER, CLASSIFIER = "autoencoder", "classifier"
ADAM, SGD = "adam", "sgd"
LAYERS = {AUTOENCODER: (64, 128, 32, 128, 64), CLASSIFIER: (64, 128, 32, 10)}


@dataclass(frozen=True)
class LearningRatesSettings:
    """Settings of the study of learning rates.

    Parameters
    ----------
    tasks : tuple of str
        ``"autoencoder"`` on drawn shapes, after Pareek et al. 2025 as far as their setting is
        public; ``"classifier"`` on scikit-learn's digits.
    adam_rates, sgd_rates : tuple of float
        Learning rates of each optimiser, ascending; the published ones of Adam are .0001, .001 and
        .01. SGD, without momentum, needs rates of its own. An empty tuple leaves an optimiser out.
    seeds : tuple of int
        Each decides the initial weights and the order of the batches; at equal seeds they are the
        same at every rate. Seed 0 served to choose the rates and margins, so it is not among them.
    epochs : int
        Passes over the training set.
    batch_size : int
        Samples of a step.
    snapshots_per_epoch : int
        How often weights are looked at.
    n_pictures : int
        Pictures of shapes, before they are split.
    late_share : float
        Last share of the snapshots that makes the late window.
    window_epochs : int
        Length of the sliding window that matches runs at equal loss.
    probe_samples : int
        Test samples on which the change of activations is followed.
    recorded_seeds : int
        So many seeds, from the first, have their weights recorded along the training: running moments
        in windows as long as the late one, some 2 MB a run, which `activstats fluctuation` reads.
    keep_checkpoints : bool
        Whether each run also writes its snapshots, a folder of safetensors files that
        `activstats fluctuation` reads; some 15 MB a run.
    validation_share, test_share : float
        Shares that are never trained on.
    split_seed : int
        Decides the pictures and the splits, for all runs alike.

    Raises
    ------
    DomainError
        If a setting is outside its domain.

    Examples
    --------
    >>> len(plan_learning_rates(LearningRatesSettings()))
    150
    """

    tasks: tuple[str, ...] = (AUTOENCODER, CLASSIFIER)
    adam_rates: tuple[float, ...] = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 3e-2)
    sgd_rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 2.0, 3.0)
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    epochs: int = 40
    batch_size: int = 64
    snapshots_per_epoch: int = 4
    n_pictures: int = 1600
    late_share: float = 0.25
    window_epochs: int = 1
    probe_samples: int = 64
    recorded_seeds: int = 1
    keep_checkpoints: bool = False
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("tasks", "adam_rates", "sgd_rates", "seeds"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("tasks", "seeds"):
            check_list(name, getattr(self, name))
        for name in ("epochs", "batch_size", "snapshots_per_epoch", "n_pictures", "window_epochs",
                     "probe_samples"):  # fmt: skip
            check_count(name, getattr(self, name), least=1)
        for seed in (*self.seeds, self.split_seed, self.recorded_seeds):
            check_count("seeds", seed, least=0)
        if unknown := [task for task in self.tasks if task not in LAYERS]:
            raise DomainError("there is no such task.", got=unknown[0], allowed=", ".join(LAYERS))
        rates = self.adam_rates + self.sgd_rates
        ascending = all(list(r) == sorted(set(r)) for r in (self.adam_rates, self.sgd_rates))
        if not rates or not ascending or not all(0 < rate < math.inf for rate in rates):
            raise DomainError(
                "learning rates must be positive and ascend.",
                got=f"{self.adam_rates}, {self.sgd_rates}",
            )
        shares = (self.late_share, self.validation_share, self.test_share)
        if not all(0 < s < 1 for s in shares) or self.validation_share + self.test_share >= 1:
            raise DomainError("shares must lie between 0 and 1.", got=shares)

    @classmethod
    def quick(cls) -> LearningRatesSettings:
        """Return a small study in some seconds."""
        return cls(
            tasks=(AUTOENCODER,),
            adam_rates=(1e-4, 1e-3, 1e-2),
            sgd_rates=(),
            seeds=(0, 1, 2),
            epochs=8,
            n_pictures=320,
        )

    def rates(self, optimizer: str) -> tuple[float, ...]:
        """Return the learning rates of an optimiser."""
        return {ADAM: self.adam_rates, SGD: self.sgd_rates}[optimizer]

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


@dataclass(frozen=True)
class LearningRateRun:
    """One run, before it is done.

    Parameters
    ----------
    task, optimizer : str
        What is trained, and by what.
    rate : float
        Learning rate.
    seed : int
        Of initial weights and batches.
    recorded : bool
        Whether its weights are recorded along the training.
    """

    task: str
    optimizer: str
    rate: float
    seed: int
    recorded: bool = False

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> LearningRateRun("autoencoder", "adam", 0.001, 0).name
        'learning_rates-autoencoder-adam-lr0.001-s0'
        """
        return f"{STUDY}-{self.task}-{self.optimizer}-lr{self.rate:g}-s{self.seed}"

    @property
    def recording_name(self) -> str:
        """Name of the folder of the recording."""
        return self.name

    @property
    def along_name(self) -> str:
        """Name of the folder of the recording of weights along the training, if it is made."""
        return f"{self.name}-parameters" if self.recorded else ""


def plan_learning_rates(settings: LearningRatesSettings) -> tuple[LearningRateRun, ...]:
    """Return all runs in the order of the runs table."""
    followed = settings.seeds[: settings.recorded_seeds]
    return tuple(
        LearningRateRun(task, optimizer, rate, seed, recorded=seed in followed)
        for task in settings.tasks
        for optimizer in (ADAM, SGD)
        for rate in settings.rates(optimizer)
        for seed in settings.seeds
    )
