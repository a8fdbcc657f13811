"""Revisions of a repository on the Hugging Face hub, fetched through its own client."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activstats.errors import ActivstatsError, InputError
from activstats.recorder.checkpoints.files import WHOLE_NAMES, main_file
from activstats.recorder.checkpoints.steps import says_step, steps_of

HUB = "hf://"
_SHOWN = 8


@dataclass(frozen=True)
class HubRevision:
    """One revision of a repository.

    Parameters
    ----------
    repository : str
        As ``owner/name``.
    revision : str
        A branch, a tag or a commit.
    commit : str
        Commit that it stood for when it was listed; empty if it was not.
    """

    repository: str
    revision: str
    commit: str = ""

    def __str__(self) -> str:
        return f"{HUB}{self.repository}@{self.revision}"

    @classmethod
    def parse(cls, text: str) -> HubRevision:
        """Read ``hf://owner/name@revision``; the main branch where none is said."""
        repository, _, revision = text.removeprefix(HUB).partition("@")
        return cls(repository, revision or "main")

    @contextlib.contextmanager
    def fetched(self, *, keep: bool) -> Iterator[Path]:
        """Have the weights on the disk for as long as the context lasts.

        Parameters
        ----------
        keep : bool
            Whether a download goes to the client's cache, to stay. If not, it goes to a temporary
            folder and is removed with it. What is in the cache already is used and left there.

        Raises
        ------
        InputError
            If there is no such revision or no way to it.
        """
        cached = self._in_cache()
        if cached is not None:
            yield cached
        elif keep:
            yield self._download()
        else:
            with tempfile.TemporaryDirectory(prefix="activstats-") as folder:
                yield self._download(local_dir=folder)

    @property
    def _asked(self) -> dict[str, Any]:
        return {"repo_id": self.repository, "revision": self.commit or self.revision}

    def _in_cache(self) -> Path | None:
        """Return the revision's folder in the client's cache, if all of its weights are there."""
        client = _client()
        try:
            folder = Path(client.snapshot_download(**self._asked, local_files_only=True))
        except Exception:  # noqa: BLE001  (whatever keeps it from being used, it is not there)
            return None
        return folder if _is_whole(folder) else None

    def _download(self, **where: str) -> Path:
        client = _client()
        with _told(str(self)):
            files = client.HfApi().list_repo_files(
                self.repository, revision=self._asked["revision"]
            )
            wanted = _weights_among(files)
            if not wanted:
                raise InputError(f"'{self}' holds no weights.", allowed=" or ".join(WHOLE_NAMES))
            return Path(client.snapshot_download(**self._asked, allow_patterns=wanted, **where))


def revisions(text: str) -> list[tuple[int, HubRevision]]:
    """Return the revisions of ``hf://owner/name@pattern`` and the steps that their names say.

    Without a pattern, all branches and tags with the word "step" in front of a number.

    Raises
    ------
    InputError
        If there are none, or there is no way to them.
    """
    repository, _, pattern = text.removeprefix(HUB).partition("@")
    with _told(f"{HUB}{repository}"):
        refs = _client().HfApi().list_repo_refs(repository)
    commits = {ref.name: str(ref.target_commit) for ref in [*refs.branches, *refs.tags]}
    named = [
        name
        for name in commits
        if (fnmatch.fnmatchcase(name, pattern) if pattern else says_step(name))
    ]
    if not named:
        raise InputError(
            f"no revision of '{HUB}{repository}' "
            + (f"matches '{pattern}'." if pattern else "says a step."),
            allowed=", ".join(list(commits)[:_SHOWN]) + (", …" if len(commits) > _SHOWN else ""),
            hint=f"{HUB}{repository}@step*, or a revision for each step: 500={HUB}{repository}@main",
        )
    steps = steps_of(named)
    return [
        (step, HubRevision(repository, name, commits[name]))
        for step, name in zip(steps, named, strict=True)
    ]


def _weights_among(files: list[str]) -> list[str]:
    """Return the files at the top of a repository that hold its weights, in one format only."""
    main = next((name for name in WHOLE_NAMES if name in files), None)
    if main is None or not main.endswith(".index.json"):
        return [main] if main else []
    stem, ending = main.removesuffix(".index.json").rsplit(".", 1)
    return [main, *(name for name in files if fnmatch.fnmatchcase(name, f"{stem}-*-of-*.{ending}"))]


def _is_whole(folder: Path) -> bool:
    main = main_file(folder)
    if main is None or not main.name.endswith(".index.json"):
        return main is not None
    names = set(json.loads(main.read_text(encoding="utf-8"))["weight_map"].values())
    return all((folder / name).exists() for name in names)


def _client() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise InputError(
            "checkpoints on the Hugging Face hub need its client.",
            hint="pip install 'activstats[hub]'",
        ) from error
    return huggingface_hub


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except ActivstatsError:
        raise
    except Exception as error:
        raise InputError(
            f"'{what}' cannot be reached.",
            got=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
            hint="check the name and the connection; what is in the cache is used without one",
        ) from error
