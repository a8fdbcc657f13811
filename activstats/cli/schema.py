"""`activstats schema`: the JSON Schema of what a command prints with --json."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_text


def _known(incomplete: str = "") -> list[str]:
    from activstats.cli.schemas.commands import SCHEMAS
    from activstats.cli.schemas.results import RESULTS

    return [name for name in (*sorted(SCHEMAS), *RESULTS) if name.startswith(incomplete)]


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A command, or a kind of result such as GrowthLawResult; lists all if left out.",
            autocompletion=_known,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, as ever.")] = False,
) -> None:
    """Print the JSON Schema (2020-12) of what a command prints with --json, or of a result's to_json.

    [bold]Examples[/bold]

      activstats schema

      activstats schema growth

      activstats schema LossTransitionResult
    """
    from activstats.cli.schemas.commands import SCHEMAS, command_schema, kind_schema

    known = _known()
    if name is None:
        if json:
            show_json({"names": known})
        else:
            show_text("\n".join(known))
    elif name in SCHEMAS:
        show_json(command_schema(name))
    elif name in known:
        show_json(kind_schema(name))
    else:
        near = difflib.get_close_matches(name, known, n=1)
        raise typer.BadParameter(
            f"there is no schema '{name}'"
            + (f"; '{near[0]}'?" if near else "; see activstats schema")
        )
