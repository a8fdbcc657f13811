"""A probe: the same data recorded again and again beside a training, which does not notice."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable
from typing import Any, Literal, get_args

from torch import nn

from activstats.errors import ActivstatsError, RecorderError, RecordingStoppedWarning
from activstats.recorder.data import record_batches
from activstats.recorder.probe_data import repeatable
from activstats.recorder.settings import Rules
from activstats.recorder.stepwise import StepRecorder
from activstats.recorder.taps import Layers
from activstats.recorder.undisturbed import undisturbed

OnError = Literal["warn", "raise"]


class Probe:
    """Records a fixed set of data at some steps of a training into one recording.

    The model runs in evaluation mode and without gradients; modes, buffers, random states and gradients
    are afterwards what they were, and between the steps nothing is hooked onto the model. Each step is
    on the disk when it is done.

    Parameters
    ----------
    out : path-like
        Folder of the recording.
    data
        The probe set; see `repeatable`.
    layers, rule
        As for `Recorder`.
    batch_size : int
        Items a batch, where the data are not in batches.
    run : callable, optional
        Called as ``run(model, *inputs)`` to run the model, where calling it is not enough.
    on_error : {"warn", "raise"}
        What to do if a recording fails after the first one succeeded, on a full disk for example: stop
        recording with a warning, or stop the training too.
    **settings
        All other settings of `Recorder`.
    """

    def __init__(
        self,
        out: str | os.PathLike[str],
        data: Any,
        *,
        layers: Layers,
        rule: Rules = "top1%",
        batch_size: int = 256,
        run: Callable[..., Any] | None = None,
        on_error: OnError = "warn",
        **settings: Any,
    ) -> None:
        if on_error not in get_args(OnError):
            raise RecorderError(
                "there is no such way to meet an error.", got=repr(on_error), allowed="warn, raise"
            )
        self._batches = repeatable(data, batch_size)
        self._run = run
        self._on_error = on_error
        self._settings = {"layers": layers, "rule": rule, "hash_weights": False, **settings}
        self._out = os.fspath(out)
        self._recorder: StepRecorder | None = None
        self._recorded = -1

    @property
    def is_open(self) -> bool:
        """Whether the training that goes on is being recorded."""
        return self._recorder is not None

    def open(self, model: nn.Module) -> None:
        """Begin to record a training, or go on where an earlier one of the same probe ended.

        Raises
        ------
        ActivstatsError
            If the model is spread over processes, there are no such layers, or the folder is taken.
        """
        _check_whole(model)
        if self._recorded >= 0:
            self._settings |= {"resume": True, "overwrite": False}
        recorder = StepRecorder(model, self._out, **self._settings)
        self._recorder = recorder.__enter__()

    def record(self, model: nn.Module, step: int, *, run: Callable[..., Any] | None = None) -> None:
        """Record a step, unless it or a later one is recorded already.

        Parameters
        ----------
        model : torch.nn.Module
            The one that `open` was given.
        step : int
        run : callable, optional
            What is called with the inputs where the probe was given nothing to run.

        Raises
        ------
        ActivstatsError
            If it fails at the first step, or `on_error` is ``"raise"``.

        Warns
        -----
        RecordingStoppedWarning
            If it fails later.
        """
        if self._recorder is None or step <= self._recorded:
            return
        run = run if self._run is None else lambda *args, **kw: self._run(model, *args, **kw)  # type: ignore[misc]  # it is not None
        try:
            with undisturbed(model), self._recorder.step():
                record_batches(model, self._recorder, self._batches(), step=step, run=run)
        except BaseException as error:  # noqa: BLE001  (an interrupt must not leave it open)
            self._broken_off(error, step)
        else:
            self._recorded = step

    def close(self, error: BaseException | None = None) -> None:
        """End the recording; as interrupted, if the training ended with an error."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None and self._recorded < 0 and error is None:
            error = RecorderError("the training ended before anything was recorded.")
        if recorder is not None:
            kind = None if error is None else type(error)
            recorder.__exit__(kind, error, None)

    def _broken_off(self, error: BaseException, step: int) -> None:
        with contextlib.suppress(ActivstatsError):  # the same disk, most likely
            self.close(error)
        if (
            not isinstance(error, ActivstatsError)
            or self._recorded < 0
            or self._on_error == "raise"
        ):
            raise error
        warnings.warn(
            f"the recording '{self._out}' was broken off at step {step}, the training goes on: "
            f"{error.one_line()}",
            RecordingStoppedWarning,
            stacklevel=4,
        )


def _check_whole(model: nn.Module) -> None:
    """Refuse a model whose weights lie in parts in several processes.

    Only one process records, and to run such a model all of them must.
    """
    sharded = any(
        type(parameter).__name__ == "DTensor" or hasattr(parameter, "ds_id")
        for parameter in model.parameters()
    ) or any(type(module).__name__ == "FullyShardedDataParallel" for module in model.modules())
    if sharded:
        raise RecorderError(
            "a model whose weights are spread over processes cannot be recorded while it trains.",
            got="FSDP, tensor parallelism or ZeRO-3",
            hint="save checkpoints, and record them afterwards with record_checkpoints",
        )
