"""The reference pages have every public name, command, claim and exit code."""

import importlib
import re
import sys

import pytest

import activstats
from activstats.cli import main
from tests.docs.pages import DOCS, rows, text

PACKAGES = [
    "activstats", "activstats.claims", "activstats.counts", "activstats.counts.parameters",
    "activstats.datasets", "activstats.laws", "activstats.laws.loss", "activstats.nn",
    "activstats.recorder", "activstats.recorder.callbacks", "activstats.recorder.checkpoints",
    "activstats.report", "activstats.rules", "activstats.studies", "activstats.validation",
]  # fmt: skip
# Types that stand in the words of others, and the list of claims, which has a page of its own.
NOT_LISTED = {"Array", "RULES", "CLAIMS", "DEFAULT_RULE", "ParameterKind", "ParameterOf"}


def documented():
    """Return the names of everything that the pages document, by their last part."""
    found = re.findall(
        r"^\.\. auto\w+:: (\S+)", "\n".join(map(text, DOCS.glob("api/*.md"))), re.MULTILINE
    )
    return {name.rsplit(".", 1)[1]: name for name in found}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_documented(package):
    pytest.importorskip("torch", reason="some packages need torch")
    names = set(importlib.import_module(package).__all__) - NOT_LISTED
    assert names - set(documented()) == set()


def test_names_of_the_package_itself_are_documented_as_its_own():
    assert {
        name for name in activstats.__all__ if documented()[name] != f"activstats.{name}"
    } == set()


def test_every_error_and_warning_is_documented():
    from activstats import errors

    kinds = {
        n for n, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)
    }
    assert kinds - set(documented()) == set()


@pytest.fixture
def extensions(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    yield lambda name: importlib.import_module(f"extensions.{name}")
    for name in [one for one in sys.modules if one.split(".")[0] == "extensions"]:
        monkeypatch.delitem(sys.modules, name)


def test_every_command_and_option_is_in_the_reference(extensions):
    commands = extensions("commands")
    reference = commands.reference()
    assert commands.PLACE in text(DOCS / "commands.md")
    for path, command in commands.every_command():
        section = reference.split(f"## {path.removeprefix('activstats ')}\n", 1)[1].split(
            "\n## ", 1
        )[0]
        options = [one for parameter in command.params for one in parameter.opts]
        assert [one for one in options if f"`{one}`" not in section] == []


def test_every_claim_is_on_its_page(extensions):
    claims = extensions("claims")
    page = text(DOCS / "claims.md")
    assert claims.JUDGED in page
    assert claims.OTHERS in page
    for claim in [*claims.CLAIMS, *claims.other_claims()]:
        section = claims.section(claim)
        assert section.startswith(f"### {claim.TITLE}\n")
        assert "**Rule.**" in section


def test_bars_and_stars_of_docstrings_are_not_taken_for_markup(extensions):
    escaped = extensions("docstrings").escaped
    given = [
        "sup|K − law|/N",
        "x : ndarray, shape (n, *shape)",
        "``a*b`` and `|`",
        ">>> a * b",
        "a|b",
        "",
        "**more",
    ]
    assert escaped(given) == [
        r"sup\|K − law\|/N", r"x : ndarray, shape (n, \*shape)", "``a*b`` and `|`", ">>> a * b", "a|b", "", "**more",
    ]  # fmt: skip


def test_the_exit_codes_are_those_of_the_command_line():
    codes = [int(row[0]) for row in rows(DOCS / "commands.md", "exit code")]
    assert codes == [main.OK, main.FAILED, main.USAGE, main.INTERRUPTED]
