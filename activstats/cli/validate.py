"""`activstats validate`: judge the claims of the theory by a study, and write the report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.quiet import shows_progress


def validate(
    study: Annotated[str, typer.Argument(help="Folder of a study.")],
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="Write the report: .html, .md or .json; may be repeated."),
    ] = None,
    n_boot: Annotated[
        int,
        typer.Option(help="Draws of each bootstrap, orders of each permutation test."),
    ] = 499,
    n_draws: Annotated[
        int, typer.Option(help="Draws of what chance alone gives the growth law.")
    ] = 99,
    seed: Annotated[int, typer.Option(help="Seed of these draws.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge every claim of the theory by a study: supported, contradicted, undecided, not testable.

    [bold]Examples[/bold]

      activstats validate demo

      activstats validate demo -o report.html -o report.md

      activstats validate demo --json
    """
    from activstats.report.writing import check_suffix
    from activstats.validation import validate as judged_by

    if seed < 0 or n_boot < _LEAST_DRAWS or n_draws < 1:
        raise typer.BadParameter(
            f"--n-boot is at least {_LEAST_DRAWS}, --n-draws at least 1, and --seed not negative"
        )
    targets = [check_suffix(path) for path in out or []]
    found = judged_by(
        study, n_draws=n_draws, n_boot=n_boot, rng=seed, progress=shows_progress(json)
    )
    written = [found.write(target) for target in targets]
    if json:
        show_json(found.to_dict() | {"reports": [str(path) for path in written]})
        return
    frame = found.to_frame()
    show_table(frame[["outcome", "claim", "value", "low", "high", "p_holm"]])
    show_text("\n".join(f"{one.outcome}: {one.sentence}" for one in found.verdicts))
    for path in written:
        show_text(f"report: {path}")


# With fewer draws no p-value of the tests of exponents is below .05.
_LEAST_DRAWS = 39
