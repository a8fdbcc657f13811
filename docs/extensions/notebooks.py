"""The pages of the notebooks: their text, what it prints and draws, run when the pages are built.

A page has a line that says where the notebook goes. What was run is kept beside Sphinx's own files,
and run again when the notebook, the package or its data have changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupytext

if TYPE_CHECKING:  # the tests read the pages without Sphinx
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PLACE = "<!-- the notebook, with what it prints and draws -->"
NOT_RUN = "*This notebook was not run: `nbclient` and `ipykernel` are not installed.*"
ROOT = Path(__file__).parents[2]
PAGES = "notebooks"
_TITLE = re.compile(r"\A# .*\n+")
_STYLE = re.compile(r"<style scoped>.*?</style>", re.DOTALL)


def sources() -> dict[str, Path]:
    """Return the notebooks by the names of their pages."""
    found = sorted((ROOT / "notebooks").glob("[0-9]*.md"))
    return {f"{PAGES}/{path.stem}": path for path in found}


def page(source: Path, cache: Path) -> str:
    """Return a notebook as Markdown without its title, run if need be and if that can be done."""
    kept = cache / f"{source.stem}-{_state(source)}.json"
    if kept.exists():
        return as_markdown(json.loads(kept.read_text("utf-8")))
    if not can_run():
        return f"{NOT_RUN}\n\n{as_markdown(jupytext.read(source))}"
    notebook = _run(source)
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob(f"{source.stem}-*.json"):
        old.unlink()
    kept.write_text(json.dumps(notebook), encoding="utf-8")
    return as_markdown(notebook)


def can_run() -> bool:
    """Tell whether what runs notebooks is installed."""
    return all(importlib.util.find_spec(name) for name in ("nbclient", "ipykernel"))


def _run(source: Path) -> Any:
    # By its file: a package of that name may also mean the folder of pages.
    spec = importlib.util.spec_from_file_location("_execute", ROOT / "notebooks" / "execute.py")
    assert spec is not None
    assert spec.loader is not None
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    with tempfile.TemporaryDirectory() as folder:
        return runner.execute(source, Path(folder))


def _state(source: Path) -> str:
    """Return a hash of all that the outputs of a notebook depend on."""
    package = ROOT / "activstats"
    files = [source, *sorted(package.rglob("*.py")), *sorted(package.glob("datasets/files/*.json"))]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def as_markdown(notebook: Any) -> str:
    """Return the cells of a notebook, one after the other, as MyST Markdown."""
    return _TITLE.sub("", "\n\n".join(part for cell in notebook["cells"] for part in _parts(cell)))


def _parts(cell: Any) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield cell["source"]
        return
    lines = [line for line in cell["source"].splitlines() if not line.startswith("%")]
    yield _fenced("python", "\n".join(lines).strip("\n"))
    for output in cell.get("outputs", ()):
        yield from _shown(output, cell["metadata"].get("alt", ""))


def _shown(output: Any, alt: str) -> Iterator[str]:
    if output["output_type"] == "stream":
        yield _fenced("text", output["text"].rstrip())
        return
    data = output.get("data", {})
    if "image/png" in data:
        picture = "".join(data["image/png"].split())
        told = alt.replace("&", "&amp;").replace('"', "&quot;")
        yield _fenced("{raw} html", f'<img src="data:image/png;base64,{picture}" alt="{told}">')
    elif "text/html" in data:
        # As the tables of the other pages look; wide ones are scrolled within the page.
        table = _STYLE.sub("", data["text/html"])
        table = table.replace('<table border="1" class="dataframe">', '<table class="docutils">')
        yield _fenced("{raw} html", f'<div class="table-wrapper">{table}</div>')
    elif "text/plain" in data:
        yield _fenced("text", data["text/plain"])


def _fenced(kind: str, text: str) -> str:
    return f"````{kind}\n{text}\n````"


def _write(app: Sphinx, name: str, source: list[str]) -> None:
    known = sources()
    if name in known:
        shown = page(known[name], Path(app.doctreedir) / PAGES)
        source[0] = source[0].replace(PLACE, shown)


def _changed(app: Sphinx, _env: BuildEnvironment, *_changes: set[str]) -> list[str]:
    cache = Path(app.doctreedir) / PAGES
    return [
        name
        for name, path in sources().items()
        if not (cache / f"{path.stem}-{_state(path)}.json").exists()
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the pages in as they are read."""
    app.connect("source-read", _write)
    app.connect("env-get-outdated", _changed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
