"""`activstats growth`: fit the growth law to a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text

COLUMNS = [
    "layer", "rule", "n_neurons", "n_samples", "k", "c", "b", "b_low", "b_high", "d_star", "misfit",
    "status",
]  # fmt: skip


def growth(
    recording: Annotated[str, typer.Argument(help="Folder or URI of a recording.")],
    layer: Annotated[str | None, typer.Option(help="One layer; all by default.")] = None,
    rule: Annotated[str | None, typer.Option(help="One rule; all by default.")] = None,
    step: Annotated[int, typer.Option(help="A recorded step; -1 is the last.")] = -1,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the curve of one layer and rule: .svg, .png, .pdf.")
    ] = None,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out shards that cannot be read.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit the growth law: the constant b with its interval, for each layer and rule.

    [bold]Examples[/bold]

      activstats growth runs/a

      activstats growth runs/a --layer relu --rule top1% --plot growth.svg

      activstats growth runs/a --json
    """
    from json import loads

    import pandas as pd

    from activstats.counts import each_counts, open_recording
    from activstats.figures.save import save_axes
    from activstats.laws.growth import GrowthLaw

    law = GrowthLaw(level=level)
    opened = open_recording(recording)
    several = each_counts(
        opened, layer, rule, step=step, on_damage="skip" if skip_damaged else "raise"
    )
    results = [law.fit(counts) for counts in several]
    if plot is not None:
        if len(results) > 1:
            raise typer.BadParameter("--plot draws one fit: say --layer and --rule")
        save_axes(results[0].plot(), plot)
    if json:
        show_json([loads(result.to_json()) for result in results])
    elif len(results) == 1:
        show_text(results[0].summary())
    else:
        show_table(pd.concat([result.to_frame() for result in results])[COLUMNS])
