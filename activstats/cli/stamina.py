"""`activstats stamina`: which neurons would have died when, or the verdicts of a study of stamina."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from activstats.cli.completing import layers_of, rules_of
from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

if TYPE_CHECKING:
    from activstats.dynamics.stamina_result import StaminaLedgerResult

COLUMNS = [
    "layer", "rule", "n_neurons", "n_samples", "typical", "none_die", "half_die", "all_die",
    "agreement", "entropy", "gini", "status",
]  # fmt: skip


def stamina(
    source: Annotated[
        str,
        typer.Argument(help="A recording of masks or values, or the folder of a study of stamina."),
    ],
    layer: Annotated[
        str | None, typer.Option(help="One layer; all by default.", autocompletion=layers_of)
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule; all by default.", autocompletion=rules_of)
    ] = None,
    step: Annotated[str, typer.Option(help="A recorded step; -1 is the last; 'all'.")] = "-1",
    gain: Annotated[
        str, typer.Option(help="Of a firing: 'output' (its mean), 'firing' (1), or 'auto'.")
    ] = "auto",
    ratio: Annotated[
        list[float] | None, typer.Option(help="Penalty in median p*; repeatable.")
    ] = None,
    penalty: Annotated[
        list[float] | None, typer.Option(help="Penalty in units of the output; repeatable.")
    ] = None,
    life: Annotated[float, typer.Option(help="Samples that a silent neuron lives.")] = 500.0,
    cap: Annotated[float, typer.Option(help="Most stamina, in starts.")] = 2.0,
    start: Annotated[
        float | None, typer.Option(help="Absolute stamina at the start, in place of --life.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw one layer and rule: .svg, .png, .pdf.", callback=picture),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Report of a study: report.html.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Keep the stamina ledger of a recording, or judge a study of stamina.

    [bold]Examples[/bold]

      activstats stamina runs/a --rule 'above(0)' --plot stamina.svg

      activstats stamina runs/a --ratio 0.3 --ratio 1 --life 1000

      activstats study stamina

      activstats stamina stamina -o stamina.html
    """
    if (Path(source) / "runs.parquet").exists():
        _study(source, out, as_json=json)
        return
    if out is not None:
        raise typer.BadParameter("-o writes the report of a study; --plot draws a recording")
    from activstats.counts import open_recording
    from activstats.dynamics.stamina import StaminaLedger
    from activstats.stamina_reading import each_ledger

    model = StaminaLedger(
        tuple(ratio) if ratio else None,
        tuple(penalty) if penalty else None,
        life=life,
        cap=cap,
        start=start,
    )
    chosen: Any = gain
    results = list(
        each_ledger(
            open_recording(source), layer, rule, step=_step(step), ledger=model, gain=chosen
        )
    )
    _plot(results, plot)
    _show(results, as_json=json)


def _step(text: str) -> int | None:
    if text == "all":
        return None
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"--step is a number or 'all', not '{text}'") from None


def _plot(results: list[StaminaLedgerResult], path: Path | None) -> None:
    from activstats.figures.save import save_axes

    if path is None:
        return
    if len(results) > 1:
        raise typer.BadParameter("--plot draws one ledger: say --layer and --rule")
    save_axes(results[0].plot(), path)


def _show(results: list[StaminaLedgerResult], *, as_json: bool) -> None:
    from json import loads

    import pandas as pd

    if as_json:
        show_json([loads(result.to_json()) for result in results])
    elif len(results) == 1:
        show_text(results[0].summary())
        show_text("")
        show_table(results[0].prediction())
    else:
        show_table(pd.concat([result.to_frame() for result in results])[COLUMNS])


def _study(source: str, out: Path | None, *, as_json: bool) -> None:
    from activstats.report.writing import PAGE, check_suffix
    from activstats.stamina_examination import examine_stamina

    if out is not None:
        check_suffix(out, PAGE)
    found = examine_stamina(source)
    report = found.to_html(out) if out is not None else None
    if as_json:
        show_json(found.to_dict() | ({"report": str(report)} if report else {}))
        return
    for verdict in found.verdicts:
        show_text(f"{verdict.title}: {verdict.outcome.value}\n  {verdict.sentence}")
    if report is not None:
        show_text(f"report: {report}")
