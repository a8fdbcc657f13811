"""The command reference, written from the commands themselves whenever the pages are built.

The page `commands` has a line that says where the sections of the commands go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer.main

from activstats.cli.main import app as command_line

if TYPE_CHECKING:  # the tests read the pages without Sphinx
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PAGE = "commands"
PLACE = "<!-- the commands, from their own help -->"

_BOLD = re.compile(r"\[/?bold\]")
_MARKUP = re.compile(r"([\\`*_<>\[\]|$])")


def every_command() -> Iterator[tuple[str, Any]]:
    """Give every command with the words that call it, those of groups among them."""
    yield from _below("activstats", typer.main.get_command(command_line))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _below(f"{path} {name}", inner)
        else:
            yield f"{path} {name}", inner


def reference() -> str:
    """Return the sections of all commands as Markdown."""
    return "\n".join(_section(path, command) for path, command in every_command())


def _section(path: str, command: Any) -> str:
    words, examples = _help(command)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    usage = " ".join(
        [path, *(f"{one.name.upper()}{chr(8230) * (one.nargs != 1)}" for one in arguments)]
    )
    parts = [f"## {path.removeprefix('activstats ')}", words]
    parts += ["```text", f"{usage} [OPTIONS]", "```"]
    parts += [_table("argument", arguments), _table("option", options)]
    if examples:
        parts += ["Examples:", "", "```sh", *examples, "```"]
    return "\n".join([*parts, ""])


def _help(command: Any) -> tuple[str, list[str]]:
    """Split what a command says of itself into its sentences and its examples."""
    text = _BOLD.sub("", command.help or "")
    words, _, after = text.partition("Examples")
    lines = [line.strip() for line in after.splitlines()]
    paragraphs = [" ".join(part.split()) for part in words.split("\n\n")]
    return "\n\n".join(map(_escaped, filter(None, paragraphs))) + "\n", _joined(lines)


def _joined(lines: list[str]) -> list[str]:
    """Return the examples, each on one line: some go on in the next one."""
    joined: list[str] = []
    for line in filter(None, lines):
        if line.startswith("activstats") or not joined:
            joined.append(line)
        else:
            joined[-1] = f"{joined[-1].removesuffix(chr(92)).rstrip()} {line}"
    return joined


def _table(kind: str, parameters: list[Any]) -> str:
    rows = [_row(one) for one in parameters if not getattr(one, "hidden", False)]
    if not rows:
        return ""
    return "\n".join([f"\n| {kind} | default | |", "|---|---|---|", *rows, ""])


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.name}`"
    else:
        names = [*parameter.opts, *parameter.secondary_opts]
        name = ", ".join(f"`{one}`" for one in names)
        if not parameter.is_flag:
            name += f" {_escaped(_type(parameter))}"
    words = _escaped(_BOLD.sub("", getattr(parameter, "help", None) or ""))
    return f"| {name} | {_default(parameter)} | {words} |"


def _type(parameter: Any) -> str:
    """Return what an option takes: `str`, `int`, or the words to choose from."""
    kind: str = parameter.display_type(None).strip("<>").removesuffix(" range").lower()
    return re.sub(r"list\[(.*)\]", r"\1", kind)


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    if callable(default) or default is None or default is False or default in ((), []):
        return ""
    if default is True:
        return f"`{parameter.opts[0]}`"
    several = default if isinstance(default, list | tuple) else [default]
    return ", ".join(f"`{getattr(one, 'value', one)}`" for one in several)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _write(_app: Sphinx, name: str, source: list[str]) -> None:
    if name == PAGE:
        source[0] = source[0].replace(PLACE, reference())


def _always(_app: Sphinx, _env: BuildEnvironment, *_changes: set[str]) -> list[str]:
    return [PAGE]  # the commands may have changed though the page did not


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the page in as it is read."""
    app.connect("source-read", _write)
    app.connect("env-get-outdated", _always)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
