"""Names of the files and folders of a recording, format 1.

::

    RUN/_run.json
    RUN/_manifest.jsonl
    RUN/_run-00001.json, RUN/_manifest-00001.jsonl      of rank 1 where several processes recorded
    RUN/_checkpoints.json
    RUN/_set_aside/0001/…                                what a repair found broken, and why
    RUN/stats/layer=<url-encoded>/rule=<url-encoded>/rank=00000/part-000000.parquet
    RUN/samples/layer=<url-encoded>/rank=00000/part-000000.parquet
    RUN/values/layer=<url-encoded>/rank=00000/part-000000.parquet
    RUN/parameters/parameter=<url-encoded>/table=<name>/rank=00000/part-000000.parquet
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

RUN_FILE = "_run.json"
MANIFEST_FILE = "_manifest.jsonl"
RANK_FOLDER = "rank={:05d}"
CHECKPOINTS_FILE = "_checkpoints.json"
SET_ASIDE = "_set_aside"
COMPACTING_FILE = "_compacting.json"
STATS = "stats"
SAMPLES = "samples"
VALUES = "values"
PARAMETERS = "parameters"
KINDS = (STATS, SAMPLES, VALUES, PARAMETERS)

_STREAM = re.compile(
    r"(?P<kind>\w+)/(?:layer|(?P<of_parameter>parameter))=(?P<layer>[^/]*)"
    r"(?:/(?(of_parameter)table|rule)=(?P<rule>[^/]*))?/rank=(?P<rank>\d+)"
    r"/part-(?P<part>\d+)\.parquet"
)


@dataclass(frozen=True, order=True)
class Stream:
    """One series of shards: a kind of table for one layer, one rule and one rank.

    Parameters
    ----------
    kind : str
        ``"stats"``, ``"samples"``, ``"values"`` or ``"parameters"``.
    layer : str
        Name of the layer, as recorded; of parameters, the parameter's.
    rule : str
        Name of the activation rule, empty where a table has none; of parameters, which table.
    rank : int
        Process that wrote it, 0 unless several recorded together.
    """

    kind: str
    layer: str
    rule: str = ""
    rank: int = 0

    @property
    def folder(self) -> str:
        """Folder of the stream, relative to the recording, with forward slashes."""
        name, part = ("parameter", "table") if self.kind == PARAMETERS else ("layer", "rule")
        inner = f"/{part}={encode(self.rule)}" if self.rule else ""
        return f"{self.kind}/{name}={encode(self.layer)}{inner}/{RANK_FOLDER.format(self.rank)}"

    def shard(self, part: int) -> str:
        """Path of one shard, relative to the recording."""
        return f"{self.folder}/part-{part:06d}.parquet"


def run_file(rank: int) -> str:
    """Name of the file in which a process says what it recorded; `_run.json` for the first."""
    return _of_rank(RUN_FILE, rank)


def manifest_file(rank: int) -> str:
    """Name of the manifest of a process's shards; `_manifest.jsonl` for the first."""
    return _of_rank(MANIFEST_FILE, rank)


def _of_rank(name: str, rank: int) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem}-{rank:05d}.{ending}" if rank else name


def encode(name: str) -> str:
    """Write a name so that it can stand as one folder on any file system."""
    return quote(name, safe="().,_-")


def parse_shard(path: str) -> tuple[Stream, int] | None:
    """Return the stream and the number of a shard from its relative path, or None."""
    match = _STREAM.fullmatch(path)
    if match is None:
        return None
    stream = Stream(
        match["kind"], unquote(match["layer"]), unquote(match["rule"] or ""), int(match["rank"])
    )
    return stream, int(match["part"])


def temporary_name(part: int) -> str:
    """Name under which a shard is written before it is whole.

    It starts with a dot and does not end in ``.parquet``: readers that glob and readers that list
    folders both pass over it.
    """
    return f".tmp-{part:06d}.parquet.{os.getpid()}"


def aside_name(file_name: str) -> str:
    """Name under which a shard that no manifest line vouches for is kept out of readers' sight."""
    return f".aside-{file_name}.{os.getpid()}"
