"""The pages of the notebooks: one for each, with its title, and outputs with alternative texts."""

import importlib
import re
import sys

import pytest

from tests.docs.pages import DOCS, ROOT, text

pytest.importorskip("jupytext", reason="notebooks are kept as text")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.md"))
EXECUTED = {
    "cells": [
        {"cell_type": "markdown", "source": "# Title\n\nWords.", "metadata": {}},
        {
            "cell_type": "code",
            "source": "%matplotlib inline\nimport activstats",
            "metadata": {"alt": 'b < 1 & "more"'},
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": "a line\n"},
                {"output_type": "display_data", "data": {"image/png": "QUJD\n", "text/plain": "f"}},
                {
                    "output_type": "execute_result",
                    "data": {"text/html": '<style scoped>x</style><table border="1" class="dataframe"></table>'},
                },
                {"output_type": "execute_result", "data": {"text/plain": "3"}},
            ],
        },
    ]
}  # fmt: skip


PICTURE = '<img src="data:image/png;base64,QUJD" alt="b < 1 &amp; &quot;more&quot;">'


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    yield importlib.import_module("extensions.notebooks")
    for name in [one for one in sys.modules if one.split(".")[0] == "extensions"]:
        monkeypatch.delitem(sys.modules, name)


def test_every_notebook_has_a_page_with_its_title(extension):
    assert set(extension.sources().values()) == set(NOTEBOOKS)
    index = text(DOCS / "notebooks" / "index.md")
    for name, source in extension.sources().items():
        page = text(DOCS / f"{name}.md")
        title = re.search(r"^# (.+)$", text(source), re.MULTILINE)[1]
        assert page == f"# {title}\n\n{extension.PLACE}\n"
        assert f"[{title}]({source.name})" in index
        assert f"\n{source.stem}\n" in index


def test_cells_and_outputs_stand_in_their_order(extension):
    assert extension.as_markdown(EXECUTED).split("\n\n") == [
        "Words.",
        "````python\nimport activstats\n````",
        "````text\na line\n````",
        f"````{{raw}} html\n{PICTURE}\n````",
        '````{raw} html\n<div class="table-wrapper"><table class="docutils"></table></div>\n````',
        "````text\n3\n````",
    ]


def test_what_was_run_is_kept_until_something_changes(extension, tmp_path, monkeypatch):
    runs = []
    monkeypatch.setattr(extension, "can_run", lambda: True)
    monkeypatch.setattr(extension, "_run", lambda source: runs.append(source) or EXECUTED)
    source = tmp_path / "01.md"
    source.write_text("one")
    pages = [extension.page(source, tmp_path / "kept") for _ in range(2)]
    assert len(runs) == 1
    assert pages[0] == pages[1]
    source.write_text("two")
    extension.page(source, tmp_path / "kept")
    assert len(runs) == 2
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_where_nothing_can_be_run_the_text_is_shown_and_this_is_said(
    extension, tmp_path, monkeypatch
):
    monkeypatch.setattr(extension, "can_run", lambda: False)
    page = extension.page(NOTEBOOKS[1], tmp_path)
    assert page.startswith(extension.NOT_RUN)
    assert "````python" in page
    assert "%matplotlib" not in page
