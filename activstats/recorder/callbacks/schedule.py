"""When a training is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from activstats.errors import RecorderError


@dataclass(frozen=True)
class Schedule:
    """The steps and epochs at whose end a training is recorded.

    Parameters
    ----------
    every_n_steps : int, optional
        After each n-th step of the optimizer.
    every_n_epochs : int, optional
        At the end of each n-th epoch; of each one, if neither is said.
    at_start, at_end : bool
        Whether before the first step and after the last one, too.
    """

    every_n_steps: int | None = None
    every_n_epochs: int | None = None
    at_start: bool = True
    at_end: bool = True

    def __post_init__(self) -> None:
        for name in ("every_n_steps", "every_n_epochs"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 1):
                raise RecorderError(
                    f"{name} must be a whole number from 1 on.", got=repr(value), allowed="1, 2, …"
                )

    def has_step(self, step: int) -> bool:
        """Return whether a step of the optimizer is followed by a recording."""
        return bool(self.every_n_steps) and step % (self.every_n_steps or 1) == 0

    def has_epoch(self, n_epochs: int) -> bool:
        """Return whether the end of an epoch is; so many epochs are finished then."""
        every = self.every_n_epochs or (None if self.every_n_steps else 1)
        return every is not None and n_epochs > 0 and n_epochs % every == 0
