"""`activstats pool`: one b for the runs of a study or the rows of a table, and how it differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text
from activstats.cli.picture import picture
from activstats.cli.pool_source import conditions, fits, is_table, table

_ALL, _LAST, _DEFAULT_RULE = "all", "-1", "top1%"


def pool(
    study: Annotated[
        str, typer.Argument(help="Folder of a study, or a table: .csv, .parquet with b and bse.")
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="Columns whose combinations make the groups, width,layer; again for other groups."
        ),
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule; top1% by default, 'all' for every one.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="One layer; all by default.")] = None,
    step: Annotated[
        str, typer.Option(help="A recorded step, -1 the last; 'each' for checkpoints.")
    ] = _LAST,
    where: Annotated[
        list[str] | None, typer.Option(help="Only runs with this value: kind=trained; repeatable.")
    ] = None,
    recordings: Annotated[
        str, typer.Option(help="Column of the runs table that names the recordings.")
    ] = "recording",
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    keep_saturated: Annotated[
        bool, typer.Option("--keep-saturated", help="Pool b of saturated curves, too.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the forest plot: .svg, .png, .pdf.", callback=picture)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Pool the constant b of many fits, and test whether it is one constant.

    [bold]Examples[/bold]

      activstats pool runs --by width --by seed --where kind=trained

      activstats pool runs --by rule --layer relu --json

      activstats pool fits.csv --by width,seed --plot forest.svg
    """
    from json import loads

    from activstats.figures.save import save_axes
    from activstats.laws.pooling import pool as pooled_by

    groupings = [[name.strip() for name in one.split(",")] for one in by or []] or [[]]
    if plot is not None and len(groupings) > 1:
        raise typer.BadParameter("--plot draws one grouping: say --by once")
    chosen = conditions(where or [])
    if is_table(study):
        named = {"rule": rule, "layer": layer, "step": None if step == _LAST else step}
        results_in: object = table(study, chosen | {k: v for k, v in named.items() if v})
    else:
        every = rule == _ALL or (rule is None and any("rule" in names for names in groupings))
        results_in = fits(
            study,
            rule=None if every else rule or _DEFAULT_RULE,
            layer=layer,
            step=step,
            where=chosen,
            recordings=recordings,
            level=level,
        )
    results = [
        pooled_by(results_in, names or None, level=level, keep_saturated=keep_saturated)
        for names in groupings
    ]
    if plot is not None:
        save_axes(results[0].plot(), plot)
    if json:
        show_json([loads(result.to_json()) for result in results])
    else:
        show_text("\n\n".join(result.summary() for result in results))
