"""Reads the descriptions and manifests of a recording, noting what is wrong instead of giving up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from activstats.errors import DamagedRecordingError, NewerFormatError
from activstats.recording.checkpoints import read_checkpoints
from activstats.recording.layout import CHECKPOINTS_FILE, PARAMETERS, manifest_file, run_file
from activstats.recording.manifest import Manifest, ShardEntry, parse_manifest
from activstats.recording.run_info import RunInfo, parse_run_info
from activstats.recording.store import Store, said
from activstats.recording.verify_report import Problem

MISSING = "it is missing"


def read_infos(store: Store, problems: list[Problem]) -> tuple[RunInfo | None, ...]:
    """Return the descriptions by rank, None for those that cannot be read.

    Raises
    ------
    NewerFormatError
        If a later version wrote one of them.
    """
    infos: list[RunInfo | None] = []
    while not infos or (
        len(infos) < infos[0].world if infos[0] else store.exists(run_file(len(infos)))
    ):
        infos.append(_read_info(store, run_file(len(infos)), problems))
    return tuple(infos)


def _read_info(store: Store, name: str, problems: list[Problem]) -> RunInfo | None:
    try:
        return parse_run_info(store.text(name), where=name)
    except FileNotFoundError:
        problems.append(Problem("description", name, MISSING))
    except NewerFormatError:
        raise
    except DamagedRecordingError as error:
        problems.append(Problem("description", name, f"it cannot be read: {error.got}"))
    except OSError as error:
        problems.append(Problem("description", name, f"it cannot be read: {said(error)}", False))  # noqa: FBT003  (mendable)
    return None


def read_manifests(store: Store, world: int, problems: list[Problem]) -> tuple[Manifest, ...]:
    """Return the manifests by rank, with what can be read of them."""
    found = []
    for rank in range(world):
        name = manifest_file(rank)
        try:
            manifest = parse_manifest(store.text(name))
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            manifest = Manifest((), (MISSING if missing else said(error),))
        problems.extend(Problem("manifest", name, problem) for problem in manifest.problems)
        found.append(manifest)
    return tuple(found)


def repeated(manifests: Sequence[Manifest]) -> Iterator[Problem]:
    """Name shards that are listed more than once, or by the wrong manifest."""
    for rank, manifest in enumerate(manifests):
        paths = [entry.path for entry in manifest.entries]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            yield Problem("manifest", manifest_file(rank), f"it lists {path} more than once")
        for entry in manifest.entries:
            if entry.stream.rank != rank:
                yield Problem("manifest", manifest_file(rank), f"{entry.path} is of another rank")


def checkpoint_problems(store: Store, names: Sequence[str]) -> Iterator[Problem]:
    """Name a table of checkpoints that cannot be read."""
    if CHECKPOINTS_FILE not in names:
        return
    try:
        read_checkpoints(store, "")
    except OSError as error:
        words = f"it cannot be read: {getattr(error, 'got', said(error))}"
        yield Problem("description", CHECKPOINTS_FILE, words, mendable=False)


def strangers(entries: Iterable[ShardEntry], infos: Sequence[RunInfo | None]) -> Iterator[Problem]:
    """Name streams that the descriptions know nothing of."""
    known = {
        (layer.layer, rule)
        for info in infos
        if info is not None
        for layer in info.layers
        for rule in ("", *layer.rules)
    }
    streams = {entry.stream for entry in entries}
    for stream in sorted(streams):
        if stream.kind != PARAMETERS and (stream.layer, stream.rule) not in known and known:
            yield Problem(
                "layers", stream.folder, "the description knows no such layer and rule",
                mendable=False,
            )  # fmt: skip
