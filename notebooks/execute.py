"""Runs the notebooks: ``python -m notebooks.execute [01 …] --to FOLDER`` writes them with outputs.

The text is the source; `.ipynb` files are made of it. The kernel is that of the Python which runs
this, whatever kernels are installed. A warning in a notebook is an error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import jupytext
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

FOLDER = Path(__file__).parent
LONGEST_CELL = 300  # seconds, on a machine with other work
# Pictures as sharp on a dense screen as the text around them; from then on a warning is an error.
_BEFORE = """%matplotlib inline
%config InlineBackend.figure_format = 'retina'
import warnings
warnings.simplefilter('error')
"""
# Warnings of the kernel itself, as it leaves, are none of the notebook's.
_AFTER = "warnings.simplefilter('ignore')"
# One thread each: several kernels may run at a time. The debugger would complain on every start.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class _ThisPython(AsyncKernelManager):
    """Knows the kernel of the Python that runs this, and no other."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def sources(names: Sequence[str] = ()) -> list[Path]:
    """Return the notebooks in their order; those whose file names begin so, if names are given."""
    found = sorted(FOLDER.glob("[0-9]*.md"))
    return [path for path in found if not names or path.name.startswith(tuple(names))]


def execute(source: Path, folder: Path) -> NotebookNode:
    """Run a notebook in a folder and return it with its outputs.

    Parameters
    ----------
    source : path
        The notebook as text.
    folder : path
        Working folder of its kernel, for what it writes.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = jupytext.read(source)
    shown = list(notebook.cells)
    notebook.cells = [new_code_cell(_BEFORE), *shown, new_code_cell(_AFTER)]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=_ThisPython,
        timeout=LONGEST_CELL,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, **_ENVIRONMENT})
    notebook.cells = shown
    return notebook


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the notebooks that are named, or all, and write them with their outputs."""
    parser = argparse.ArgumentParser(prog="python -m notebooks.execute", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of file names; all by default")
    parser.add_argument("--to", type=Path, required=True, help="folder of the .ipynb files")
    asked = parser.parse_args(arguments)
    asked.to.mkdir(parents=True, exist_ok=True)
    for source in sources(asked.names):
        target = asked.to / f"{source.stem}.ipynb"
        jupytext.write(execute(source, asked.to), target)
        sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
