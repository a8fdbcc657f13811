"""The pages of the documentation, and what stands in them: code, commands, links, tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]
    if not {"_build", "notebooks"} & set(page.relative_to(ROOT).parts)
)
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n+)?^```(?P<language>\w+)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its code, and why it is not run, if it is not."""

    language: str
    code: str
    reason: str | None


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[Block]:
    found = (Block(m["language"], m["code"], m["reason"]) for m in _BLOCK.finditer(text(page)))
    return [block for block in found if block.language == language]


def prose(page: Path) -> str:
    """Return a page without its blocks and without its code within lines."""
    return re.sub(
        r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text(page), flags=re.DOTALL | re.MULTILINE)
    )


def rows(page: Path, head: str) -> list[list[str]]:
    """Return the rows of the table whose first head cell reads so, cell by cell."""
    lines = text(page).split(f"\n| {head} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
