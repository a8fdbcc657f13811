"""Where the numbers of a report come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from activstats.recording.study import RUNS_FILE

if TYPE_CHECKING:
    from activstats.recording.run_info import LayerInfo
    from activstats.recording.study import StudyFiles

# What a study of `activstats.studies` writes about itself; others may do without.
_DESCRIPTION = "_study.json"
_MATRIX = 2


@dataclass(frozen=True)
class Origin:
    """Provenance of a study, as far as it is known.

    Parameters
    ----------
    study : str
        Folder of the study.
    runs_sha256 : str
        Hash of its runs table.
    command : str
        Command line that makes study and report anew; empty if nobody said.
    description : mapping
        What the study wrote about itself: `settings`, `data`, `hash`; empty if it did not.
    created : tuple of str
        First and last time at which a recording was begun, ISO 8601.
    versions : tuple of mapping
        Every set of package versions that took part in a recording.
    units : tuple of str
        What one sample is in the recordings.
    weights : mapping
        Hash of the recorded weights by run.
    """

    study: str
    runs_sha256: str = ""
    command: str = ""
    description: Mapping[str, Any] = field(default_factory=dict)
    created: tuple[str, str] = ("", "")
    versions: tuple[Mapping[str, str], ...] = ()
    units: tuple[str, ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict)


def origin_of(study: StudyFiles, runs: Iterable[str], command: str = "") -> Origin:
    """Return the provenance of a study, from its own files and the recordings of some runs.

    Parameters
    ----------
    study : Study
        The study.
    runs : iterable of str
        Runs whose recordings were read, each at least once.
    command : str
        Command line that makes it anew.
    """
    recordings = {run: study.recording(run) for run in dict.fromkeys(runs)}
    infos = [recording.info for recording in recordings.values()]
    created = sorted(info.created for info in infos) or [""]
    versions = {json.dumps(info.versions, sort_keys=True) for info in infos}
    return Origin(
        study=str(study.path),
        runs_sha256=hashlib.sha256((study.path / RUNS_FILE).read_bytes()).hexdigest(),
        command=command,
        description=_description(study),
        created=(created[0], created[-1]),
        versions=tuple(json.loads(text) for text in sorted(versions)),
        units=tuple(sorted({_unit(layer) for info in infos for layer in info.layers})),
        weights={run: str(r.info.model.get("weights_sha256", "")) for run, r in recordings.items()},
    )


def _description(study: StudyFiles) -> Mapping[str, Any]:
    try:
        found = json.loads((study.path / _DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _unit(layer: LayerInfo) -> str:
    """Return what one sample is; of a matrix of samples by neurons, a row."""
    return layer.sample_unit if len(layer.shape) > _MATRIX else "row of the table"
