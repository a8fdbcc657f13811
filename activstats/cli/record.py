"""`activstats record`: run a model over data and record its activations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from activstats.cli.output import show_json, show_table


def record(
    model: Annotated[
        str,
        typer.Argument(help="What builds the model: package.module:function or file.py:function."),
    ],
    data: Annotated[
        str,
        typer.Option(
            help="A .npy, .npz or .parquet file (arrays 'mask' and 'ids' are for the recorder), or "
            "package.module:function or file.py:function that gives batches."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the recording.")],
    layers: Annotated[
        list[str],
        typer.Option(help="Glob of layers, repeatable: '*.relu', 'fc2:in', 'lstm:out.0'."),
    ],
    rule: Annotated[
        list[str], typer.Option(help="Activation rule, repeatable: top1%, above(0), argmax, …")
    ] = ["top1%"],  # noqa: B006  (typer reads the default and copies it)
    mode: Annotated[
        Literal["counts", "mask"], typer.Option(help="mask keeps every bit.")
    ] = "counts",
    weights: Annotated[
        Path | None, typer.Option(help="Checkpoint: .safetensors, or .pt or .pth of tensors.")
    ] = None,
    sample_unit: Annotated[
        Literal["item", "position"] | None,
        typer.Option(help="What one sample is where a layer has positions (images, tokens)."),
    ] = None,
    neuron_axis: Annotated[int | None, typer.Option(help="Axis of the neurons.")] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows a batch of a file.")] = 256,
    overwrite: Annotated[bool, typer.Option(help="Replace a recording that is there.")] = False,
    resume: Annotated[bool, typer.Option(help="Go on with a recording that is there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run a model over data and record when its neurons are activated.

    [bold]Examples[/bold]

      activstats record nets.py:build --weights last.safetensors --data images.npy --layers '*relu' --out runs/a

      activstats record mypackage.models:small --data mypackage.data:batches --layers '*.act' --rule top1% --rule 'above(0)' --mode mask --out runs/b
    """
    from activstats.counts import open_recording
    from activstats.recorder import Recorder, sources
    from activstats.studies.progress import progress_bar

    network = sources.load_model(model)
    if weights is not None:
        sources.load_weights(network, weights)
    batches, total = sources.load_batches(data, batch_size)
    with (
        Recorder(
            network,
            out,
            layers=layers,
            rule=rule,
            mode=mode,
            sample_unit=sample_unit,
            neuron_axis=neuron_axis,
            overwrite=overwrite,
            resume=resume,
            checkpoint=weights,
            notes={"model": model, "data": data},
        ) as recorder,
        progress_bar("recording", total, shown=not json) as done,
    ):
        sources.record_batches(network, recorder, batches, done=done)
    recording = open_recording(out)
    if json:
        show_json({"recording": str(out), "layers": recording.layers.to_dict("records")})
    else:
        show_table(recording.layers, title=f"recorded in {out}")
