"""`activstats demo`: train, record, analyse and report, in one go."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text
from activstats.cli.quiet import shows_progress
from activstats.cli.settings import Config, ShowConfig, chosen_settings, show_settings


def demo(
    out: Annotated[Path, typer.Option(help="Folder of the study and its report.")] = Path("demo"),
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="A small study in about a minute: two seeds, too few for a verdict."
        ),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="A .csv, .parquet or .feather table of your own, not the digits."),
    ] = None,
    target: Annotated[str | None, typer.Option(help="Column of the labels in that table.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for every core.")] = 2,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace another study in the folder.")
    ] = False,
    config: Config = None,
    show_config: ShowConfig = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train small networks, record them, fit the growth law, and write a report.

    A study that is there already is gone on with; what is finished is not made again.

    [bold]Examples[/bold]

      activstats demo

      activstats demo --quick --out runs/quick

      activstats demo --data letters.csv --target letter --out runs/letters

      activstats demo --config study.toml --out runs/mine
    """
    from activstats.errors import StudyError
    from activstats.studies import StudySettings, run_study
    from activstats.validation import validate

    settings = chosen_settings(StudySettings, quick=quick, config=config)
    if show_config:
        show_settings(settings, json=json)
        return
    shown = shows_progress(json)
    try:
        study = run_study(
            out,
            settings,
            data=data,
            target=target,
            n_jobs=jobs,
            progress=shown,
            overwrite=overwrite,
        )
    except StudyError as error:
        if error.hint and "overwrite=True" in error.hint:
            error.hint = "another --out, or --overwrite to replace the study that is there"
        raise
    command = _command(out, quick=quick, data=data, target=target, config=config)
    validation = validate(study, command=command, progress=shown)
    report = validation.to_html(out / "report.html")
    if json:
        verdicts = [verdict.to_dict() for verdict in validation.verdicts]
        show_json({"verdicts": verdicts, "study": str(out), "report": str(report)})
    else:
        for verdict in validation.verdicts:
            show_text(verdict.sentence)
        show_text(f"report: {report}")


def _command(
    out: Path, *, quick: bool, data: Path | None, target: str | None, config: Path | None
) -> str:
    """Return the command line that makes the study anew; how many processes does not matter."""
    words = ["activstats", "demo", "--out", str(out), *(["--quick"] if quick else [])]
    if data is not None and target is not None:
        words += ["--data", str(data), "--target", target]
    words += [] if config is None else ["--config", str(config)]
    return shlex.join(words)
