"""The recorder: a context manager that reads activations where they arise and streams them to disk."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from activstats.errors import NothingRecordedError, RecorderError, RecordingError
from activstats.recorder.chunk import LayerBuffer
from activstats.recorder.identity import autocast_type, identity, versions
from activstats.recorder.layer import LayerRecorder, Place
from activstats.recorder.matrix import SampleUnit, reading_of
from activstats.recorder.settings import MEBIBYTE, Mode, Rules, Settings, read_rules
from activstats.recorder.taps import Layers, Tap, find_taps, tensor_at
from activstats.recording.layout import STATS
from activstats.recording.run_info import LayerInfo, RunInfo
from activstats.recording.writer import RecordingWriter


@dataclass
class _Batch:
    step: int
    mask: torch.Tensor | None
    sample_ids: npt.NDArray[np.generic] | None
    calls: Counter[Tap] = field(default_factory=Counter)


class Recorder:
    """Records activations of a PyTorch model to a folder.

    Everything that passes a selected layer inside ``with recorder.batch():`` is reduced on the spot
    to counts, moments and, in mode ``"mask"``, one bit a neuron and sample; the activations
    themselves are not kept. Memory does not grow with the number of samples.

    Parameters
    ----------
    model : torch.nn.Module
        Never changed; its hooks are removed when the recorder ends, however it ends.
    path : path-like
        Folder of the recording.
    layers : pattern or sequence of patterns
        Globs (``"*.relu"``; ``"fc2:in"`` for a module's input; ``"lstm:out.0"`` for a tensor in a
        tuple), compiled regular expressions, module classes, or functions of (name, module).
    rule : str, Rule, or sequence of these, or mapping of layer to these
        When a neuron counts as activated; several are recorded in one pass.
    mode : {"counts", "mask"}
        Whether to keep each neuron's bits over the samples too.
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

    def __init__(
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
        )
        self.path = os.fspath(path)
        self._model = model
        self._taps = find_taps(model, layers)
        self._open = {"overwrite": overwrite, "resume": resume}
        self._rotate_seconds = rotate_seconds
        self._identity = identity(model, checkpoint, hash_weights=hash_weights)
        self._notes = dict(notes or {})
        self._handles: list[RemovableHandle] = []
        self._layers: dict[str, LayerRecorder] = {}
        self._batch: _Batch | None = None
        self._step = -1
        self._writer: RecordingWriter | None = None

    # -- life ------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        info = RunInfo(
            mode=self._settings.mode,
            chunk_samples=self._settings.chunk_samples,
            model=self._identity,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=versions(),
            notes=self._notes,
        )
        self._writer = RecordingWriter(
            self.path,
            info,
            rotate_bytes=self._settings.rotate_bytes,
            rotate_seconds=self._rotate_seconds,
            **self._open,
        )
        if self._writer.info.mode != self._settings.mode:
            raise RecorderError(
                f"'{self.path}' was recorded in another mode and cannot be resumed in this one.",
                got=self._settings.mode,
                allowed=self._writer.info.mode,
            )
        try:
            self._attach()
        except BaseException:
            self._detach()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._detach()
        if isinstance(error, RecordingError):
            return  # the disk has failed: writing more would fail again and hide why
        self._finish("complete" if error is None else "interrupted")
        if error is None:
            self._check_all_recorded()

    def _attach(self) -> None:
        for tap in self._taps:
            if tap.port == "in":
                handle = tap.module.register_forward_pre_hook(
                    self._input_hook(tap), with_kwargs=True
                )
            else:
                handle = tap.module.register_forward_hook(self._output_hook(tap))
            self._handles.append(handle)

    def _detach(self) -> None:
        while self._handles:
            self._handles.pop().remove()

    def _finish(self, status: str) -> None:
        writer = self._writing()
        for layer in self._layers.values():
            layer.close()
        writer.flush()
        writer.write_info(writer.info.with_(status=status))

    def _check_all_recorded(self) -> None:
        fired = {layer.info.path for layer in self._layers.values() if layer.n_samples}
        silent = [tap.layer(0) for tap in self._taps if tap.path not in fired]
        if not silent:
            return
        if self._step < 0:
            hint = "run the model inside `with recorder.batch():`"
        elif any(layer.info.path in {tap.path for tap in self._taps} for layer in self._layers.values()):
            hint = "these modules ran on no sample, or not at all; leave them out of `layers`"
        else:
            hint = (
                "the modules were never called: a model compiled before recording passes its hooks "
                "over, and another copy of the model has none"
            )
        raise NothingRecordedError(
            "selected layers recorded nothing.", got=", ".join(silent), hint=hint
        )

    # -- batches ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def batch(
        self,
        *,
        step: int = 0,
        sample_ids: Sequence[int] | Sequence[str] | npt.ArrayLike | torch.Tensor | None = None,
        mask: npt.ArrayLike | torch.Tensor | None = None,
    ) -> Iterator[None]:
        """Record the forward pass that runs inside.

        Parameters
        ----------
        step : int
            Training step, not negative and never lower than the one before. Samples of one step are
            numbered from 0 and counted together.
        sample_ids : sequence of int or str, shape (n_items,), optional
            Where the items are from; kept in a table beside the counts.
        mask : array_like or tensor of bool, shape (n_items,) or that of the positions, optional
            True for what counts; tokens of padding, for example, do not.

        Raises
        ------
        RecorderError
            If batches are nested, the recorder is not entered, or the step goes back.
        """
        self._begin(step)
        self._batch = _Batch(step, _as_mask(mask), _as_ids(sample_ids))
        known = len(self._layers)
        try:
            yield
        finally:
            self._batch = None
        if len(self._layers) > known:
            self._describe_layers()
        self._writing().rotate()

    def _begin(self, step: int) -> None:
        self._writing()
        if self._batch is not None:
            raise RecorderError("a batch is open already.", hint="one forward pass a batch")
        if step != int(step) or step < max(self._step, 0):
            raise RecorderError(
                "a step must be a whole number that does not go back.",
                got=f"step {step} after {self._step}" if self._step >= 0 else f"step {step}",
            )
        self._step = int(step)

    def _writing(self) -> RecordingWriter:
        if self._writer is None:
            raise RecorderError("the recorder is not open.", hint="with Recorder(…) as recorder:")
        return self._writer

    # -- hooks -----------------------------------------------------------------------------------

    def _input_hook(self, tap: Tap) -> Any:
        def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._read(tap, args or kwargs)

        return hook

    def _output_hook(self, tap: Tap) -> Any:
        def hook(_: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
            self._read(tap, output)

        return hook

    def _read(self, tap: Tap, value: Any) -> None:
        """Reduce a tensor inside the hook: an in-place operation may overwrite it right after."""
        batch = self._batch
        if batch is None:
            return
        tensor = tensor_at(value, tap)
        name = tap.layer(batch.calls[tap])
        if name not in self._layers:
            self._layers[name] = self._new_layer(tap, batch.calls[tap], tensor)
        batch.calls[tap] += 1
        self._layers[name].add(
            tensor, step=batch.step, mask=batch.mask, sample_ids=batch.sample_ids
        )

    def _new_layer(self, tap: Tap, call: int, tensor: torch.Tensor) -> LayerRecorder:
        name = tap.layer(call)
        settings, writer = self._settings, self._writing()
        reading = reading_of(tensor, name, settings.neuron_axis, settings.sample_unit)
        rules = settings.rules_of(name)
        info = LayerInfo(
            layer=name,
            path=tap.path,
            call=call,
            port=tap.port,
            tuple_path=tap.tuple_path,
            dtype=str(tensor.dtype).removeprefix("torch."),
            shape=tuple(tensor.shape),
            neuron_axis=reading.neuron_axis,
            n_neurons=tensor.shape[reading.neuron_axis],
            sample_unit=reading.sample_unit,
            training=tap.module.training,
            rules=tuple(rule.name for rule in rules),
        )
        buffer = LayerBuffer(
            info.n_neurons,
            rules,
            capacity=settings.capacity(info.n_neurons, len(self._taps)),
            with_bits=settings.mode == "mask",
        )
        return LayerRecorder(info, reading, buffer, writer, self._place_of(info))

    def _place_of(self, info: LayerInfo) -> Place:
        """Return what a resumed recording already holds of a layer."""
        writer = self._writing()
        known = {layer.layer: layer for layer in writer.info.layers}
        if not writer.resumed.entries and not known:
            return Place()
        before = known.get(info.layer)
        if before is None or (before.n_neurons, before.rules, before.sample_unit) != (
            info.n_neurons, info.rules, info.sample_unit,
        ):  # fmt: skip
            raise RecorderError(
                f"'{self.path}' cannot be resumed: layer '{info.layer}' is not the one recorded there.",
                got=f"N = {info.n_neurons}, {', '.join(info.rules)}",
                allowed=f"N = {before.n_neurons}, {', '.join(before.rules)}"
                if before
                else ", ".join(known),
                hint="the same layers, rules and sample_unit; or record into a new folder",
            )
        shards = [e for e in writer.resumed.entries if e.stream.kind == STATS and e.stream.layer == info.layer]
        if not shards:
            return Place()
        newest = max(shards, key=lambda entry: entry.last)
        chunks = pq.read_table(os.path.join(self.path, newest.path), columns=["chunk"])["chunk"]
        return Place(newest.last[0], newest.last[1] + 1, chunks[-1].as_py() + 1)

    def _describe_layers(self) -> None:
        """Bring `_run.json` up to date; layers of an earlier, resumed recording stay in it."""
        writer = self._writing()
        known = {layer.layer: layer for layer in writer.info.layers}
        known |= {name: layer.info for name, layer in self._layers.items() if name not in known}
        layers = tuple(known.values())
        if layers != writer.info.layers:
            writer.write_info(writer.info.with_(layers=layers, autocast=autocast_type()))


def _as_mask(mask: Any) -> torch.Tensor | None:
    return None if mask is None else torch.as_tensor(np.asarray(mask) if not isinstance(mask, torch.Tensor) else mask)


def _as_ids(ids: Any) -> npt.NDArray[np.generic] | None:
    if ids is None:
        return None
    array = ids.detach().cpu().numpy() if isinstance(ids, torch.Tensor) else np.asarray(ids)
    if array.ndim != 1 or array.dtype.kind not in "iuUO":
        raise RecorderError(
            "sample_ids must be whole numbers or strings, one an item of the batch.",
            got=f"{array.dtype} of shape {array.shape}",
        )
    return array
