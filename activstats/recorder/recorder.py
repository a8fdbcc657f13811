"""The recorder: a context manager that reads activations where they arise and streams them to disk."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import numpy.typing as npt
import torch
from torch import nn

from activstats.errors import NothingRecordedError, RecorderError
from activstats.recorder.automatic import choice_note, selection_of
from activstats.recorder.batch import Batch, read_ids, read_mask, read_step
from activstats.recorder.compiled_models import check_not_traced, has_compiled
from activstats.recorder.device import REDUCE_ON, ReduceOn
from activstats.recorder.distinct import DistinctItems
from activstats.recorder.distributed import Processes
from activstats.recorder.finishing import Finisher
from activstats.recorder.hooks import Hooks
from activstats.recorder.identity import identity, versions
from activstats.recorder.layers import RecordedLayers
from activstats.recorder.matrix import SampleUnit
from activstats.recorder.recomputing import is_recomputing
from activstats.recorder.recurrent import Activations, batch_first
from activstats.recorder.sample_ids import split_ids
from activstats.recorder.settings import (
    MEBIBYTE,
    Mode,
    Rules,
    Settings,
    ValuesType,
    check_layers,
    read_rules,
)
from activstats.recorder.taps import Layers, Tap
from activstats.recorder.wrapped import bare
from activstats.recording.run_info import RunInfo
from activstats.recording.writer import RecordingWriter


class Recorder:
    """Records activations of a PyTorch model to a folder.

    Everything that passes a selected layer inside ``with recorder.batch():`` is reduced on the spot
    to counts, moments and, in mode ``"mask"``, one bit a neuron and sample; the activations
    themselves are kept in mode ``"values"`` alone. Memory does not grow with the number of samples.

    Parameters
    ----------
    model : torch.nn.Module
        Never changed; its hooks are removed when the recorder ends, however it ends. Layers of a
        model in `DistributedDataParallel` or `torch.compile` are called as they are without.
    path : path-like
        Folder of the recording.
    layers : pattern or sequence of patterns
        Globs (``"*.relu"``; ``"fc2:in"`` for a module's input; ``"lstm:out.0"`` for a tensor in a
        tuple; ``"*.mlp/relu"`` for a function that modules call), compiled regular expressions,
        module classes, or functions of (name, module). ``"auto"`` chooses the places behind
        activation functions; `chosen` says which.
    rule : str, Rule, or sequence of these, or mapping of layer to these
        When a neuron counts as activated; several are recorded in one pass.
    mode : {"counts", "mask", "values"}
        Whether to keep each neuron's bits over the samples too, or the activations themselves.
    sample_unit : {"item", "position"}, optional
        What one sample is where a layer has positions: an item of the batch (an image, a sequence;
        each neuron's largest activation over its positions) or a position (a pixel, a token). By
        default tokens of (batch, time, neurons), and images of (batch, channels, height, width).
    neuron_axis : int, optional
        Axis of the neurons: by default the last, or 1 for convolutions.
    overwrite, resume : bool
        What to do about a recording that is there: replace it, or go on with it. To go on, feed the
        same batches in the same order; what is recorded already is passed over.
    chunk_samples : int
        Most samples in a row of the recording, a multiple of 64.
    memory_limit : int
        Bytes that the recorder may take; shorter chunks and smaller files are written to keep to it.
    rotate_seconds : float
        A shard is finished at least this often while batches come, in seconds.
    values_dtype : {"float16", "float32"}, optional
        What activations are cast to in mode ``"values"``, after the rules have seen them: half
        precision by default. Layers of which less than a fifth is not 0 take rows of indices and
        values. `Recording.values` reads both.
    sample : tensor, tuple or dict, optional
        A small input of the model, for ``layers="auto"`` to trace it with: a tensor, a tuple of
        arguments, or a dict of them by name. Without it the choice goes by the modules' names and
        types, and calls of functions are taken as the first batch makes them.
    distributed : bool, optional
        Whether the processes of `torch.distributed` record together, into one folder: by default
        where there are several. All of them enter the recorder and bring as many batches.
    distinct_items : bool, optional
        Whether an item whose id was met before in the step, in any process, is left out: by default
        where several processes record together, since samplers repeat items to give each process
        equally many. It needs `sample_ids`.
    reduce_on : {"auto", "host", "device"}
        Where activations are reduced: where they are, or on the processor. By default those on an
        accelerator stay there, and their bits and sums alone are transferred.
    checkpoint : path-like, optional
        File that the weights are from; its hash is recorded.
    hash_weights : bool
        Whether to record a hash of the weights, which reads them once.
    notes : mapping, optional
        Anything to keep with the recording, as JSON.

    Raises
    ------
    LayerNotFoundError
        If a pattern matches no layer.
    RuleError, RecorderError
        If a rule or a setting makes no sense.
    RecordingExistsError, RecordingError
        On entering, if the folder is taken or cannot be written.
    NothingRecordedError
        On leaving, if a selected layer recorded nothing.

    Examples
    --------
    >>> import tempfile, torch
    >>> from activstats import open_recording
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU())
    >>> folder = tempfile.mkdtemp() + "/run"
    >>> with Recorder(model, folder, layers="1", rule="top_k(3)") as recorder:
    ...     for batch in torch.ones(4, 16, 8):
    ...         with recorder.batch():
    ...             _ = model(batch)
    >>> open_recording(folder).counts().n_samples
    64
    """

    def __init__(  # noqa: PLR0913  (settings of one face, all but two by name)
        self,
        model: nn.Module,
        path: str | os.PathLike[str],
        *,
        layers: Layers,
        rule: Rules = "top1%",
        mode: Mode = "counts",
        sample_unit: SampleUnit | None = None,
        neuron_axis: int | None = None,
        overwrite: bool = False,
        resume: bool = False,
        chunk_samples: int = 8192,
        memory_limit: int = 256 * MEBIBYTE,
        rotate_seconds: float = 30.0,
        values_dtype: ValuesType | None = None,
        sample: Any = None,
        distributed: bool | None = None,
        distinct_items: bool | None = None,
        reduce_on: ReduceOn = "auto",
        checkpoint: str | os.PathLike[str] | None = None,
        hash_weights: bool = True,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        if overwrite and resume:
            raise RecorderError("a recording is either overwritten or resumed.", got="both")
        self._settings = Settings(
            rules=read_rules(rule),
            mode=mode,
            sample_unit=sample_unit,
            neuron_axis=neuron_axis,
            chunk_samples=chunk_samples,
            memory_limit=memory_limit,
            values_type=values_dtype,
        )
        if reduce_on not in REDUCE_ON:
            raise RecorderError(
                "the recorder has no such reduce_on.",
                got=repr(reduce_on),
                allowed=", ".join(map(repr, REDUCE_ON)),
            )
        self.path = os.fspath(path)
        self._called, model = model, bare(model)
        self._model = model
        self._processes = Processes(together=distributed)
        self._distinct_items = distinct_items
        self._distinct: DistinctItems | None = None
        self._reduce_on: ReduceOn = reduce_on
        self._selection = selection_of(model, layers, sample)
        check_layers(
            self._selection.rules_known_before(self._settings.rules),
            [tap.layer(0) for tap in self._selection.taps],
        )
        self._open = {"overwrite": overwrite, "resume": resume}
        self._rotate_seconds = rotate_seconds
        self._identity = identity(model, checkpoint, hash_weights=hash_weights)
        self._notes = _as_json(notes)
        self._noted = False
        self._hooks = Hooks(self._selection, self._read)
        self._batch: Batch | None = None
        self._broken = False
        self._met_any = False
        self._step = -1
        self._ids_kind: str | None = None
        self._writer: RecordingWriter | None = None
        self._finisher: Finisher | None = None
        self._layers: RecordedLayers | None = None

    # -- life ------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        check_not_traced(self._called, self._hooks.chosen)
        self._processes.__enter__()
        try:
            self._start()
        except BaseException:
            self._processes.close()
            raise
        return self

    def _start(self) -> None:
        processes = self._processes
        hint = "load the same weights in all; distributed=False where each records for itself"
        for what in ("config_sha256", "weights_sha256"):
            processes.agree("their models", self._identity[what], hint)
        several = processes.world > 1
        if self._distinct_items or (several and self._distinct_items is None):
            self._distinct = DistinctItems(processes)
        info = RunInfo(
            mode=self._settings.mode,
            chunk_samples=self._settings.chunk_samples,
            model=self._identity,
            created=processes.gather(datetime.now(UTC).isoformat(timespec="seconds"))[0],
            rank=processes.rank,
            world=processes.world,
            versions=versions(),
            notes=self._notes,
            values_dtype=self._settings.values_dtype,
        )
        writer = processes.in_turn(
            lambda: RecordingWriter(
                self.path,
                info,
                rotate_bytes=self._settings.rotate_bytes,
                rotate_seconds=self._rotate_seconds,
                **self._open,
            )
        )
        self._writer = writer
        self._finisher = Finisher(
            writer,
            with_bits=self._settings.mode == "mask",
            most_bytes=self._settings.chunk_bytes,
        )
        weights = self._identity.get("weights_sha256")
        self._layers = RecordedLayers(
            self._settings, writer, self._finisher, weights, self._reduce_on
        )
        self._hooks.attach()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hooks.detach()
        layers, writer = self._recorded(), self._writing()
        self._writer = None
        try:
            self._finish(layers, writer, error)
        finally:
            self._finishing().close()
            writer.close()
            self._processes.close()
        if error is None:
            self._check_all_recorded(layers.fired())

    def _finish(
        self, layers: RecordedLayers, writer: RecordingWriter, error: BaseException | None
    ) -> None:
        finisher = self._finishing()
        finisher.wait()
        if writer.failed:
            return  # broken off while writing: what is on the disk has no gaps, and must get none
        failed = finisher.failed
        if not failed:
            layers.close()
        layers.describe()
        if failed:
            writer.flush()  # of what was handed over before the failure
        else:
            finisher.flush()
        if not writer.discard_if_empty():
            self._note_status(writer, error)

    @staticmethod
    def _note_status(writer: RecordingWriter, error: BaseException | None) -> None:
        status = "complete" if error is None else "interrupted"
        writer.write_info(writer.info.with_(status=status))

    def _check_all_recorded(self, fired: set[Tap]) -> None:
        silent = [tap.layer(0) for tap in self._hooks.chosen if tap not in fired]
        silent += self._hooks.unmatched()
        if not silent or (self._selection.automatic and fired):
            return
        if self._step < 0:
            hint = "run the model inside `with recorder.batch():`"
        elif self._hooks.unmatched():
            hint = (
                "calls inside of fused or scripted functions and in other threads are not seen; "
                "`activstats trace` lists those that are"
            )
        elif fired:
            hint = "they ran on no sample, or not at all; leave them out of `layers`"
        else:
            hint = (
                "feed at least one sample that the mask does not leave out; a copy of the model has "
                "no hooks, and a model compiled before recording passes them over"
            )
        raise NothingRecordedError(
            "selected layers recorded nothing.", got=", ".join(silent), hint=hint
        )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of what is recorded, calls of functions as the first batches have met them."""
        return tuple(tap.layer(0) for tap in self._hooks.chosen)

    # -- batches ---------------------------------------------------------------------------------

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
        """
        self._check_open()
        said = split_ids(sample_ids)
        ids = read_ids(said.ids, self._ids_kind)
        self._batch = Batch(read_step(step, self._step), read_mask(mask), ids, tokens=said.tokens)
        self._leave_out_repeated(self._batch)
        self._step = self._batch.step
        self._ids_kind = ids.dtype.kind if ids is not None else self._ids_kind
        self._broken = True  # until the batch is whole, however it may be broken off
        try:
            with self._hooks.watching():
                yield
            self._hooks.settle()
            self._check_seen(self._batch)
        finally:
            self._batch = None
        self._rotate()
        self._broken = False

    def _leave_out_repeated(self, batch: Batch) -> None:
        """Leave out the items that were met before, in this process or another."""
        if self._distinct is None:
            return
        try:
            new = self._distinct.of(batch.step, batch.sample_ids)
        except BaseException:
            self._batch = None
            raise
        if new is not None and not new.all():
            batch.items = torch.from_numpy(new)

    def _check_seen(self, batch: Batch) -> None:
        """Say at once that a first batch has passed by: a model may be compiled where none looks."""
        self._met_any = self._met_any or bool(batch.calls)
        if not self._met_any and has_compiled():
            raise NothingRecordedError(
                "no selected layer was seen in the first batch, and something was compiled.",
                hint="a copy of the model has no hooks, and a function compiled around it passes over "
                "hooks that come later: begin to record before it runs for the first time, call "
                "torch.compiler.reset() and begin then, or run the model as it is",
            )

    def shared(self) -> tuple[RecordingWriter, Finisher]:
        """Return what writes the recording, for others that write to it while it is open.

        Raises
        ------
        RecorderError
            If it is not open.
        """
        return self._writing(), self._finishing()

    def _check_open(self) -> None:
        self._writing()
        if self._batch is not None:
            raise RecorderError("a batch is open already.", hint="one forward pass a batch")
        if self._broken:
            raise RecorderError(
                "an earlier batch was broken off, and some layers have it while others do not.",
                hint="leave the recorder, then record again with resume=True and the same batches",
            )

    def _rotate(self) -> None:
        layers, finisher = self._recorded(), self._finishing()
        layers.describe()
        self._note_choice()
        layers.keep_to_limit()
        if self._writing().is_due:
            layers.close()
            finisher.flush()
        else:
            finisher.flush_if_full()

    def _note_choice(self) -> None:
        """Say in `_run.json`, once the first batch has run, what the package chose."""
        if self._noted or not self._selection.automatic:
            return
        self._noted = True
        info = self._writing().info
        notes = {"layers": choice_note(self.chosen, self._selection.modules)} | info.notes
        self._writing().write_info(info.with_(notes=notes))

    def _writing(self) -> RecordingWriter:
        if self._writer is None:
            raise RecorderError("the recorder is not open.", hint="with Recorder(…) as recorder:")
        return self._writer

    def _finishing(self) -> Finisher:
        assert self._finisher is not None  # made together with the writer
        return self._finisher

    def _recorded(self) -> RecordedLayers:
        assert self._layers is not None  # made together with the writer
        return self._layers

    def _read(self, tap: Tap, value: Activations) -> None:
        batch = self._batch
        if batch is None or is_recomputing():
            return
        tensor, mask = batch_first(value, tap, batch.mask)
        layer = self._recorded().at(tap, batch.calls[tap], tensor, batch.step)
        batch.calls[tap] += 1
        layer.add(
            tensor,
            step=batch.step,
            mask=mask,
            sample_ids=batch.sample_ids,
            tokens=batch.tokens,
            items=batch.items,
        )


def _as_json(notes: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(json.dumps(dict(notes or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise RecorderError("notes must be what JSON can hold.", got=str(error)) from error
    return kept
