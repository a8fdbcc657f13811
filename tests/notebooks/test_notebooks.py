"""The notebooks run as they stand, without a warning, on the data that ship."""

import re

import pytest

pytest.importorskip("nbclient", reason="notebooks are run by nbclient")
pytest.importorskip("ipykernel", reason="notebooks need a kernel")
pytest.importorskip("jupytext", reason="notebooks are kept as text")
pytest.importorskip("torch", reason="the first notebook records")

from notebooks.execute import execute, sources

NAMES = ["01_estimate_b", "02_test_a_power_law", "03_find_a_transition", "04_a_checkpoint_series",
         "05_learning_rates_and_stamina"]  # fmt: skip


def test_all_of_them_are_here():
    assert [path.stem for path in sources()] == NAMES
    assert [path.stem for path in sources(["02", "04"])] == [NAMES[1], NAMES[3]]


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_each_says_what_is_seen_and_what_cannot_be_concluded(source):
    text = source.read_text(encoding="utf-8")
    seen, concluded = text.index("**What is seen.**"), text.index("**What cannot be concluded.**")
    assert seen < concluded


@pytest.mark.parametrize("source", sources()[1:], ids=lambda path: path.stem)
def test_those_that_do_not_record_import_no_torch(source):
    text = source.read_text(encoding="utf-8")
    assert re.findall(r"^\s*(?:import|from) (?:torch|sklearn)", text, re.MULTILINE) == []


@pytest.mark.slow
@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_it_runs_and_draws(source, tmp_path):
    notebook = execute(source, tmp_path)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [one["text"] for one in outputs if one.get("name") == "stderr"] == []
    for cell in notebook.cells:
        drawn = ["image/png" in output.get("data", {}) for output in cell.get("outputs", ())]
        assert ("alt" in cell.metadata) == any(drawn), cell.source
    assert sum("image/png" in one.get("data", {}) for one in outputs) >= 3


@pytest.mark.slow
def test_a_warning_is_an_error(tmp_path):
    from nbclient.exceptions import CellExecutionError

    source = tmp_path / "warns.md"
    head = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n"
    source.write_text(
        f"{head}\n```{{code-cell}}\nimport warnings\nwarnings.warn('heard?', stacklevel=2)\n```\n"
    )
    with pytest.raises(CellExecutionError, match="heard"):
        execute(source, tmp_path)
