"""Docstrings as they are written, safe from being read as markup: |K − law| and (rows, *shape) are meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the tests read the pages without Sphinx
    from sphinx.application import Sphinx


_MEANT = re.compile(r"(?<![\\*])([|*])(?!\*)")
_CODE = re.compile(r"(`+[^`]*`+)")


def escaped(lines: list[str]) -> list[str]:
    """Escape bars and stars outside of code, of examples, and of the names of parameters."""
    found: list[str] = []
    in_example = False
    for line in lines:
        in_example = line.lstrip().startswith(">>>") or (in_example and bool(line.strip()))
        found.append(line if in_example or line.lstrip().startswith("*") else _escape(line))
    return found


def _escape(line: str) -> str:
    parts = _CODE.split(line)
    return "".join(part if i % 2 else _MEANT.sub(r"\\\1", part) for i, part in enumerate(parts))


def _read(
    _app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    lines[:] = escaped(lines)


def setup(app: Sphinx) -> dict[str, Any]:
    """Read docstrings before numpydoc does."""
    app.setup_extension("sphinx.ext.autodoc")  # whose event it is
    app.connect("autodoc-process-docstring", _read, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
