"""`activstats transition`: whether the loss has a transition in the size of the training set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

COLUMNS = [
    "width", "n_obs", "n_sizes", "answer", "pvalue", "d_star", "d_star_low", "d_star_high",
    "steepest", "half_drop", "b", "sharpness_pvalue", "status",
]  # fmt: skip


def transition(
    source: Annotated[
        str, typer.Argument(help="Folder of a study, or a table of runs: .csv, .parquet.")
    ],
    d: Annotated[
        str | None, typer.Option("--d", help="Column of training-set sizes; n_train or d.")
    ] = None,
    loss: Annotated[str | None, typer.Option(help="Column of losses; test_loss or loss.")] = None,
    seed_column: Annotated[str, typer.Option(help="Column of seeds, if there is one.")] = "seed",
    width_column: Annotated[str, typer.Option(help="Column of widths, if there is one.")] = "width",
    width: Annotated[str | None, typer.Option(help="One width; each by default.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only rows with this value: kind=linear; repeatable.")
    ] = None,
    noise: Annotated[
        str, typer.Option(help="'multiplicative', in proportion to the loss, or 'additive'.")
    ] = "multiplicative",
    bootstrap: Annotated[str, typer.Option(help="'parametric' or 'wild'.")] = "parametric",
    robust: Annotated[
        bool, typer.Option("--robust", help="Weigh runs far off the curve down.")
    ] = False,
    n_boot: Annotated[int, typer.Option(help="Curves drawn for the p-value.")] = 999,
    seed: Annotated[int, typer.Option(help="Seed of the drawn curves.")] = 0,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the curve of one width: .svg, .png, .pdf.", callback=picture),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Test whether the loss has a transition over log D, and where it lies.

    [bold]Examples[/bold]

      activstats transition runs --width 64 --plot transition.svg

      activstats transition losses.csv --d tokens --loss perplexity

      activstats transition runs --where kind=untrained --json
    """
    from json import loads

    import pandas as pd

    from activstats.cli.loss_source import loss_curves
    from activstats.figures.save import save_axes
    from activstats.laws.loss import LossTransition

    if seed < 0:
        raise typer.BadParameter("--seed is a whole number, not negative")
    test = LossTransition(
        n_boot=n_boot, noise=noise, bootstrap=bootstrap, robust=robust, level=level
    )
    columns = {"d": d, "loss": loss, "seed": seed_column, "width_column": width_column}
    curves = loss_curves(source, width=width, where=where or [], **columns)
    if plot is not None and len(curves) > 1:
        raise typer.BadParameter("--plot draws one curve: say --width")
    results = [test.fit(curve, rng=seed) for curve in curves]
    if plot is not None:
        save_axes(results[0].plot(), plot)
    if json:
        show_json([loads(result.to_json()) for result in results])
    elif len(results) == 1:
        show_text(results[0].summary())
    else:
        rows = pd.concat([result.to_frame() for result in results], ignore_index=True)
        show_table(rows[[name for name in COLUMNS if name in rows]])
