"""Parameters of a model as they are now, and what is kept of them from step to step."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from torch import nn

from activstats.errors import ActivstatsWarning, NothingRecordedError, RecorderError
from activstats.recorder.parameter_moments import RunningMoments
from activstats.recorder.parameter_output import ParameterOutput
from activstats.recording.parameter_info import ParameterInfo
from activstats.recording.parameter_tables import MOMENTS, SNAPSHOT, table_name


class ParameterWatch:
    """Observes chosen parameters and hands windows and snapshots of them over.

    Parameters
    ----------
    model : torch.nn.Module
    names : sequence of str
        Parameters to observe.
    moments : bool
        Whether to keep running moments.
    window : int, optional
        Steps in a window of moments; None for windows that are closed from outside.
    snapshots : int or "epoch", optional
        How often to take snapshots, in steps.
    gradients : bool
        Whether to observe gradients too.
    """

    def __init__(
        self,
        model: nn.Module,
        names: Sequence[str],
        *,
        moments: bool,
        window: int | None,
        snapshots: int | Literal["epoch"] | None,
        gradients: bool,
    ) -> None:
        self._model, self._names = model, names
        self._moments, self._window, self._snapshots = moments, window, snapshots
        self._of = ("weight", "gradient") if gradients else ("weight",)
        self._running: dict[tuple[str, str], RunningMoments] = {}
        self._met: set[str] = set()

    @property
    def never_met(self) -> list[str]:
        """What was to be observed and was never there."""
        return [of for of in self._of if of not in self._met]

    def infos(self) -> list[ParameterInfo]:
        """Return what there is to say of each parameter."""
        parameters = [(name, self._model.get_parameter(name)) for name in self._names]
        return [
            ParameterInfo(name, tuple(one.shape), str(one.dtype).removeprefix("torch."))
            for name, one in parameters
        ]

    def observe(self, output: ParameterOutput, step: int) -> None:
        """Take the parameters as they are at a step."""
        every = self._snapshots if isinstance(self._snapshots, int) else 0
        for name, of, values in self._now(output):
            self._met.add(of)
            if self._moments and not output.holds(name, table_name(MOMENTS, of), step):
                self._add(output, name, of, step, values)
            if every and step % every == 0:
                output.snapshot(name, table_name(SNAPSHOT, of), step, values)

    def snapshot(self, output: ParameterOutput, step: int) -> None:
        """Take a snapshot of all."""
        for name, of, values in self._now(output):
            output.snapshot(name, table_name(SNAPSHOT, of), step, values)

    def close_windows(self, output: ParameterOutput) -> None:
        """Hand over the windows that are open."""
        for (name, of), running in self._running.items():
            if running.n:
                output.moments(name, table_name(MOMENTS, of), *running.close())

    def _add(
        self, output: ParameterOutput, name: str, of: str, step: int, values: torch.Tensor
    ) -> None:
        running = self._running.setdefault((name, of), RunningMoments(tuple(values.shape)))
        last = running.last_step
        if self._window and last is not None and last // self._window != step // self._window:
            output.moments(name, table_name(MOMENTS, of), *running.close())
        running.add(step, values)

    def _now(self, output: ParameterOutput) -> Iterator[tuple[str, str, torch.Tensor]]:
        """Yield the parameters, and their gradients where there are any, as they are now."""
        for name in self._names:
            try:
                parameter = self._model.get_parameter(name)
            except AttributeError as error:
                raise RecorderError(f"the model has no parameter '{name}' any more.") from error
            of_now: dict[str, torch.Tensor | None] = {
                "weight": parameter,
                "gradient": parameter.grad,
            }
            for of in self._of:
                values = of_now[of]
                if values is None:
                    continue
                output.check_shape(name, tuple(values.shape))
                yield name, of, values.to_dense() if values.is_sparse else values


def check_recorded(watch: ParameterWatch, *, any_step: bool) -> None:
    """Refuse to end without a step, and say it where gradients were never there.

    Raises
    ------
    NothingRecordedError
        If no step was observed.
    """
    if not any_step:
        raise NothingRecordedError(
            "no step was recorded.", hint="recorder.step(step) after each optimizer.step()"
        )
    if watch.never_met:
        warnings.warn(
            "no gradient was there to record: call step() before gradients are cleared, "
            "or say gradients=False",
            ActivstatsWarning,
            stacklevel=3,
        )
