"""Copies a dataset to where it can be written to: whole, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from activstats.errors import RecordingError, RecordingExistsError

if TYPE_CHECKING:
    from activstats.datasets.shipped import Dataset

PROVENANCE = "provenance.json"


def copy_dataset(dataset: Dataset, source: Path, target: Path) -> Path:
    """Copy the files of a dataset and write its provenance beside them.

    Parameters
    ----------
    dataset : Dataset
    source, target : path
        Where it is and where the copy is to be.

    Raises
    ------
    RecordingExistsError
        If there is something at the target.
    RecordingError
        If it cannot be written.
    """
    # A name that is not taken, beside the target: it is renamed once it is whole.
    whole = target.absolute()
    unfinished = whole.with_name(f".tmp-{whole.name}.{os.getpid()}")
    try:
        _check_free(whole)
        for name in dataset.sha256:
            place = unfinished / name
            place.parent.mkdir(parents=True, exist_ok=True)
            # Contents without permissions: what ships may be read-only.
            shutil.copyfile(source / name, place)
        text = json.dumps(dataset.provenance(), indent=1, ensure_ascii=False)
        (unfinished / PROVENANCE).write_text(text + "\n", encoding="utf-8")
        if whole.exists():
            whole.rmdir()
        unfinished.rename(whole)
    except RecordingError:
        raise
    except OSError as error:
        raise RecordingError(
            f"the dataset '{dataset.name}' cannot be copied.",
            got=f"{error.filename or target}: {error.strerror or error}",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _check_free(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise RecordingExistsError(
            "there is something where the copy is to be.",
            got=target,
            hint="a folder that is new or empty",
        )
