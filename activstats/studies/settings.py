"""What a study does, as one frozen value: widths, sizes, seeds, training, recording."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass

import numpy as np

from activstats.errors import DomainError
from activstats.rules import parse_rule
from activstats.studies.checks import (
    check_count,
    check_depths,
    check_learners,
    check_list,
    check_pool,
    check_shares,
    check_sizes,
)
from activstats.studies.kinds import LEARNERS

SMALLEST_SIZE = 2  # a curve that starts later has left the plateau that a knee needs before it
# From one neuron in a thousand to all that are positive, and the literal c = 1.
RULES = (
    "top1%", "top_fraction(0.001)", "top_fraction(0.003)", "top_fraction(0.03)", "top_fraction(0.1)",
    "argmax", "above(0)",
)  # fmt: skip


@dataclass(frozen=True)
class StudySettings:
    """Settings of a study of networks with one hidden ReLU layer, and of its controls.

    Parameters
    ----------
    widths : tuple of int
        Neurons of the hidden layer, N.
    sizes : int or tuple of int
        Training-set sizes in samples, D; a single number asks for that many on a log grid from 2
        to the whole training pool; fewer where the grid would repeat a size. 13 with three seeds is no
        less than the advice on designs has for a width, see `activstats.studies.advised_sizes`.
    seeds : tuple of int
        Each decides the order of the training pool, the initial weights and the batches.
    depths : tuple of int
        Hidden layers, 1 among them. Deeper networks have hidden layers of equal width and, nearly,
        the parameters of a network with one hidden layer, one for each of the `widths`; they are
        trained on the whole training pool.
    learners : tuple of str
        Learners without hidden neurons that are trained on the same sets: ``"linear softmax"``,
        ``"nearest neighbours"``, ``"random forest"``.
    steps : int
        Optimiser steps, the same for every run.
    learning_rate : float
        Of Adam.
    batch_size : int
        Samples of a step; a smaller training set is taken whole.
    validation_every : int
        Steps between two looks at the validation split, each a candidate for the checkpoint; the
        first as many steps are looked at one by one.
    rules : tuple of str
        Activation rules to record under, by name.
    along_widths : tuple of int
        Widths whose runs on the whole training pool are also recorded along training; those that
        are not among `widths` are passed over.
    along_every : int
        Steps between two recordings along training.
    along_samples : int
        Rows of the fixed probe that is recorded along training; a smaller table is taken whole.
    replicates : int
        Networks of each of the `along_widths` that are trained on the whole training pool from the
        initial weights of the first seed, each in an order of its own; 0 for none.
    validation_share, test_share : float
        Shares of the table that are never trained on.
    split_seed : int
        Decides the splits and the order in which the table is recorded, for all runs alike.

    Raises
    ------
    DomainError
        If a setting is outside its domain.
    RuleError
        If a rule is unknown.

    Examples
    --------
    >>> StudySettings().widths
    (64, 128, 256, 512, 1024)
    >>> StudySettings.quick().steps
    300
    """

    widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    sizes: int | tuple[int, ...] = 13
    seeds: tuple[int, ...] = (0, 1, 2)
    depths: tuple[int, ...] = (1, 2)
    learners: tuple[str, ...] = tuple(str(learner) for learner in LEARNERS)
    steps: int = 800
    learning_rate: float = 1e-3
    batch_size: int = 64
    validation_every: int = 10
    rules: tuple[str, ...] = RULES
    along_widths: tuple[int, ...] = (256,)
    along_every: int = 40
    along_samples: int = 512
    replicates: int = 3
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("widths", "seeds", "depths", "learners", "rules", "along_widths", "sizes"):
            value = getattr(self, name)
            if not isinstance(value, (int, str)):
                object.__setattr__(self, name, tuple(value))  # lists would not hash
        object.__setattr__(self, "rules", tuple(parse_rule(rule).name for rule in self.rules))
        for name in ("widths", "seeds", "rules"):
            check_list(name, getattr(self, name))
        check_depths(self.depths)
        check_learners(self.learners)
        check_sizes(self.sizes)
        for name in ("steps", "batch_size", "validation_every", "along_every", "along_samples"):
            check_count(name, getattr(self, name), least=1)
        check_count("replicates", self.replicates, least=0)
        for width in self.widths:
            check_count("widths", width, least=2)
        for seed in (*self.seeds, self.split_seed):
            check_count("seeds", seed, least=0)
        if not 0 < self.learning_rate < math.inf:
            raise DomainError(
                "the learning rate must be positive and finite.",
                got=self.learning_rate,
                hint="0.001",
            )
        check_shares(self.validation_share, self.test_share)

    @classmethod
    def quick(cls) -> StudySettings:
        """Return a small study that shows the same things in some seconds."""
        return cls(widths=(64, 256), sizes=7, seeds=(0, 1), steps=300, along_every=50, replicates=1)

    def size_grid(self, pool: int) -> tuple[int, ...]:
        """Return the training-set sizes for a training pool of `pool` samples, ascending.

        Raises
        ------
        DomainError
            If a size asks for more than the pool, or the pool is too small for the grid.
        """
        if isinstance(self.sizes, int):
            check_pool(pool, at_least=SMALLEST_SIZE)
            grid = np.geomspace(SMALLEST_SIZE, pool, self.sizes) if self.sizes > 1 else [pool]
            return tuple(int(size) for size in np.unique(np.rint(grid)))
        check_pool(pool, at_least=max(self.sizes))
        return tuple(sorted(self.sizes))

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain values, as they are written beside the study."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }

    def fingerprint(self, table: str) -> str:
        """Return the hash of the settings together with that of the table they run on."""
        text = json.dumps({"settings": self.to_dict(), "table": table}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
