"""What the shell offers when the user presses the tabulator: layers, rules and steps of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

# Rules that a recording is made under when nobody knows better, spelled as they are typed.
_USUAL = ["top1%", "argmax", "above(0)", "top_k(5)", "fraction_of_max(0.5)"]


def layers_of(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the layers of the recording on the command line that begin so."""
    return _begin_so([str(layer.get("layer")) for layer in _layers(ctx)], incomplete)


def rules_of(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the rules of the recording on the command line that begin so."""
    return _begin_so(
        [rule for layer in _layers(ctx) for rule in layer.get("rules", [])], incomplete
    )


def usual_rules(incomplete: str) -> list[str]:
    """Return rules to record under that begin so."""
    return _begin_so(_USUAL, incomplete)


def _layers(ctx: typer.Context) -> list[dict[str, Any]]:
    """Return what the first recording among the words says of its layers, if there is one."""
    given = [ctx.params.get(name) for name in ("recording", "source")]
    # A word that stands before an option without a value has not found its parameter yet.
    for word in [*given, *(ctx.params.get("sources") or ()), *ctx.args]:
        try:
            # Read as text: pyarrow, which reads recordings, takes too long to load.
            text = (Path(str(word)) / "_run.json").read_text(encoding="utf-8")
            return [layer for layer in json.loads(text)["layers"] if isinstance(layer, dict)]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return []


def _begin_so(names: list[str], incomplete: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]
