"""`activstats fluctuation`: how weights fluctuate, or the verdicts of a study of learning rates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

_ACTIVITY = [
    "layer",
    "rule",
    "participating",
    "participating_low",
    "participating_high",
    "dead",
    "always_on",
]
_PARTICIPATION = ["layer", "participating", "participating_low", "participating_high", "dead"]


def fluctuation(
    source: Annotated[
        str,
        typer.Argument(
            help="Folder of a study of learning rates; of a recording of parameters, or of "
            "activations; of checkpoints, or their glob; or a .npz file of snapshots."
        ),
    ],
    parameter: Annotated[
        list[str] | None, typer.Option(help="Glob of parameters, repeatable; all by default.")
    ] = None,
    of: Annotated[
        Literal["weights", "gradients"], typer.Option(help="What fluctuates; of a recording.")
    ] = "weights",
    late_share: Annotated[
        float, typer.Option(help="Last share of the run that makes the late window.")
    ] = 0.25,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Neurons above it take part: in units of the layer, or of firing a share of samples."
        ),
    ] = None,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw the neurons of each layer: .svg, .png, .pdf.", callback=picture),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Report of a study: report.html.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how weights fluctuate around their course, or judge a study of learning rates.

    [bold]Examples[/bold]

      activstats fluctuation runs/a --late-share 0.5

      activstats fluctuation 'checkpoints/step-*.safetensors' --parameter 'fc*'

      activstats study learning_rates

      activstats fluctuation learning_rates -o fluctuation.html
    """
    if not 0 < late_share <= 1:
        raise typer.BadParameter("--late-share is a share of the run, above 0 and up to 1")
    if (Path(source) / "runs.parquet").exists():
        if plot is not None:
            raise typer.BadParameter("--plot draws a recording; -o writes the report of a study")
        _study(source, out, as_json=json)
        return
    if out is not None:
        raise typer.BadParameter("-o writes the report of a study; --plot draws a recording")
    from json import loads

    from activstats.figures.save import save_axes
    from activstats.fluctuation_sources import fluctuation_of
    from activstats.participation_sources import activity_of, participation_of

    activity = activity_of(source, threshold=threshold)
    if activity is not None:
        if json:
            show_json(activity.to_dict("records"))
        else:
            show_table(activity[_ACTIVITY], title="neurons that take part: firing")
        return
    result = fluctuation_of(
        source, of=of, parameters=parameter or ["*"], late_share=late_share, level=level
    )
    neurons = participation_of(result, threshold=threshold)
    if plot is not None:
        save_axes(result.plot(), plot)
    if json:
        show_json(loads(result.to_json()) | {"participation": neurons.to_dict("records")})
        return
    show_text(result.summary())
    if len(neurons):
        show_table(neurons[_PARTICIPATION], title="\nneurons that take part, late window")


def _study(source: str, out: Path | None, *, as_json: bool) -> None:
    from activstats.judging_learning_rates import judge_learning_rates
    from activstats.report.writing import PAGE, check_suffix

    if out is not None:
        check_suffix(out, PAGE)
    judged = judge_learning_rates(source)
    report = None if out is None else judged.to_html(out)
    if as_json:
        verdicts = [verdict.to_dict() for verdict in judged.verdicts]
        show_json({"verdicts": verdicts, "study": source, "report": report and str(report)})
        return
    for verdict in judged.verdicts:
        show_text(f"{verdict.title}: {verdict.outcome}.\n  {verdict.sentence}")
    if report is not None:
        show_text(f"report: {report}")
