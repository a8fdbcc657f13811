"""`activstats compact`: few large shards of many small ones."""

from __future__ import annotations

from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text

_MEBIBYTE = 2**20


def compact(
    recording: Annotated[str, typer.Argument(help="Folder of a recording.")],
    target_mb: Annotated[
        float, typer.Option(help="Largest shard to be made, in MB on the disk.")
    ] = 128.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put the small shards of a recording together into larger ones; every count stays the same.

    It may be killed at any point, and does not touch a recording that is being written.

    [bold]Examples[/bold]

      activstats compact runs/a

      activstats compact runs/a --target-mb 32 --json
    """
    from activstats.recording.compacting import compact as compacted

    if not 0 < target_mb < 1e9:  # noqa: PLR2004  (more than any disk, and NaN is neither)
        raise typer.BadParameter("--target-mb is a positive number of MB")
    report = compacted(recording, target_bytes=max(1, round(target_mb * _MEBIBYTE)))
    if json:
        show_json(report.to_dict())
    else:
        show_text(report.summary())
