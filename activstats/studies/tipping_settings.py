"""Settings of the study of tipping points, and the runs that it is made of."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from activstats.errors import DomainError
from activstats.studies.checks import check_count, check_list

STUDY = "tipping"
ADAM, SGD = "adam", "sgd"
NONE, LAMBDA, STATIC = "none", "lambda", "static"
MASKINGS = (NONE, LAMBDA, STATIC)


@dataclass(frozen=True)
class TippingSettings:
    """Networks of one hidden layer on digits, over learning rates, widths and masks.

    Parameters
    ----------
    widths : tuple of int
        Hidden neurons, ascending.
    maskings : tuple of str
        ``"none"``; ``"lambda"``, masked early and opened; ``"static"``, the control: a mask for good,
        of the share that the other one has on average over the steps.
    adam_rates, sgd_rates : tuple of float
        Learning rates of each optimiser, ascending; SGD is without momentum. An empty tuple leaves an
        optimiser out.
    seeds : tuple of int
        Of weights, order of the batches, and masks; at equal seeds these are the same at every rate
        and under every masking.
    steps : int
        Of the optimiser, equal for all.
    batch_size : int
        Samples of a step.
    share : float
        Of the hidden neurons that the lambda mask closes at first.
    hold, open_at : float
        Parts of the training: until when it stays so, and when all are released.
    schedule : str
        Of the release, see `activstats.nn.LambdaMask`.
    looks : int
        Times at which firing and losses are looked at, beside the start.
    recorded_seeds : int
        So many seeds, from the first, have their hidden layers recorded along the training.
    validation_share, test_share : float
        Shares that are never trained on.
    split_seed : int
        Of the splits, for all runs alike.

    Raises
    ------
    DomainError
        If a setting is outside its domain.

    Examples
    --------
    >>> round(TippingSettings().static_share, 3)
    0.375
    """

    widths: tuple[int, ...] = (32, 128, 512)
    maskings: tuple[str, ...] = MASKINGS
    adam_rates: tuple[float, ...] = (5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1)
    sgd_rates: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 2.6)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 340
    batch_size: int = 64
    share: float = 0.75
    hold: float = 0.25
    open_at: float = 0.75
    schedule: str = "linear"
    looks: int = 10
    recorded_seeds: int = 1
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("widths", "maskings", "adam_rates", "sgd_rates", "seeds"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("widths", "maskings", "seeds"):
            check_list(name, getattr(self, name))
        for name in ("steps", "batch_size", "looks"):
            check_count(name, getattr(self, name), least=1)
        for width in self.widths:
            check_count("widths", width, least=2)
        for seed in (*self.seeds, self.split_seed, self.recorded_seeds):
            check_count("seeds", seed, least=0)
        if unknown := [one for one in self.maskings if one not in MASKINGS]:
            raise DomainError("there is no such masking.", got=unknown[0], allowed=MASKINGS)
        rates = self.adam_rates + self.sgd_rates
        ascending = all(
            list(r) == sorted(set(r)) for r in (self.adam_rates, self.sgd_rates, self.widths)
        )
        if not rates or not ascending or not all(0 < rate < math.inf for rate in rates):
            raise DomainError(
                "learning rates and widths must be positive and ascend.",
                got=f"{self.adam_rates}, {self.sgd_rates}, {self.widths}",
            )
        if not 0 <= self.hold <= self.open_at <= 1 or not 0 < self.share < 1:
            raise DomainError(
                "a mask closes some, and opens in the course of the training.",
                got=f"share {self.share}, hold {self.hold}, open_at {self.open_at}",
                allowed="0 < share < 1, 0 <= hold <= open_at <= 1",
            )

    @classmethod
    def quick(cls) -> TippingSettings:
        """Return a small study that shows the same things in some seconds."""
        return cls(
            widths=(16, 64), adam_rates=(1e-3, 1e-2, 1e-1), sgd_rates=(), seeds=(0, 1), steps=80,
            looks=5,
        )  # fmt: skip

    @property
    def static_share(self) -> float:
        """Share that the static mask closes: the average over time of the lambda mask's."""
        return self.share * (self.hold + self.open_at) / 2

    def rates(self, optimizer: str) -> tuple[float, ...]:
        """Return the learning rates of an optimiser."""
        return {ADAM: self.adam_rates, SGD: self.sgd_rates}[optimizer]

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, as they are written beside the study."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


@dataclass(frozen=True)
class TippingRun:
    """One run, before it is done.

    Parameters
    ----------
    optimizer, masking : str
        How it is trained.
    width : int
        Hidden neurons.
    rate : float
        Learning rate.
    seed : int
        Of weights, batches and masks.
    recorded : bool
        Whether its hidden layer is recorded along the training.
    """

    optimizer: str
    width: int
    masking: str
    rate: float
    seed: int
    recorded: bool = False

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> TippingRun("adam", 64, "lambda", 0.01, 0).name
        'tipping-adam-n64-lambda-lr0.01-s0'
        """
        return f"{STUDY}-{self.optimizer}-n{self.width}-{self.masking}-lr{self.rate:g}-s{self.seed}"

    @property
    def recording_name(self) -> str:
        """Name of the folder of the recording of the hidden layer at all looks, if it is made."""
        return self.name if self.recorded else ""

    @property
    def along_name(self) -> str:
        """No other recording is made."""
        return ""


def plan_tipping(settings: TippingSettings) -> tuple[TippingRun, ...]:
    """Return all runs in the order of the runs table."""
    followed = settings.seeds[: settings.recorded_seeds]
    return tuple(
        TippingRun(optimizer, width, masking, rate, seed, recorded=seed in followed)
        for optimizer in (ADAM, SGD)
        for width in settings.widths
        for masking in settings.maskings
        for rate in settings.rates(optimizer)
        for seed in settings.seeds
    )
