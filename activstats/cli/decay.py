"""`activstats decay`: by which power the loss falls with the size of the training set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture
from activstats.cli.quiet import remark

if TYPE_CHECKING:
    from activstats.laws.loss.decay_result import LossDecayResult

COLUMNS = [
    "width", "n_obs", "n_sizes", "beta", "beta_low", "beta_high", "loss_opt", "loss_opt_low",
    "loss_opt_high", "falls_pvalue", "lack_of_fit_pvalue", "status",
]  # fmt: skip


def decay(
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
    robust: Annotated[
        bool, typer.Option("--robust", help="Weigh runs far off the curve down.")
    ] = False,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    choice: Annotated[
        bool, typer.Option("--choice", help="Compare all families of curves by AICc or BIC.")
    ] = False,
    exponent: Annotated[
        bool, typer.Option("--exponent", help="Show the local exponent along the curve.")
    ] = False,
    b: Annotated[
        float | None, typer.Option("--b", help="b of the counts, put beside; with --d-star.")
    ] = None,
    d_star: Annotated[float | None, typer.Option(help="D* = bN/c, likewise.")] = None,
    predict: Annotated[
        list[float] | None, typer.Option(help="Predict the loss at this size; repeatable.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the curve of one width: .svg, .png, .pdf.", callback=picture),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit L = L_inf + A · D^−beta to the loss over the size of the training set.

    [bold]Examples[/bold]

      activstats decay runs --width 64 --plot decay.svg

      activstats decay losses.csv --d tokens --loss perplexity --predict 1e9

      activstats decay runs --width 64 --choice --exponent --b 0.3 --d-star 80
    """
    import pandas as pd

    from activstats.cli.loss_source import loss_curves
    from activstats.figures.save import save_axes
    from activstats.laws.loss import LossDecay

    law = LossDecay(noise=noise, robust=robust, level=level)
    columns = {"d": d, "loss": loss, "seed": seed_column, "width_column": width_column}
    curves = loss_curves(source, width=width, where=where or [], **columns)
    beside = not json and (choice or exponent or predict)
    if len(curves) > 1 and (plot is not None or beside):
        asked = "--plot, --choice, --exponent and --predict show one curve: say --width"
        raise typer.BadParameter(asked)
    theory = {"b": b, "d_star": d_star}
    if any(value is not None for value in theory.values()) and not (exponent or plot):
        raise typer.BadParameter("--b and --d-star go with --exponent or --plot")
    results = [law.fit(curve) for curve in curves]
    parts = [_parts(one, choice, theory if exponent else None, predict) for one in results]
    if plot is not None:
        save_axes(results[0].plot_panels(**theory)[0], plot)
    if json:
        show_json([_plain(one, more) for one, more in zip(results, parts, strict=True)])
    elif len(results) == 1:
        show_text("\n\n".join([results[0].summary(), *(p.summary() for p in parts[0].values())]))
    else:
        rows = pd.concat([result.to_frame() for result in results], ignore_index=True)
        show_table(rows[[name for name in COLUMNS if name in rows]])


def _parts(
    result: LossDecayResult,
    choice: bool,
    theory: dict[str, float | None] | None,
    predict: list[float] | None,
) -> dict[str, Any]:
    """Return what was asked for beside the fit."""
    found: dict[str, Any] = {}
    if predict and not result.found:
        remark(f"there is no exponent to predict with: {result.reason}")
    elif predict:
        found["prediction"] = result.predict(predict)
    if theory is not None:
        found["local_exponent"] = result.local_exponent(**theory)
    if choice:
        found["choice"] = result.choice()
    return found


def _plain(result: LossDecayResult, parts: dict[str, Any]) -> dict[str, Any]:
    """Return a result with its parts as JSON has them."""
    from json import loads

    content: dict[str, Any] = loads(result.to_json())
    for name, part in parts.items():
        if hasattr(part, "to_json"):
            content[name] = loads(part.to_json())
        else:
            told = {"reason": getattr(part, "reason", ""), "warnings": list(part.warnings)}
            content[name] = {"rows": part.to_frame().to_dict("records"), **told}
    return content
