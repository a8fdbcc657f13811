"""`activstats study`: make one of the ready studies."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text

# Name of the study, the function that makes it, and the command that reads it. The function takes
# the folder and, by keyword, quick, n_jobs, progress and overwrite, and returns the folder.
STUDIES = {
    "stamina": ("activstats.studies.stamina_study:run_stamina", "stamina"),
    "tipping": ("activstats.studies.tipping_study:run_tipping", "tipping"),
    "learning_rates": ("activstats.studies.learning_rates_study:run_learning_rates", "fluctuation"),
}


def study(
    name: Annotated[str, typer.Argument(help=f"Which study: {', '.join(STUDIES)}.")],
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
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train the networks of a ready study, and write its table of runs.

    A study that is there already is gone on with; what is finished is not made again.

    [bold]Examples[/bold]

      activstats study learning_rates

      activstats study learning_rates --quick --out runs/rates
    """
    from activstats.errors import StudyError

    key = name.replace("-", "_")
    if key not in STUDIES:
        raise typer.BadParameter(f"there is no study '{name}': {', '.join(STUDIES)}")
    maker, reader = STUDIES[key]
    module, function = maker.split(":")
    try:
        folder = getattr(import_module(module), function)(
            out or Path(key), quick=quick, n_jobs=jobs, progress=not json, overwrite=overwrite
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
