"""`activstats study`: make one of the ready studies."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text
from activstats.cli.quiet import shows_progress
from activstats.cli.settings import Config, ShowConfig, chosen_settings, show_settings

# Name of the study, the function that makes it, and the command that reads it. The function takes
# the folder, settings (annotated with their class) and, by keyword, n_jobs, progress and overwrite,
# and returns the folder.
STUDIES = {
    "stamina": ("activstats.studies.stamina_study:run_stamina", "stamina"),
    "tipping": ("activstats.studies.tipping_study:run_tipping", "tipping"),
    "table": ("activstats.studies.runner:run_study", "validate"),
    "transformer": ("activstats.studies.transformer_study:run_transformers", "validate"),
    "learning_rates": ("activstats.studies.learning_rates_study:run_learning_rates", "fluctuation"),
}


def study(
    name: Annotated[
        str,
        typer.Argument(
            help=f"Which study: {', '.join(STUDIES)}.", autocompletion=lambda: [*STUDIES]
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the study; its name by default.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small one in seconds, too small for verdicts.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for every core.")] = 2,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace another study in the folder.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            help="A table of your own, for the studies of tables: table, stamina, tipping. "
            ".csv, .parquet or .feather; the digits without it."
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(help="Column of the labels in that table.")] = None,
    config: Config = None,
    show_config: ShowConfig = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train the networks of a ready study, and write its table of runs.

    A study that is there already is gone on with; what is finished is not made again.

    [bold]Examples[/bold]

      activstats study learning_rates

      activstats study learning_rates --quick --out runs/rates

      activstats study transformer --out runs/text

      activstats study table --data letters.csv --target letter --out runs/letters

      activstats study tipping --show-config > study.toml

      activstats study tipping --config study.toml --out runs/mine
    """
    from activstats.errors import StudyError
    from activstats.studies.settings_file import settings_kind

    key = name.replace("-", "_")
    if key not in STUDIES:
        raise typer.BadParameter(f"there is no study '{name}': {', '.join(STUDIES)}")
    maker, reader = STUDIES[key]
    module, function = maker.split(":")
    make = getattr(import_module(module), function)
    settings = chosen_settings(settings_kind(make), quick=quick, config=config)
    if show_config:
        show_settings(settings, json=json)
        return
    shown = shows_progress(json)
    try:
        folder = make(
            out or Path(key),
            settings,
            n_jobs=jobs,
            progress=shown,
            overwrite=overwrite,
            **_table_of(make, key, data, target),
        )
    except StudyError as error:
        if error.hint and "overwrite=True" in error.hint:
            error.hint = "another --out, or --overwrite to replace the study that is there"
        raise
    command = f"activstats {reader} {folder}"
    if json:
        show_json({"study": key, "folder": str(folder), "read_with": command})
    else:
        show_text(f"{folder}: read it with '{command}'")


def _table_of(
    make: Callable[..., Path], key: str, data: Path | None, target: str | None
) -> dict[str, Path | str | None]:
    """Return what a study is told of a table; of one that takes none, nothing may be said."""
    if "data" in signature(make).parameters:
        return {"data": data, "target": target}
    if data is not None or target is not None:
        raise typer.BadParameter(f"the study '{key}' brings its own data, and takes no table")
    return {}
