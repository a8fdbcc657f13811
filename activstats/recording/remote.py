"""Places that are no folders of this machine: URIs that fsspec understands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec

from activstats.errors import RecordingError


@dataclass(frozen=True)
class RemotePath:
    """A URI that can be joined and read like a path.

    Parameters
    ----------
    uri : str
        Such as ``s3://bucket/runs``.
    options : mapping
        What the file system is to be told, such as ``{"endpoint_url": "http://localhost:9000"}``.
        They are no part of the path's text, as they may hold secrets.

    Examples
    --------
    >>> str(RemotePath("memory://runs/") / "a")
    'memory://runs/a'
    """

    uri: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return self.uri

    def __truediv__(self, name: str | os.PathLike[str]) -> RemotePath:
        return RemotePath(f"{self.uri.rstrip('/')}/{os.fspath(name)}", self.options)

    def read_bytes(self) -> bytes:
        """Return the content of the file; FileNotFoundError if there is none, OSError otherwise."""
        with in_terms_of_the_disk():
            fs, path = fsspec.core.url_to_fs(self.uri, **self.options)
            return bytes(fs.cat_file(path))

    def read_text(self, encoding: str = "utf-8") -> str:
        """Return the content of the file as text."""
        return self.read_bytes().decode(encoding)


def place(path: Any, storage_options: Mapping[str, Any] | None = None) -> Path | RemotePath:
    """Return a folder of this machine as a path, a URI as one that can be read.

    Parameters
    ----------
    path : str, path-like or RemotePath
    storage_options : mapping, optional
        For the file system of a URI.

    Raises
    ------
    RecordingError
        If there are options for a folder of this machine, which takes none.
    """
    if isinstance(path, RemotePath):
        return RemotePath(path.uri, {**path.options, **(storage_options or {})})
    text = os.fspath(path)
    if "://" in text or "::" in text:
        return RemotePath(text, dict(storage_options or {}))
    if storage_options:
        raise RecordingError(
            f"'{text}' is a folder of this machine, which takes no storage_options.",
            got=", ".join(storage_options),
            allowed="a URI, such as s3://bucket/run",
        )
    return Path(text)


@contextlib.contextmanager
def in_terms_of_the_disk() -> Iterator[None]:
    """Let file systems that have errors of their own speak of an OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def hint_for(path: Any) -> str | None:
    """Return what to do where a URI cannot be reached, nothing for a folder."""
    if "://" not in str(path):
        return None
    return "check the name, and credentials and endpoint in the environment or in storage_options"
