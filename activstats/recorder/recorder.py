"""The recorder: a context manager that reads activations where they arise and streams them to disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from torch import nn

from activstats.recorder.automatic import selection_of
from activstats.recorder.device import ReduceOn
from activstats.recorder.distributed import Processes
from activstats.recorder.identity import identity
from activstats.recorder.life import RecorderLife
from activstats.recorder.matrix import SampleUnit
from activstats.recorder.plan import Plan, as_json
from activstats.recorder.settings import (
    MEBIBYTE,
    Mode,
    Rules,
    Settings,
    ValuesType,
    check_layers,
    read_rules,
)
from activstats.recorder.taps import Layers
from activstats.recorder.wrapped import bare


class Recorder(RecorderLife):
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
        Bytes that the recorder may take, beside the model and the packages; shorter chunks and smaller
        files are written to keep to it. A quarter of it makes a shard.
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
        settings = Settings(
            read_rules(rule), mode, sample_unit, neuron_axis, chunk_samples, memory_limit,
            values_dtype, reduce_on,
        )  # fmt: skip
        selection = selection_of(bare(model), layers, sample)
        check_layers(
            selection.rules_known_before(settings.rules), [tap.layer(0) for tap in selection.taps]
        )
        plan = Plan(
            os.fspath(path), settings, overwrite, resume, rotate_seconds, distinct_items,
            identity(bare(model), checkpoint, hash_weights=hash_weights), as_json(notes),
        )  # fmt: skip
        super().__init__(model, selection, plan, Processes(together=distributed))
