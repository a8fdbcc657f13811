"""`activstats trace`: what could be recorded of a model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from activstats.cli.output import show_json, show_table, show_text

if TYPE_CHECKING:
    from torch import nn

    from activstats.recorder.tracing import Trace

_SHAPE = re.compile(r"(?P<sizes>\d+(?:x\d+)*)(?::(?P<below>\d+))?")


def trace(
    model: Annotated[
        str,
        typer.Argument(help="What builds the model: package.module:function or file.py:function."),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            help="A .npy, .npz or .parquet file, or package.module:function or file.py:function that "
            "gives batches; the first batch is the sample."
        ),
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(
            help="Shape of a random sample instead: 8x3x32x32 for numbers, 4x16:1000 for whole "
            "numbers below 1000, such as tokens."
        ),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Checkpoint: .safetensors, or .pt or .pth of tensors.")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows of a file to take.")] = 8,
    suggested: Annotated[
        bool, typer.Option("--suggested", help="List only what is worth recording.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run a model on a small sample and list what could be recorded: names for --layers, and advice.

    [bold]Examples[/bold]

      activstats trace nets.py:build --data images.npy

      activstats trace mypackage.models:small --sample 2x16:1000 --suggested --json
    """
    from activstats.recorder.models import load_model
    from activstats.recorder.tracing import trace as traced
    from activstats.recorder.users_code import users_code

    if (data is None) == (sample is None):
        raise typer.BadParameter("give either --data or --sample.")
    network = load_model(model, weights)
    given = _random(sample) if sample is not None else _first_batch(network, str(data), batch_size)
    hint = "a dict of arrays is passed by name, a tuple by place"
    with users_code("the model cannot take the sample.", hint=hint):
        found = traced(network, given)
    _show(found, suggested=suggested, json=json)


def _random(shape: str) -> Any:
    """Return random numbers of a shape, the same each time."""
    import torch

    parts = _SHAPE.fullmatch(shape)
    if parts is None or "0" in parts["sizes"].split("x") or parts["below"] == "0":
        raise typer.BadParameter(f"'{shape}' is no shape; try 8x3x32x32, or 4x16:1000.")
    sizes = [int(size) for size in parts["sizes"].split("x")]
    generator = torch.Generator().manual_seed(0)
    if parts["below"] is None:
        return torch.randn(sizes, generator=generator)
    return torch.randint(int(parts["below"]), sizes, generator=generator)


def _first_batch(network: nn.Module, data: str, batch_size: int) -> Any:
    from activstats.errors import InputError
    from activstats.recorder.data import inputs_of, load_batches

    batches, _ = load_batches(data, batch_size)
    first = next(iter(batches), None)
    if first is None:
        raise InputError(f"'{data}' gives no batches.")
    args, kwargs = inputs_of(network, first)
    return kwargs or args


def _show(found: Trace, *, suggested: bool, json: bool) -> None:
    frame = found.to_frame()
    if suggested:
        frame = frame[frame["layer"].isin(found.suggested)]
    if json:
        places = frame.to_dict("records")
        show_json(
            {"model": found.model, "places": places, "suggested": found.suggested,
             "notes": found.notes}
        )  # fmt: skip
        return
    columns = frame.drop(columns=["role", "same_as"])
    columns["shape"] = ["×".join(map(str, shape)) for shape in columns["shape"]]
    show_table(columns, title=f"what can be recorded of {found.model}, on one batch")
    for note in found.notes:
        show_text(note)
