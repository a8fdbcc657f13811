"""The page of the claims, written from the claims themselves whenever the pages are built."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any

from activstats import claims
from activstats.validation import CLAIMS

if TYPE_CHECKING:  # the tests read the pages without Sphinx
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PAGE = "claims"
JUDGED = "<!-- the claims that validate judges -->"
OTHERS = "<!-- the claims of the other studies -->"


def other_claims() -> list[ModuleType]:
    """Return the claims that `validate` does not judge: the commands of their studies do."""
    modules = [
        import_module(f"{claims.__name__}.{one.name}") for one in iter_modules(claims.__path__)
    ]
    return [one for one in modules if hasattr(one, "RULE") and one not in CLAIMS]


def section(claim: ModuleType) -> str:
    """Return what a claim says of itself, as Markdown."""
    parts = {
        "Source": "SOURCE",
        "Needs": "NEEDS",
        "Rule": "RULE",
        "What would change it": "CHANGES",
    }
    lines = [f"### {claim.TITLE}", ""]
    for label, name in parts.items():
        if getattr(claim, name, ""):
            lines += [f"**{label}.** {_sentence(getattr(claim, name))}", ""]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    text = text.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_")
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _write(_app: Sphinx, name: str, source: list[str]) -> None:
    if name == PAGE:
        for place, modules in ((JUDGED, CLAIMS), (OTHERS, other_claims())):
            source[0] = source[0].replace(place, "\n".join(map(section, modules)))


def _always(_app: Sphinx, _env: BuildEnvironment, *_changes: set[str]) -> list[str]:
    return [PAGE]  # the claims may have changed though the page did not


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the page in as it is read."""
    app.connect("source-read", _write)
    app.connect("env-get-outdated", _always)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
