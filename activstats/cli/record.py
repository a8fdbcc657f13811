"""`activstats record`: run a model over data and record its activations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from activstats.cli.completing import usual_rules
from activstats.cli.quiet import shows_progress
from activstats.cli.series import finished_files, record_series, show_recorded

Model = Annotated[
    str,
    typer.Argument(help="What builds the model: package.module:function or file.py:function."),
]
Data = Annotated[
    str,
    typer.Option(
        help="A .npy, .npz or .parquet file (arrays or columns 'mask' and 'ids' are for the "
        "recorder), or package.module:function or file.py:function that gives batches."
    ),
]
# Not a path: that would make one of a URI, which is to be refused.
Out = Annotated[str, typer.Option(help="Folder of the recording.")]
Layers = Annotated[
    list[str], typer.Option(help="Glob of layers, repeatable: '*.relu', 'fc2:in', 'lstm:out.0'.")
]
Rules = Annotated[
    list[str],
    typer.Option(
        help="Activation rule, repeatable: top1%, above(0), argmax, …", autocompletion=usual_rules
    ),
]
Mode = Annotated[
    Literal["counts", "mask", "values"],
    typer.Option(help="mask keeps every bit, values the activations in half precision."),
]
Weights = Annotated[
    Path | None, typer.Option(help="Checkpoint: .safetensors, or .pt or .pth of tensors.")
]
Checkpoints = Annotated[
    list[str] | None,
    typer.Option(
        help="A series instead of one checkpoint, a step each: a glob, a folder as trainers leave it, "
        "hf://owner/name@step*; or, repeatable, STEP=PATH."
    ),
]
Strict = Annotated[
    bool, typer.Option(help="Checkpoints must have all of the model's tensors and no others.")
]
Duplicates = Annotated[
    Literal["last", "first", "skip", "error"],
    typer.Option(help="Which of several checkpoints of the same weights is recorded."),
]
KeepDownloads = Annotated[
    bool, typer.Option(help="Whether what comes from a hub stays in its cache.")
]
SampleUnit = Annotated[
    Literal["item", "position"] | None,
    typer.Option(help="What one sample is where a layer has positions (images, tokens)."),
]
NeuronAxis = Annotated[int | None, typer.Option(help="Axis of the neurons.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Rows a batch of a file.")]
Overwrite = Annotated[bool, typer.Option(help="Replace a recording that is there.")]
Resume = Annotated[bool, typer.Option(help="Go on with a recording that is there.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def record(
    model: Model,
    data: Data,
    out: Out,
    layers: Layers,
    rule: Rules = ["top1%"],  # noqa: B006  (typer reads the default and copies it)
    mode: Mode = "counts",
    weights: Weights = None,
    checkpoints: Checkpoints = None,
    strict: Strict = True,
    duplicates: Duplicates = "last",
    keep_downloads: KeepDownloads = True,
    sample_unit: SampleUnit = None,
    neuron_axis: NeuronAxis = None,
    batch_size: BatchSize = 256,
    overwrite: Overwrite = False,
    resume: Resume = False,
    json: Json = False,
) -> None:
    """Run a model over data and record when its neurons are activated.

    [bold]Examples[/bold]

      activstats record nets.py:build --weights last.safetensors --data images.npy --layers '*relu' --out runs/a

      activstats record mypackage.models:small --data mypackage.data:batches --layers '*.act' --rule top1% --rule 'above(0)' --mode mask --out runs/b

      activstats record nets.py:build --checkpoints 'ckpt/*.safetensors' --data images.npy --layers '*relu' --out runs/c
    """
    if checkpoints and weights:
        raise typer.BadParameter("say --weights or --checkpoints, not both.")
    if overwrite and resume:
        raise typer.BadParameter("say --overwrite or --resume, not both.")
    if "://" in out:
        raise typer.BadParameter(f"--out is a folder of this machine, not '{out}'; copy it there")
    settings: dict[str, Any] = {
        "layers": layers, "rule": rule, "mode": mode, "sample_unit": sample_unit,
        "neuron_axis": neuron_axis, "overwrite": overwrite, "resume": resume,
        "notes": {"model": model, "data": data},
    }  # fmt: skip
    before = finished_files(out) if resume else None
    if checkpoints:
        settings |= {"strict": strict, "duplicates": duplicates, "keep_downloads": keep_downloads}
        record_series(model, checkpoints, out, data, batch_size, settings, json=json)
    else:
        _record_one(model, weights, out, data, batch_size, settings, json=json)
    show_recorded(out, json=json, nothing_done=bool(before) and before == finished_files(out))


def _record_one(
    model: str,
    weights: Path | None,
    out: str,
    data: str,
    batch_size: int,
    settings: dict[str, Any],
    *,
    json: bool,
) -> None:
    from activstats.progress import progress_bar
    from activstats.recorder import Recorder
    from activstats.recorder.data import load_batches, record_batches
    from activstats.recorder.models import load_model

    network = load_model(model, weights)
    batches, total = load_batches(data, batch_size)
    recorder = Recorder(network, out, checkpoint=weights, **settings)
    with recorder, progress_bar("recording", total, shown=shows_progress(json)) as done:
        record_batches(network, recorder, batches, done=done)
