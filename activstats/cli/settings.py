"""The settings of a study on the command line: a small study, a file, and what comes of both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from activstats.cli.output import show_json, show_text

Config = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file with settings, by name; --show-config says which there are. What it does "
        "not say is as without it."
    ),
]
ShowConfig = Annotated[
    bool, typer.Option("--show-config", help="Print the settings as TOML, and do nothing else.")
]


def chosen_settings(kind: type[Any], *, quick: bool, config: Path | None) -> Any:
    """Return the settings of a study: those of a small one or of the full one, then the file's."""
    from activstats.studies.settings_file import read_settings

    base = kind.quick() if quick else kind()
    return base if config is None else read_settings(config, base)


def show_settings(settings: Any, *, json: bool) -> None:
    """Print settings as TOML, or as JSON."""
    from activstats.studies.settings_file import settings_toml

    if json:
        show_json(settings.to_dict())
    else:
        show_text(settings_toml(settings))
