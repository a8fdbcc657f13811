"""What a recorder does from when it is entered until it is left, and its batches between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy.typing as npt
import torch
from torch import nn

from activstats.errors import RecorderError
from activstats.recorder.automatic import choice_note
from activstats.recorder.batches import Batches
from activstats.recorder.compiled_models import check_not_traced
from activstats.recorder.distributed import Processes
from activstats.recorder.finishing import Finisher
from activstats.recorder.hooks import Hooks
from activstats.recorder.plan import Plan
from activstats.recorder.recomputing import is_recomputing
from activstats.recorder.recurrent import Activations
from activstats.recorder.selection import Selection
from activstats.recorder.session import Session
from activstats.recorder.silent import check_all_recorded
from activstats.recorder.taps import Tap
from activstats.recorder.wrapped import bare
from activstats.recording.writer import RecordingWriter


class RecorderLife:
    """The part of `Recorder` that runs; what it is asked to do has been checked.

    Parameters
    ----------
    model : torch.nn.Module
        As it will be called.
    selection : Selection
        What to record of it.
    plan : Plan
    processes : Processes
        Those that record together.
    """

    def __init__(
        self, model: nn.Module, selection: Selection, plan: Plan, processes: Processes
    ) -> None:
        self.path = plan.path
        self._called, self._model = model, bare(model)
        self._selection, self._plan, self._processes = selection, plan, processes
        self._hooks = Hooks(selection, self._read)
        self._batches = Batches()
        self._session: Session | None = None
        self._noted = False

    def __enter__(self) -> Self:
        check_not_traced(self._called, self._hooks.chosen)
        self._processes.__enter__()
        try:
            self._session = Session(self._plan, self._processes)
            self._hooks.attach()
        except BaseException:
            self._processes.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hooks.detach()
        session = self._open_session()
        self._session = None
        try:
            session.close(error)
        finally:
            self._processes.close()
        if error is None:
            self._check_all_recorded(session)

    def _check_all_recorded(self, session: Session) -> None:
        fired, any_batch = session.layers.fired(), self._batches.any_begun
        check_all_recorded(self._hooks, self._selection, fired, any_batch=any_batch)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of what is recorded, calls of functions as the first batches have met them."""
        return tuple(tap.layer(0) for tap in self._hooks.chosen)

    def shared(self) -> tuple[RecordingWriter, Finisher]:
        """Return what writes the recording, for others that write to it while it is open.

        Raises
        ------
        RecorderError
            If it is not open.
        """
        session = self._open_session()
        return session.writer, session.finisher

    @contextlib.contextmanager
    def batch(
        self,
        *,
        step: int = 0,
        sample_ids: Sequence[int]
        | Sequence[str]
        | Mapping[str, Any]
        | npt.ArrayLike
        | torch.Tensor
        | None = None,
        mask: npt.ArrayLike | torch.Tensor | None = None,
    ) -> Iterator[None]:
        """Record the forward pass that runs inside.

        Parameters
        ----------
        step : int
            Training step, not negative and never lower than the one before. Samples of one step are
            numbered from 0 and counted together.
        sample_ids : sequence of int or str, shape (n_items,), or mapping, optional
            Where the items are from; kept in a table beside the counts. A mapping (or a structured
            array) has them under ``"document"`` and, under ``"token"``, the token at each position.
        mask : array_like or tensor of bool, shape (n_items,) or that of the positions, optional
            True for what counts; tokens of padding, for example, do not.

        Raises
        ------
        RecorderError
            If batches are nested, the recorder is not open, a batch before this one was broken off,
            the step goes back, or mask or ids make no sense; while the model runs, if a layer gives
            no activations or they do not fit the mask.
        RuleError
            While the model runs, if a rule does not fit a layer.
        RecordingError
            If the disk refuses.

        Notes
        -----
        While calls of functions are recorded, what `torch.compile` compiled runs as it was written:
        ``torch.compiler.set_stance("force_eager")`` holds for the process until the batch ends.
        """
        session, batches = self._open_session(), self._batches
        batches.begin(step, sample_ids, mask, session.distinct)
        try:
            with self._hooks.watching():
                yield
            self._hooks.settle()
            batches.check_seen()
        finally:
            batches.end()
        session.layers.describe()
        self._note_choice(session)
        session.rotate()
        batches.note_whole()

    def _note_choice(self, session: Session) -> None:
        """Say in `_run.json`, once the first batch has run, what the package chose."""
        if self._selection.automatic and not self._noted:
            self._noted = True
            session.note({"layers": choice_note(self.chosen, self._selection.modules)})

    def _read(self, tap: Tap, value: Activations) -> None:
        batch = self._batches.current
        if batch is not None and not is_recomputing():
            self._open_session().read(tap, value, batch)

    def _open_session(self) -> Session:
        if self._session is None:
            raise RecorderError("the recorder is not open.", hint="with Recorder(…) as recorder:")
        return self._session
