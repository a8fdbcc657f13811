"""`activstats inspect`: what is in a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text

if TYPE_CHECKING:
    import pandas as pd

    from activstats.counts import Recording


@dataclass(frozen=True)
class _Found:
    """What is in a recording, and what is wrong with it."""

    recording: Recording
    layers: pd.DataFrame
    steps: dict[tuple[str, str], pd.DataFrame]
    problems: list[str]


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
    from activstats.counts import open_recording

    found = _look(open_recording(recording), steps=steps, verify=verify)
    if json:
        show_json(_as_json(found))
    else:
        _print(found, verified=verify)
    if found.problems:
        raise typer.Exit(1)


def _look(recording: Recording, *, steps: bool, verify: bool) -> _Found:
    import warnings

    from activstats.counts import recorded_layers
    from activstats.errors import DamagedRecordingWarning

    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", DamagedRecordingWarning)
        layers = recorded_layers(recording)
    problems = recording.verify() if verify else list(dict.fromkeys(str(w.message) for w in met))
    tables = {pair: recording.steps(*pair) for pair in recording.pairs} if steps else {}
    return _Found(recording, layers, tables, problems)


def _as_json(found: _Found) -> dict[str, object]:
    info = found.recording.info
    return {
        "recording": found.recording.path,
        "status": info.status,
        "mode": info.mode,
        "model": info.model,
        "created": info.created,
        "layers": found.layers.to_dict("records"),
        "parameters": found.recording.recorded_parameters.to_dict("records"),
        "steps": [
            {"layer": layer, "rule": rule, "steps": table.to_dict("records")}
            for (layer, rule), table in found.steps.items()
        ],
        "problems": found.problems,
    }


def _print(found: _Found, *, verified: bool) -> None:
    info = found.recording.info
    show_text(f"{found.recording.path}: {info.mode} of {info.model['class']}, {info.status}")
    parameters = found.recording.recorded_parameters
    if not found.layers.empty or parameters.empty:
        show_table(found.layers)
    if not parameters.empty:
        show_table(parameters, title="parameters")
    for (layer, rule), table in found.steps.items():
        show_table(table, title=f"{layer}, {rule}")
    for line in _nonfinite(found.layers):
        show_text(line)
    for problem in found.problems:
        show_text(f"damaged: {problem}")
    if verified and not found.problems:
        show_text("all files are as they were written")


def _nonfinite(layers: pd.DataFrame) -> list[str]:
    """Return a warning for each layer whose activations were not all finite."""
    from activstats.counts.summary import nonfinite_warning

    shares = dict(zip(layers["layer"], layers["nonfinite_share"].tolist(), strict=True))
    return [
        f"{name}: {line}" for name, share in shares.items() for line in nonfinite_warning(share)
    ]
