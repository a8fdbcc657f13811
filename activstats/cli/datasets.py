"""`activstats datasets`: what comes with the package, and copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table, show_text

_KILO = 1000


def datasets(
    action: Annotated[
        str | None, typer.Argument(help="'copy' or 'path'; lists what there is if left out.")
    ] = None,
    name: Annotated[str | None, typer.Argument(help="Which dataset to copy.")] = None,
    folder: Annotated[
        Path | None, typer.Argument(help="New or empty folder of the copy; its name by default.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the small recordings and studies that come with the package, or copy one.

    [bold]Examples[/bold]

      activstats datasets

      activstats datasets copy digits runs/digits

      activstats growth "$(activstats datasets path digits-trained)"
    """
    if action is None:
        _list(as_json=json)
    elif action not in {"copy", "path"}:
        raise typer.BadParameter(f"'copy' or 'path', not '{action}'")
    elif name is None:
        raise typer.BadParameter(f"say which: activstats datasets {action} NAME")
    elif action == "path":
        if folder is not None:
            raise typer.BadParameter("'path' says where a dataset is; 'copy' takes a folder")
        _path(name, as_json=json)
    else:
        _copy(name, folder or Path(name), as_json=json)


def _list(*, as_json: bool) -> None:
    from activstats.datasets import list_datasets

    found = list_datasets()
    if as_json:
        show_json(found.to_dict("records"))
        return
    found["size"] = [f"{n_bytes / _KILO:,.0f} kB" for n_bytes in found["bytes"]]
    show_table(found[["name", "kind", "what", "size", "made_by"]])


def _path(name: str, *, as_json: bool) -> None:
    from activstats.datasets import path

    found = str(path(name))
    if as_json:
        show_json({"dataset": name, "folder": found})
    else:
        show_text(found)


def _copy(name: str, folder: Path, *, as_json: bool) -> None:
    from activstats.datasets import copy, describe

    target = copy(name, folder)
    command = f"activstats {describe(name).reader} {target}"
    if as_json:
        show_json({"dataset": name, "folder": str(target), "read_with": command})
    else:
        show_text(f"{target}: read it with '{command}'")
