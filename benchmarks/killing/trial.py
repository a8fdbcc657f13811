"""One kill: what was lost, whether the rest reads right, and whether resuming is exact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.killing.left import assert_same, samples_left
from benchmarks.killing.scenario import Scenario
from benchmarks.killing.zygote import Zygote


@dataclass(frozen=True)
class Trial:
    """What one kill came to, in samples of one layer, the worst of them."""

    scenario: Scenario
    fed: int
    left: int
    shard: int
    unfinished_files: int

    @property
    def lost(self) -> int:
        return max(0, self.fed - self.left)


def run_trial(
    zygote: Zygote, scenario: Scenario, folder: Path, *, kill_at: tuple[int, float]
) -> Trial:
    """Kill one recording, check what is left, go on with it, and check the whole."""
    killed, reference = folder / "killed", folder / "reference"
    scenario.record(reference)
    finished = zygote.record(scenario, killed, kill_at=kill_at)
    fed = finished * scenario.batch_size
    began = (killed / "_run.json").exists()
    left = samples_left(scenario, killed) if began else {}
    unlisted = _unlisted(killed)
    shard = _largest_shard(reference)
    scenario.record(killed, resume=True)
    assert_same(scenario, killed, reference)
    return Trial(scenario, fed, min(left.values(), default=0), shard, unlisted)


def _unlisted(folder: Path) -> int:
    """Return how many files there are that the manifest knows nothing of."""
    from activstats.recording.manifest import parse_manifest

    manifest = folder / "_manifest.jsonl"
    listed = len(parse_manifest(manifest.read_text()).entries) if manifest.exists() else 0
    return sum("part-" in f.name or ".tmp-" in f.name for f in folder.rglob("*.parquet*")) - listed


def _largest_shard(folder: Path) -> int:
    """Return the samples of the largest shard of a recording."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tables = (
        pq.read_table(file, columns=["n", "neuron"]) for file in folder.glob("stats/**/*.parquet")
    )
    chunks = (table.filter(pc.equal(table["neuron"], 0)) for table in tables)
    return max(sum(table["n"].to_pylist()) for table in chunks)
