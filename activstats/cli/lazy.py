"""Commands that are loaded when they are called, so that the command line answers at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_MARKUP = re.compile(r"\[/?bold\]")
_HEADING = re.compile(r"^(?:Usage|[A-Z][\w ,]*)(?=:)", re.MULTILINE)


class LazyCommands(Mapping[str, Any]):
    """Commands by name, each imported when it is looked up for the first time.

    Parameters
    ----------
    places : mapping of str to str
        Where each is: ``package.module:function``, or the name of a `typer.Typer` there.
    epilog : str
        Stands below the help of each.
    options : sequence of parameters
        What every command takes beside its own.
    """

    def __init__(self, places: Mapping[str, str], epilog: str, options: list[Any]) -> None:
        self._places = places
        self._epilog = epilog
        self._options = options
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            module, _, attribute = self._places[name].partition(":")
            self._built[name] = self._build(name, getattr(import_module(module), attribute))
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _build(self, name: str, made: typer.Typer | Callable[..., None]) -> Any:
        if isinstance(made, typer.Typer):
            command = typer.main.get_command(made)
            command.name = name
        else:
            command = command_of(made, name, self._epilog)
        for one in (command, *getattr(command, "commands", {}).values()):
            one.params.extend(self._options)
        return command


def command_of(function: Callable[..., None], name: str, epilog: str = "") -> Any:
    """Return a function as a command.

    Examples
    --------
    >>> def hello(name: str) -> None:
    ...     "Say hello."
    >>> command_of(hello, "hello").help
    'Say hello.'
    """
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=PlainCommand, epilog=epilog)(function)
    return typer.main.get_command(alone)


class PlainCommand(TyperCommand):
    """A command whose help is plain text, for Rich takes longer to load than all of it to print."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.help = _MARKUP.sub("", self.help or "")

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write the sentences wrapped, and the examples as they are to be typed."""
        del ctx
        words, _, examples = (self.help or "").partition("Examples\n")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(words.rstrip())
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        if lines:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {line}\n" for line in lines))

    def get_help(self, ctx: Any) -> str:
        """Return the help, its headings bold; whoever prints it takes that away off a terminal."""
        return bold_headings(super().get_help(ctx))


class LazyGroup(TyperGroup):
    """Commands in panels, listed with a sentence each without loading any of them."""

    panels: Mapping[str, Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, for which nothing is loaded."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the panels."""
        del ctx
        for panel, summaries in self.panels.items():
            with formatter.section(panel):
                formatter.write_dl(list(summaries.items()), col_max=12)

    def get_help(self, ctx: Any) -> str:
        """Return the help, its headings bold."""
        return bold_headings(super().get_help(ctx))


def bold_headings(text: str) -> str:
    """Return help with its headings bold, unless the user wants none of it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return _HEADING.sub(lambda heading: typer.style(heading[0], bold=True), text)
