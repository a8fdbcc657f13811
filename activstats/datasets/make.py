"""Makes the shipped data anew: ``python -m activstats.datasets.make [NAME …] [--out FOLDER]``.

It needs ``activstats[studies]``, and some minutes. Numbers are the same on the same versions of the
packages; what a recording says of the time when it was made is not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from activstats.datasets.recipes import RECIPES, Recipe
from activstats.datasets.shipped import FILES, SUFFIX

_VERSIONS = ("activstats", "numpy", "scikit-learn", "torch", "pyarrow")
# What a study needs to go on with, and a reader does not.
_UNWANTED = ("_rows", "report.html")


def make(recipe: Recipe, out: Path, *, n_jobs: int = 2) -> Path:
    """Make one dataset and its provenance, replacing those that are there.

    Parameters
    ----------
    recipe : Recipe
        What to make.
    out : path
        Folder of all datasets.
    n_jobs : int
        Processes.

    Returns
    -------
    Path
        Folder of the dataset.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / recipe.name
        recipe.make(made, n_jobs)
        return ship(recipe, made, out)


def ship(recipe: Recipe, made: Path, out: Path) -> Path:
    """Keep what ships of a dataset that was made, and write its provenance."""
    for name in _UNWANTED:
        place = made / name
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    if recipe.keep is not None:
        _keep(recipe, made)
    _compact(made)
    target = out / recipe.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(made, target)
    text = json.dumps(_provenance(recipe, target), indent=1, ensure_ascii=False)
    (out / f"{recipe.name}{SUFFIX}").write_text(text + "\n", encoding="utf-8")
    return target


def _keep(recipe: Recipe, made: Path) -> None:
    """Drop the recordings that do not ship, and let the table of runs say so."""
    from activstats.recording.study import StudyFiles, write_runs

    assert recipe.keep is not None
    runs = StudyFiles(made).runs
    kept = recipe.keep(runs)
    first = runs["seed"] == runs["seed"].min()
    for column, stays in (("recording", kept), ("along_recording", kept & first)):
        if column in runs:
            dropped = runs.loc[~stays & runs[column].astype(bool), column]
            for name in dropped:
                shutil.rmtree(made / name)
            runs[column] = runs[column].where(stays, "")
    write_runs(made, runs)


def _compact(made: Path) -> None:
    from activstats.recording.compacting import compact

    for description in made.rglob("_run.json"):
        compact(description.parent)


def _provenance(recipe: Recipe, folder: Path) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "made_by": f"python -m activstats.datasets.make {recipe.name}",
        "source": recipe.source,
        "versions": {"python": sys.version.split()[0]}
        | {name: version(name) for name in _VERSIONS},
        "parts": [vars(part) for part in recipe.parts],
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the datasets that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m activstats.datasets.make", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(RECIPES)}; all by default")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / FILES)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(arguments)
    for name in asked.names:
        if name not in RECIPES:
            parser.error(f"there is no dataset '{name}': {', '.join(RECIPES)}")
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in asked.names or RECIPES:
        sys.stdout.write(f"{make(RECIPES[name], asked.out, n_jobs=asked.jobs)}\n")


if __name__ == "__main__":
    main()
