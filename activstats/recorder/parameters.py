"""The parameter recorder: snapshots and running moments of weights, biases and gradients."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self

import torch
from torch import nn

from activstats.errors import RecorderError
from activstats.recorder.batch import read_step
from activstats.recorder.parameter_opening import Opening, opened
from activstats.recorder.parameter_output import ParameterOutput
from activstats.recorder.parameter_selection import Parameters, find_parameters
from activstats.recorder.parameter_settings import EPOCH, check_opening, check_settings
from activstats.recorder.parameter_watch import ParameterWatch, check_recorded
from activstats.recorder.recorder import Recorder
from activstats.recorder.settings import MEBIBYTE


class ParameterRecorder:
    """Records parameters of a model while it is trained.

    Of each weight it keeps the mean, the variance and the trend over windows of steps, from which the
    fluctuation around a straight line follows exactly, and snapshots at wider intervals.

    Parameters
    ----------
    model : torch.nn.Module
        Never changed.
    path : path-like or Recorder
        Folder of a recording of its own, or an open `Recorder` to whose recording the parameters are
        added; leave this recorder first then. Where several processes train together, one is enough.
    parameters : pattern or sequence of patterns
        Globs (``"*.weight"``), compiled regular expressions, module classes, or functions of
        (name, parameter).
    moments : bool
        Whether to keep moments: 24 bytes a weight in memory, as many for its gradient.
    window : int, optional
        Steps of a window of moments: steps s and t share one where s // window = t // window. By
        default a window ends with each epoch.
    snapshots : int or "epoch", optional
        Whether to keep the weights themselves, at every step that this number divides or at the end of
        each epoch; None for not at all.
    gradients : bool
        Whether to keep the same of gradients. They are read in `step`, so call it before they are
        cleared; those that are None are passed over.
    overwrite, resume : bool
        What to do about a recording that is there: replace it, or go on with it. Steps that are on the
        disk already are passed over.
    memory_limit : int
        Bytes that may wait to be written.
    rotate_seconds : float
        A shard is finished at least this often while steps come, in seconds.
    notes : mapping, optional
        Anything to keep with the recording, as JSON.

    Raises
    ------
    LayerNotFoundError
        If a pattern matches no parameter.
    RecorderError
        If a setting makes no sense.
    RecordingExistsError, RecordingError
        On entering, if the folder is taken or cannot be written.
    NothingRecordedError
        On leaving, if no step was recorded.

    Examples
    --------
    >>> import tempfile
    >>> from activstats import open_recording
    >>> model = nn.Linear(3, 2)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> folder = tempfile.mkdtemp() + "/run"
    >>> with ParameterRecorder(model, folder, parameters="weight", snapshots=5) as recorder:
    ...     for step in range(10):
    ...         model(torch.ones(4, 3)).square().mean().backward()
    ...         optimizer.step()
    ...         recorder.step(step)
    ...         optimizer.zero_grad()
    >>> moments = open_recording(folder).parameters("weight", kind="moments")
    >>> moments.sd(detrend=True).shape, moments.n
    ((1, 2, 3), array([10]))
    """

    def __init__(  # noqa: PLR0913  (settings of one face, all but two by name)
        self,
        model: nn.Module,
        path: str | os.PathLike[str] | Recorder,
        *,
        parameters: Parameters = "*",
        moments: bool = True,
        window: int | None = None,
        snapshots: int | Literal["epoch"] | None = EPOCH,
        gradients: bool = True,
        overwrite: bool = False,
        resume: bool = False,
        memory_limit: int = 256 * MEBIBYTE,
        rotate_seconds: float = 30.0,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        check_settings(moments=moments, window=window, snapshots=snapshots)
        check_opening(
            is_shared=isinstance(path, Recorder), overwrite=overwrite, resume=resume,
            memory_limit=memory_limit,
        )  # fmt: skip
        self._model, self._path = model, path
        self._window, self._snapshots = window, snapshots
        self._watch = ParameterWatch(
            model, find_parameters(model, parameters), moments=moments, window=window,
            snapshots=snapshots, gradients=gradients,
        )  # fmt: skip
        self._opening = Opening(overwrite, resume, memory_limit, rotate_seconds, dict(notes or {}))
        self._step = -1
        self._since_epoch = 0
        self._output: ParameterOutput | None = None

    # -- life ------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._output = opened(self._path, self._model, self._opening)
        try:
            self._output.describe(self._watch.infos())
        except BaseException:
            self._output.abandon()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        output = self._writing()
        self._output = None
        try:
            if not output.failed:
                self._watch.close_windows(output)
        finally:
            output.close(error)
        if error is None:
            check_recorded(self._watch, any_step=self._step >= 0)

    # -- steps -----------------------------------------------------------------------------------

    def step(self, step: int | None = None) -> None:
        """Observe the parameters as they are now: after the optimizer's step, say.

        Parameters
        ----------
        step : int, optional
            Number of the step, larger than the one before; one more than it if left out. Trends run
            along it.

        Raises
        ------
        RecorderError
            If the recorder is not open, the step does not go on, or a parameter is gone or has another
            shape.
        RecordingError
            If the disk refuses.
        """
        output = self._writing()
        number = read_step(self._step + 1 if step is None else step, self._step)
        if number == self._step:
            raise RecorderError("a step is observed once.", got=f"step {number} again")
        self._step = number
        self._since_epoch += 1
        with torch.inference_mode(mode=False), torch.no_grad():
            self._watch.observe(output, number)
        output.rotate()

    def epoch(self) -> None:
        """End an epoch: its window of moments, and a snapshot if they are made so.

        Where no step was observed since the last epoch, the epoch is a step itself, and windows go on.
        """
        output = self._writing()
        steps = self._since_epoch
        if not steps:
            self.step()
        self._since_epoch = 0
        if steps and self._window is None:
            self._watch.close_windows(output)
        if self._snapshots == EPOCH:
            self._watch.snapshot(output, self._step)
        output.rotate()

    def _writing(self) -> ParameterOutput:
        if self._output is None:
            raise RecorderError(
                "the recorder is not open.", hint="with ParameterRecorder(…) as recorder:"
            )
        return self._output
