"""What the README shows works as it stands there."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_every_command_shown_is_one_that_there_is():
    from activstats.cli.main import PANELS

    known = {name for panel in PANELS.values() for name in panel}
    shown = re.findall(r"^activstats (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert shown
    assert set(shown) == known


def test_every_make_target_shown_is_one_that_there_is():
    targets = set(re.findall(r"^(\w+):", (README.parent / "Makefile").read_text(), re.MULTILINE))
    shown = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert set(shown) == {"demo", "test"}
    assert set(shown) <= targets


def test_pictures_and_pages_that_are_linked_are_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_no_place_is_left_to_be_filled_in():
    assert re.findall(r"@[A-Z]+@|TODO|XXX", README.read_text(encoding="utf-8")) == []
