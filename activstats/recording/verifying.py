"""Is everything there, and is it what was written? Looks through a recording or a whole study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from activstats.errors import RecordingError, RecordingNotFoundError
from activstats.recording.layout import MANIFEST_FILE, RUN_FILE, parse_shard
from activstats.recording.remote import RemotePath, hint_for, place
from activstats.recording.store import Store, said
from activstats.recording.study import RUNS_FILE, StudyFiles
from activstats.recording.verify_report import Problem, VerifyReport, joined
from activstats.recording.verifying_run import verify_recording


def verify(path: Any, *, storage_options: Mapping[str, Any] | None = None) -> VerifyReport:
    """Look through a recording or a study and say what is wrong; nothing is changed.

    Every file is read once, one at a time: descriptions and manifests; that each shard is there, has
    its checksum and the columns of the format, and holds whole chunks in order; that no sample is
    missing or stands twice in any stream; and that nothing lies about that nobody vouches for.

    Parameters
    ----------
    path : str or path-like
        Folder or URI of a recording, or of a study.
    storage_options : mapping, optional
        What the file system of a URI is to be told.

    Returns
    -------
    VerifyReport
        With `ok`, and the tables `problems` and `lost`.

    Raises
    ------
    RecordingNotFoundError
        If there is neither a recording nor a study.
    RecordingError
        If the place cannot be reached.

    Examples
    --------
    >>> import tempfile, torch
    >>> from activstats import Recorder, verify
    >>> folder = tempfile.mkdtemp() + "/run"
    >>> model = torch.nn.Sequential(torch.nn.ReLU())
    >>> with Recorder(model, folder, layers="0") as recorder, recorder.batch():
    ...     _ = model(torch.ones(4, 8))
    >>> verify(folder).ok
    True
    """
    root = place(path, storage_options)
    folders = recordings_in(root)
    if folders == [""]:
        return verify_recording(root)
    report = joined(str(path), [(name, verify_recording(root / name)) for name in folders])
    return replace(report, found=(*_study_problems(root, folders), *report.found))


def recordings_in(root: Path | RemotePath) -> list[str]:
    """Return the folders of all recordings below a place, relative to it; "" for the place itself.

    Raises
    ------
    RecordingNotFoundError
        If there are none, and no table of runs either.
    """
    try:
        names = Store(root).files()
    except OSError as error:
        raise RecordingError(
            f"'{root}' cannot be reached or read.", got=said(error), hint=hint_for(root)
        ) from error
    if {RUN_FILE, MANIFEST_FILE} & set(names) or any(map(parse_shard, names)):
        return [""]
    folders = {name.rpartition("/")[0] for name in names if name.endswith(f"/{RUN_FILE}")}
    folders |= {name.rpartition("/")[0] for name in names if name.endswith(f"/{MANIFEST_FILE}")}
    if not folders and RUNS_FILE not in names:
        raise RecordingNotFoundError(
            f"there is no recording and no study at '{root}'.",
            got="nothing" if not names else "other files",
            hint=hint_for(root) or "the folder given to Recorder, or that of a study",
        )
    return sorted(folders)


def _study_problems(root: Path | RemotePath, folders: list[str]) -> list[Problem]:
    try:
        runs = StudyFiles(root).runs
    except RecordingNotFoundError:
        return []  # recordings side by side need no table
    except RecordingError as error:
        return [Problem("study", RUNS_FILE, f"it cannot be read: {error.got}", mendable=False)]
    named = [str(name) for name in runs["recording"] if name]
    return [
        Problem("study", RUNS_FILE, f"the recording '{name}' is not there", mendable=False)
        for name in named
        if name not in folders
    ]
