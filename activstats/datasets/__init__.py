"""Small recordings and tables of runs that come with the package, each with where it is from.

They serve to try things out: examples, notebooks and tests read them, and no torch is needed. What
ships is only read; `copy` gives a copy to do with as one likes.

Examples
--------
>>> from activstats import GrowthLaw, datasets
>>> recording = datasets.load("digits-trained")
>>> GrowthLaw().fit(recording.counts(rule="top1%")).n_neurons
256
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, overload

from activstats.datasets.copying import copy_dataset
from activstats.datasets.shipped import Dataset, find, folder_of, shipped

if TYPE_CHECKING:
    from typing import Literal

    import pandas as pd

    from activstats.counts import Recording, Study

    RecordingName = Literal[
        "digits-trained",
        "digits-untrained",
        "digits-random-labels",
        "digits-along",
        "checkpoints",
        "weights",
    ]
    StudyName = Literal["digits", "learning-rates", "tipping", "stamina"]

__all__ = ["Dataset", "copy", "describe", "list_datasets", "load", "path"]


def list_datasets() -> pd.DataFrame:
    """Return what there is, one row a dataset.

    Returns
    -------
    DataFrame
        name, kind (``"study"`` or ``"recording"``), what (a sentence), bytes (on the disk), made_by
        (the command that makes it anew). A recording may be part of a study that is listed, too.

    Examples
    --------
    >>> list_datasets().set_index("name").loc["tipping", "kind"]
    'study'
    """
    import pandas as pd

    rows = [
        {"name": one.name, "kind": one.kind, "what": one.what, "bytes": one.n_bytes,
         "made_by": one.made_by}
        for one in shipped()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def describe(name: str) -> Dataset:
    """Return what is known of a dataset: contents, source, licence, versions, checksums.

    Parameters
    ----------
    name : str
        One of those that `list_datasets` lists.

    Raises
    ------
    DomainError
        If there is no such dataset.

    Examples
    --------
    >>> describe("checkpoints").made_by
    'python -m activstats.datasets.make checkpoints'
    """
    return find(name)


def path(name: str) -> Path:
    """Return the folder of a dataset; nothing in it is to be written to.

    Parameters
    ----------
    name : str
        One of those that `list_datasets` lists.

    Raises
    ------
    DomainError
        If there is no such dataset.
    RecordingNotFoundError
        If the package was installed without it, or lies in an archive.

    Examples
    --------
    >>> path("digits").is_dir()
    True
    """
    return folder_of(find(name))


@overload
def load(name: RecordingName) -> Recording: ...


@overload
def load(name: StudyName) -> Study: ...


@overload
def load(name: str) -> Recording | Study: ...


def load(name: str) -> Recording | Study:
    """Open a dataset for analysis.

    Parameters
    ----------
    name : str
        One of those that `list_datasets` lists.

    Returns
    -------
    Recording or Study
        As `open_recording` and `open_study` return them.

    Raises
    ------
    DomainError, RecordingNotFoundError
        As for `path`.

    Examples
    --------
    >>> sorted(load("digits").runs["width"].unique().tolist())
    [0, 64, 128, 256]
    """
    from activstats.counts import open_recording, open_study

    found = find(name)
    return (open_study if found.kind == "study" else open_recording)(folder_of(found))


def copy(name: str, folder: str | os.PathLike[str]) -> Path:
    """Copy a dataset, with where it is from, into a folder that can be written to.

    Parameters
    ----------
    name : str
        One of those that `list_datasets` lists.
    folder : path-like
        Where it is to be: a folder that is new or empty. It appears once it is whole.

    Returns
    -------
    Path
        The folder; `provenance.json` in it says where the data are from.

    Raises
    ------
    DomainError, RecordingNotFoundError
        As for `path`.
    RecordingExistsError
        If there is something in the folder.
    RecordingError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from activstats import open_recording
    >>> target = copy("checkpoints", tempfile.mkdtemp())
    >>> open_recording(target).info.mode
    'mask'
    """
    found = find(name)
    return copy_dataset(found, folder_of(found), Path(folder))
