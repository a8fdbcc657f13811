"""What ships: read from the provenance that lies beside each dataset."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from activstats.errors import DomainError, RecordingNotFoundError

FILES = "files"
SUFFIX = ".json"


@dataclass(frozen=True)
class Dataset:
    """A study or a recording that ships.

    Parameters
    ----------
    name : str
        What it is asked for by.
    kind : str
        ``"study"`` or ``"recording"``.
    what : str
        What it holds, in a sentence.
    place : str
        Its folder below the shipped files.
    reader : str
        The command of `activstats` that reads it.
    made_by : str
        The command that makes it anew.
    source : str
        Where the samples are from, and under which licence.
    versions : mapping of str to str
        Of the packages that made it.
    sha256 : mapping of str to str
        Checksum of every file, by its path below `place`.
    n_bytes : int
        Of all files together.
    """

    name: str
    kind: str
    what: str
    place: str
    reader: str
    made_by: str
    source: str
    versions: Mapping[str, str]
    sha256: Mapping[str, str]
    n_bytes: int

    def provenance(self) -> dict[str, Any]:
        """Return where it is from, in the types that JSON has."""
        return {
            "name": self.name,
            "kind": self.kind,
            "what": self.what,
            "made_by": self.made_by,
            "source": self.source,
            "versions": dict(self.versions),
            "sha256": dict(self.sha256),
        }


def shipped() -> tuple[Dataset, ...]:
    """Return all datasets, in the order of their names."""
    found = [one for text in _provenances() for one in _parts(json.loads(text))]
    return tuple(sorted(found, key=lambda one: one.name))


@cache
def _provenances() -> tuple[str, ...]:
    entries = files("activstats.datasets").joinpath(FILES).iterdir()
    return tuple(one.read_text("utf-8") for one in entries if one.name.endswith(SUFFIX))


def _parts(content: dict[str, Any]) -> list[Dataset]:
    return [
        Dataset(
            name=part["name"],
            kind=part["kind"],
            what=part["what"],
            place="/".join([content["name"], *([part["place"]] if part["place"] != "." else [])]),
            reader=part["reader"],
            made_by=content["made_by"],
            source=content["source"],
            versions=content["versions"],
            sha256={name: row["sha256"] for name, row in _below(content, part["place"]).items()},
            n_bytes=sum(row["bytes"] for row in _below(content, part["place"]).values()),
        )
        for part in content["parts"]
    ]


def _below(content: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    """Return the files of a part, by their paths within it."""
    if place == ".":
        return dict(content["files"])
    start = f"{place}/"
    return {k.removeprefix(start): v for k, v in content["files"].items() if k.startswith(start)}


def find(name: str) -> Dataset:
    """Return the dataset of a name.

    Raises
    ------
    DomainError
        If there is none.
    """
    known = {one.name: one for one in shipped()}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=1)
    raise DomainError(
        "there is no such dataset.",
        got=repr(name),
        allowed=", ".join(known),
        hint=f"'{near[0]}'" if near else "activstats datasets",
    )


def folder_of(dataset: Dataset) -> Path:
    """Return where a dataset lies on the disk.

    Raises
    ------
    RecordingNotFoundError
        If it is not there, or not on a disk.
    """
    place = files("activstats.datasets").joinpath(FILES, *dataset.place.split("/"))
    if isinstance(place, Path) and place.is_dir():
        return place
    raise RecordingNotFoundError(
        f"the files of the dataset '{dataset.name}' are not where the package is.",
        got=str(place),
        hint="install activstats from a wheel, unpacked",
    )
