"""Settings of the study of stamina, and the runs that it is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from activstats.errors import DomainError
from activstats.studies.checks import check_count, check_list

# What competes, and where the weights begin.
CONDITIONS = {
    "winner-take-all": (1, "random"),
    "random initialisation": (8, "random"),
    "data initialisation": (8, "data"),
}
SIGNALS: tuple[Literal["output", "firing"], ...] = ("output", "firing")


@dataclass(frozen=True)
class StaminaSettings:
    """Hebbian layers that lose neurons by stamina or by pruning, on the digits.

    Parameters
    ----------
    width : int
        Neurons before anything is taken out.
    seeds : tuple of int
        Of the initial weights and the order of samples.
    conditions : tuple of str
        Names of `CONDITIONS`.
    targets : tuple of int
        Neurons to be kept; a penalty is searched for each by bisection.
    ratios : tuple of float
        Penalties, as multiples of the median p*, that are tried for every seed.
    safe_ratio : float
        The ratio, one of `ratios`, at which the claim on unused neurons is judged.
    epochs, warm_up : int
        Epochs in all, and those before stamina begins.
    batch_size : int
        Samples of a step.
    learning_rate : float
        Of the Hebbian steps.
    tolerance : float
        Share of a target by which the neurons kept may differ from it.
    annealed_seeds : int
        Seeds of which the first target is also searched for by annealing.
    max_runs : int
        Runs of a search, at most.
    split_seed : int
        Of the splits.

    Raises
    ------
    DomainError
        If a setting is outside its domain.

    Examples
    --------
    >>> StaminaSettings().targets
    (16, 32, 64)
    """

    width: int = 128
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    conditions: tuple[str, ...] = tuple(CONDITIONS)
    targets: tuple[int, ...] = (16, 32, 64)
    ratios: tuple[float, ...] = (0.3, 1.0, 2.0)
    safe_ratio: float = 0.3
    epochs: int = 6
    warm_up: int = 1
    batch_size: int = 32
    learning_rate: float = 0.5
    tolerance: float = 0.05
    annealed_seeds: int = 2
    max_runs: int = 24
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("seeds", "conditions", "targets", "ratios"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            check_list(name, getattr(self, name))
        unknown = [one for one in self.conditions if one not in CONDITIONS]
        if unknown:
            raise DomainError(
                "there is no such condition.", got=unknown[0], allowed=", ".join(CONDITIONS)
            )
        for name in ("width", "epochs", "warm_up", "batch_size", "max_runs"):
            check_count(name, getattr(self, name), least=1)
        for seed in (*self.seeds, self.split_seed):
            check_count("seeds", seed, least=0)
        for target in self.targets:
            check_count("targets", target, least=2)
        if max(self.targets) >= self.width or self.epochs <= self.warm_up + 1:
            raise DomainError(
                "something must be taken out, and time must be left for it.",
                got=f"width {self.width}, targets {self.targets}, {self.epochs} epochs",
                allowed="targets below the width, epochs beyond warm_up + 1",
            )
        if self.safe_ratio not in self.ratios or min(self.ratios) <= 0:
            raise DomainError(
                "ratios are positive, and 'safe_ratio' is one of them.", got=self.ratios
            )

    @classmethod
    def quick(cls) -> StaminaSettings:
        """Return a small study that shows the same things in some seconds."""
        return cls(
            width=64, seeds=(0, 1), targets=(16,), ratios=(0.3,), epochs=3, batch_size=64,
            tolerance=0.15, annealed_seeds=1, max_runs=5,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, as they are written beside the study."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


@dataclass(frozen=True)
class StaminaRun:
    """All that is done with one initial layer: stamina, searches and prunings.

    Parameters
    ----------
    condition : str
        Name in `CONDITIONS`.
    seed : int
        Of weights and order.
    """

    condition: str
    seed: int

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> StaminaRun("winner-take-all", 3).name
        'stamina-winner-take-all-s3'
        """
        return f"stamina-{self.condition.replace(' ', '-')}-s{self.seed}"

    @property
    def recording_name(self) -> str:
        """Name of the folder of the recording of the layer that nothing was taken from."""
        return self.name

    @property
    def along_name(self) -> str:
        """Nothing more is recorded."""
        return ""


def plan_stamina(settings: StaminaSettings) -> tuple[StaminaRun, ...]:
    """Return the runs of the study in the order of its table."""
    return tuple(StaminaRun(one, seed) for one in settings.conditions for seed in settings.seeds)
