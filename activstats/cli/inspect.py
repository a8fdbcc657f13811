"""`activstats inspect`: what is in a recording."""

from __future__ import annotations

from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text


def inspect(
    recording: Annotated[str, typer.Argument(help="Folder or URI of a recording.")],
    steps: Annotated[bool, typer.Option("--steps", help="List every step.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare every file with its checksum.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the layers and steps of a recording, and check its files.

    [bold]Examples[/bold]

      activstats inspect runs/a

      activstats inspect runs/a --verify --json
    """
    import warnings

    from activstats.counts import open_recording, recorded_layers
    from activstats.errors import DamagedRecordingWarning

    opened = open_recording(recording)
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", DamagedRecordingWarning)
        layers = recorded_layers(opened)
    problems = opened.verify() if verify else list(dict.fromkeys(str(w.message) for w in met))
    listed = [(str(row.layer), str(row.rule)) for row in layers.itertuples()] if steps else []
    tables = {pair: opened.steps(*pair) for pair in listed}
    info = opened.info
    if json:
        show_json(
            {
                "recording": opened.path,
                "status": info.status,
                "mode": info.mode,
                "model": info.model,
                "created": info.created,
                "layers": layers.to_dict("records"),
                "steps": [
                    {"layer": layer, "rule": rule, "steps": table.to_dict("records")}
                    for (layer, rule), table in tables.items()
                ],
                "problems": problems,
            }
        )
    else:
        show_text(f"{opened.path}: {info.mode} of {info.model['class']}, {info.status}")
        show_table(layers)
        for (layer, rule), table in tables.items():
            show_table(table, title=f"{layer}, {rule}")
        for problem in problems:
            show_text(f"damaged: {problem}")
        if verify and not problems:
            show_text("all files are as they were written")
    if problems:
        raise typer.Exit(1)
