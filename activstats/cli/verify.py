"""`activstats verify`: whether everything is there, and what was written."""

from __future__ import annotations

from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text


def verify(
    recording: Annotated[str, typer.Argument(help="Folder or URI of a recording or a study.")],
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Set aside what is broken; nothing is deleted."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check manifest, checksums, columns and samples of a recording, or of all in a study.

    The exit code is 0 where everything is as it was written, and 1 where anything is wrong. With
    --repair it is that of what remains: samples that are lost stay lost, and are listed.

    [bold]Examples[/bold]

      activstats verify runs/a

      activstats verify demo --json

      activstats verify runs/a --repair
    """
    from activstats.recording.repairing import repair as repaired
    from activstats.recording.verifying import verify as verified

    report = repaired(recording) if repair else verified(recording)
    if json:
        show_json(report.to_dict())
    else:
        show_text(report.summary())
    if not report.ok:
        raise typer.Exit(1)
