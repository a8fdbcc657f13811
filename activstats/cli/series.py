"""`activstats record --checkpoints`, and what `record` shows of what it recorded."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activstats.cli.output import show_json, show_table
from activstats.cli.quiet import shows_progress

if TYPE_CHECKING:
    import pandas as pd


def record_series(
    model: str,
    checkpoints: list[str],
    out: str,
    data: str,
    batch_size: int,
    settings: dict[str, Any],
    *,
    json: bool,
) -> None:
    """Record a series, and say of duplicates before it is recorded."""
    from activstats.progress import progress_bar
    from activstats.recorder.checkpoints import find_checkpoints, record_checkpoints
    from activstats.recorder.models import load_model

    found = find_checkpoints(checkpoints)
    with progress_bar("recording", len(found), shown=shows_progress(json)) as done:
        record_checkpoints(
            lambda: load_model(model),
            found,
            out,
            data,
            batch_size=batch_size,
            done=done,
            **settings,
        )


def finished_files(out: str) -> frozenset[tuple[str, int]]:
    """Return the shards of a recording that is complete, none of any other folder."""
    from activstats.counts import open_recording
    from activstats.errors import ActivstatsError

    try:
        if open_recording(out).info.status != "complete":
            return frozenset()
    except ActivstatsError:  # recording itself says what is wrong with the folder
        return frozenset()
    shards = Path(out).rglob("*.parquet")
    return frozenset((str(one), one.stat().st_size) for one in shards)


def show_recorded(out: str, *, json: bool, nothing_done: bool = False) -> None:
    """Print what a recording holds, and the checkpoints that it is of, if it is of some."""
    from activstats.counts import open_recording

    recording = open_recording(out)
    table = recording.checkpoints
    if json:
        layers = recording.layers.to_dict("records")
        rows = {"checkpoints": _rows(table)} if len(table) else {}
        show_json({"recording": recording.path, "layers": layers, **rows})
        return
    done = "nothing to do: was recorded before in" if nothing_done else "recorded in"
    show_table(recording.layers, title=f"{done} {recording.path}")
    if len(table):
        show_table(_short(table), title=_told(table))


def _rows(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return the rows of a table with None where nothing is said, which JSON has a word for."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def _short(table: pd.DataFrame) -> pd.DataFrame:
    """Return what a person wants to see of the checkpoints."""
    return table.assign(
        sha256=table["sha256"].str[:12],
        duplicate_of=table["duplicate_of"].astype("string").fillna(""),
        missing=table["missing"].map(len),
        unexpected=table["unexpected"].map(len),
    )


def _told(table: pd.DataFrame) -> str:
    n_left_out = int(table["duplicate_of"].notna().sum())
    left_out = f", {n_left_out} left out as duplicates" if n_left_out else ""
    prefixes = sorted(set(table["prefix"]) - {""})
    taken_off = f"; taken off names: {', '.join(prefixes)}" if prefixes else ""
    return f"{len(table)} checkpoints{left_out}{taken_off}"
