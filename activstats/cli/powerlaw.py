"""`activstats powerlaw`: fit a power-law tail to numbers or to the counts of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from activstats.cli.bounded import show_bounded
from activstats.cli.completing import layers_of, rules_of
from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

COLUMNS = [
    "layer", "rule", "n", "n_tail", "tail_share", "xmin", "alpha", "alpha_low", "alpha_high",
    "distance", "pvalue", "status",
]  # fmt: skip


def powerlaw(
    source: Annotated[
        str,
        typer.Argument(help="File of numbers (.txt .dat .csv .tsv .npy .parquet) or recording."),
    ],
    column: Annotated[str | None, typer.Option(help="Column of a table.")] = None,
    multiplicities: Annotated[
        str | None, typer.Option(help="Column that says how often each number occurs.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="One layer of a recording.", autocompletion=layers_of)
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule of a recording.", autocompletion=rules_of)
    ] = None,
    step: Annotated[int, typer.Option(help="A recorded step; -1 is the last.")] = -1,
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Any positive numbers, not whole ones.")
    ] = False,
    xmin: Annotated[
        str | None, typer.Option(help="Where the tail begins, if known; or 'grid'.")
    ] = None,
    min_tail: Annotated[int, typer.Option(help="Numbers that must reach xmin.")] = 0,
    ks: Annotated[
        str, typer.Option(help="Distance at 'observed' values or at all 'integers'.")
    ] = "observed",
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    n_boot: Annotated[int, typer.Option(help="Replicates for p and for intervals.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the replicates.")] = 0,
    compare: Annotated[
        bool, typer.Option("--compare", help="Set the tail beside four other laws.")
    ] = False,
    bounded: Annotated[
        bool,
        typer.Option(
            "--bounded",
            help="Ask the theory's question instead: the bounded law of counts, its rivals and, for "
            "a recording, whether its exponent is 1 - b.",
        ),
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the tail and its fit: .svg, .png, .pdf.", callback=picture),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit a power-law tail: xmin, alpha and the p-value of the law, each with what it rests on.

    [bold]Examples[/bold]

      activstats powerlaw words.txt --compare

      activstats powerlaw sizes.csv --column size --continuous --min-tail 100

      activstats powerlaw pages.parquet --column links --multiplicities pages

      activstats powerlaw runs/a --layer relu --rule top1% --plot tail.svg

      activstats powerlaw runs/a --rule top1% --bounded
    """
    from activstats.laws.tail import PowerLawTail

    model = PowerLawTail(
        discrete=not continuous,
        xmin=_xmin(xmin),
        min_tail=min_tail,
        ks=ks,
        level=level,
        n_boot=n_boot,
    )
    samples = _samples(source, column, multiplicities, (layer, rule, step))
    if bounded:
        if compare or continuous or xmin is not None or min_tail:
            raise typer.BadParameter(
                "--bounded has no tail: leave out --compare, --continuous, --xmin and --min-tail"
            )
        show_bounded(samples, level=level, n_boot=n_boot, seed=seed, plot=plot, json=json)
        return
    results = [model.fit(sample, rng=seed) for sample in samples]
    if (plot is not None or compare) and len(results) > 1:
        raise typer.BadParameter("--plot and --compare are for one fit: say --layer and --rule")
    if plot is not None:
        from activstats.figures.save import save_axes

        save_axes(results[0].plot(), plot)
    _show(results, compare=compare, json=json)


def _xmin(said: str | None) -> float | str | None:
    try:
        return None if said is None else float(said)
    except ValueError:
        return said


def _samples(
    source: str, column: str | None, multiplicities: str | None, which: tuple[Any, Any, int]
) -> list[Any]:
    """Return the sample of a file, or the counts of a recording."""
    from activstats.cli.columns import is_column_file, read_column
    from activstats.counts import each_counts, open_recording

    layer, rule, step = which
    if not is_column_file(source):
        if column is not None or multiplicities is not None:
            raise typer.BadParameter("--column and --multiplicities are for files of numbers")
        return list(each_counts(open_recording(source), layer, rule, step=step))
    if layer is not None or rule is not None:
        raise typer.BadParameter("--layer and --rule are for recordings")
    numbers = read_column(source, column)
    if multiplicities is None:
        return [numbers]
    return [(numbers, read_column(source, multiplicities))]


def _show(results: list[Any], *, compare: bool, json: bool) -> None:
    from json import loads

    import pandas as pd

    ratios = [results[0].compare()] if compare else []
    if json:
        shown = [loads(result.to_json()) for result in results]
        for one, ratio in zip(shown, ratios, strict=False):
            one["comparison"] = ratio.to_frame().to_dict("records")
        show_json(shown)
    elif len(results) == 1:
        show_text(results[0].summary())
        for ratio in ratios:
            show_text("\n" + ratio.summary())
    else:
        table = pd.concat([result.to_frame() for result in results])
        show_table(table[[name for name in COLUMNS if name in table]])
