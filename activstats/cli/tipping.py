"""`activstats tipping`: firing rates along a recording, or the verdicts of a study of tipping points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from activstats.cli.completing import layers_of, rules_of
from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

if TYPE_CHECKING:
    from activstats.dynamics.firing import FiringCourseResult

POINTS = ["optimizer", "width", "masking", "rate", "rate_low", "rate_high", "seed_sd", "status"]
COURSES = ["layer", "rule", "step", "firing_rate", "dead_share", "always_on_share"]


def tipping(
    source: Annotated[
        str, typer.Argument(help="A recording, or the folder of a study of tipping points.")
    ],
    layer: Annotated[
        str | None, typer.Option(help="One layer; all by default.", autocompletion=layers_of)
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule; all by default.", autocompletion=rules_of)
    ] = None,
    definition: Annotated[
        str, typer.Option(help="Of the tipping points listed for a study; 'all'.")
    ] = "firing",
    level: Annotated[float, typer.Option(help="Confidence level, of a recording.")] = 0.95,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw one layer and rule: .svg, .png, .pdf.", callback=picture),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Report of a study: report.html.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow firing rates along a recording, or judge a study of tipping points and masks.

    [bold]Examples[/bold]

      activstats tipping runs/a --rule 'above(0)' --plot firing.svg

      activstats study tipping

      activstats tipping tipping --definition all

      activstats tipping tipping -o tipping.html
    """
    _check_definition(definition)
    if (Path(source) / "runs.parquet").exists():
        if plot is not None:
            raise typer.BadParameter("--plot draws a recording; -o writes the report of a study")
        _study(source, out, definition, as_json=json)
        return
    if out is not None:
        raise typer.BadParameter("-o writes the report of a study; --plot draws a recording")
    from activstats.counts import open_recording
    from activstats.dynamics.firing import FiringCourse
    from activstats.tipping_reading import each_course

    model = FiringCourse(level)
    results = list(each_course(open_recording(source), layer, rule, course=model))
    _plot(results, plot)
    _show(results, as_json=json)


def _check_definition(definition: str) -> None:
    from activstats.dynamics.tipping_places import DEFINITIONS

    if definition not in {*DEFINITIONS, "all"}:
        names = ", ".join([*DEFINITIONS, "all"])
        raise typer.BadParameter(f"--definition is one of {names}, not '{definition}'")


def _plot(results: list[FiringCourseResult], path: Path | None) -> None:
    from activstats.figures.save import save_axes

    if path is None:
        return
    if len(results) > 1:
        raise typer.BadParameter("--plot draws one course: say --layer and --rule")
    save_axes(results[0].plot(), path)


def _show(results: list[FiringCourseResult], *, as_json: bool) -> None:
    from json import loads

    import pandas as pd

    if as_json:
        show_json([loads(result.to_json()) for result in results])
        return
    if len(results) == 1:
        show_text(results[0].summary())
        show_text("")
    show_table(pd.concat([result.table() for result in results])[COURSES])


def _study(source: str, out: Path | None, definition: str, *, as_json: bool) -> None:
    from activstats.report.writing import PAGE, check_suffix
    from activstats.tipping_examination import examine_tipping

    if out is not None:
        check_suffix(out, PAGE)
    found = examine_tipping(source)
    report = found.to_html(out) if out is not None else None
    if as_json:
        show_json(found.to_dict() | ({"report": str(report)} if report else {}))
        return
    for verdict in found.verdicts:
        show_text(f"{verdict.title}: {verdict.outcome.value}\n  {verdict.sentence}")
    points = found.points()
    if definition == "all":
        columns = ["definition", *POINTS]
    else:
        points, columns = points[points["definition"] == definition], POINTS
    show_table(points[columns], title=f"\ntipping points, definition: {definition}")
    if report is not None:
        show_text(f"report: {report}")
