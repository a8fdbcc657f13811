"""Kills recording processes at random moments, looks at what is left, and goes on with it.

    python -m benchmarks.killing [--trials 100] [--seed 0]

Each trial forks a recorder from a process that has everything loaded, sends it SIGKILL at a moment
drawn at random, and checks that what is left reads the same here, in DuckDB and in polars; then the
recording is resumed and compared with one that was never broken off.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

RULES = ("above(0)", "top_k(2)")
MODES = ("counts", "mask", "values")
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Scenario:
    """A recording: the same one every time it is made."""

    seed: int
    mode: str
    n_layers: int
    n_rules: int
    n_steps: int
    with_ids: bool
    by_size: bool  # whether shards end by their size, or with every batch
    n_batches: int

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, *, by_size: bool = False, n_batches: int = 12
    ) -> Scenario:
        return cls(
            seed=int(rng.integers(2**31)),
            mode=str(rng.choice(MODES)),
            n_layers=int(rng.integers(1, 3)),
            n_rules=int(rng.integers(1, 3)),
            n_steps=int(rng.integers(1, 4)),
            with_ids=bool(rng.integers(2)),
            by_size=by_size,
            n_batches=n_batches,
        )

    @property
    def rules(self) -> list[str]:
        return list(RULES[: self.n_rules])

    @property
    def widths(self) -> tuple[int, ...]:
        return ((256, 128) if self.by_size else (12, 7))[: self.n_layers]

    @property
    def batch_size(self) -> int:
        return 1000 if self.by_size else 50

    def batches(self) -> list[tuple[int, np.ndarray]]:
        """Return (step, activations) of every batch."""
        rng = np.random.default_rng(self.seed)
        shape = (self.n_batches, self.batch_size, max(self.widths))
        x = rng.standard_normal(shape, dtype=np.float32)
        steps = np.sort(rng.integers(self.n_steps, size=self.n_batches))
        return list(zip(steps.tolist(), x, strict=True))

    def record(self, folder, *, resume: bool = False, say=lambda _: None) -> None:
        """Make the recording, or the rest of it."""
        import torch

        from activstats import Recorder

        model = _slices(self.widths)
        with Recorder(
            model, folder, layers=[f"{n}" for n in range(self.n_layers)], rule=self.rules,
            mode=self.mode, chunk_samples=256 if self.by_size else 64, resume=resume,
            rotate_seconds=1e9 if self.by_size else 0.0, memory_limit=MEBIBYTE,
        ) as recorder:  # fmt: skip
            for number, (step, x) in enumerate(self.batches()):
                ids = range(number * len(x), (number + 1) * len(x)) if self.with_ids else None
                with recorder.batch(step=step, sample_ids=ids):
                    model(torch.as_tensor(x))
                say(number)


def _slices(widths: tuple[int, ...]):
    """Return a model whose layer n passes on the first widths[n] columns of what it is given."""
    import torch

    class Slice(torch.nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width

        def forward(self, x):
            return x[:, : self.width]

    return torch.nn.Sequential(*(Slice(width) for width in widths))


# -- the process that is forked from ---------------------------------------------------------------


def serve() -> None:
    """Record what standard input asks for, each in a process of its own."""
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:  # everything is compiled before the first fork
        for mode in MODES:
            Scenario(0, mode, 2, 2, 2, True, False, 2).record(f"{folder}/{mode}")  # noqa: FBT003
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            _work(job)
        # Nobody else may kill it: until it is waited for here, its number is its own.
        if sys.stdin.readline().strip() == "kill":
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print("end", flush=True)


def _work(job: dict) -> None:
    """Do one job and end, whatever comes."""
    code = 1
    try:
        if job["at_operation"] is not None:
            _die_at(job["at_operation"])
        if "scenario" in job:
            scenario = Scenario(**job["scenario"])
            scenario.record(job["folder"], resume=job["resume"], say=_say)
        else:
            _maintain(job["do"], job["folder"])
        code = 0
        _say("done")
    finally:
        _say("over")
        os._exit(code)


def _say(what: object) -> None:
    os.write(1, f"{what}\n".encode())


def _maintain(what: str, folder: str) -> None:
    from activstats.recording.compacting import compact
    from activstats.recording.local import remove
    from activstats.recording.repairing import repair

    {"compact": compact, "repair": repair, "remove": remove}[what](Path(folder))


CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")


def _die_at(operation: int) -> None:
    """Have this process killed right before it changes a file for the n-th time."""
    met = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal met
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if event in CHANGES or writes:
            if met == operation:
                os.kill(os.getpid(), signal.SIGKILL)
            met += 1

    sys.addaudithook(watch)


class Zygote:
    """A warm process that records in forks of itself; to be used in a `with` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.killing", "--serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            cwd=Path(__file__).parents[1],
            env=os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
        )  # fmt: skip
        assert self._line() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def record(
        self, scenario: Scenario, folder, *, kill_at: tuple[int, float] | None = None,
        resume: bool = False, at_operation: int | None = None,
    ) -> int:  # fmt: skip
        """Record in a process of its own, and return how many batches it finished.

        With `kill_at` it is killed some seconds after so many batches.
        """
        job = {"scenario": asdict(scenario), "folder": str(folder), "resume": resume}
        return len(self._run(job | {"at_operation": at_operation}, kill_at))

    def maintain(self, what: str, folder, *, at_operation: int | None = None) -> bool:
        """Compact or repair in a process of its own, and return whether it came to its end."""
        job = {"do": what, "folder": str(folder), "at_operation": at_operation}
        return "done" in self._run(job, None, done=True)

    def _run(self, job: dict, kill_at: tuple[int, float] | None, *, done: bool = False) -> list:
        said: list[str] = []
        self._tell(json.dumps(job))
        if kill_at is not None:
            while len(said) < kill_at[0] and "over" not in said:
                said.append(self._line())
            # Whatever it says meanwhile is read afterwards: this only lets time go by.
            select.select([], [], [], kill_at[1])
        self._tell("wait" if kill_at is None else "kill")
        while "end" not in said:
            said.append(self._line())
        return [line for line in said if line.isdigit() or (done and line == "done")]

    def _tell(self, what: str) -> None:
        self._process.stdin.write(f"{what}\n".encode())

    def _line(self) -> str:
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError("the recording process ended")
        return line


# -- what is left ----------------------------------------------------------------------------------


def naive(scenario: Scenario, layer: int, rule: str, step: int) -> np.ndarray:
    """Return the activations of a layer at a step, shape (samples, neurons), without a recorder."""
    from activstats import parse_rule

    of_step = [x for at, x in scenario.batches() if at == step]
    return np.asarray(parse_rule(rule)(np.concatenate(of_step)[:, : scenario.widths[layer]]))


def samples_left(scenario: Scenario, folder: Path) -> dict[str, int]:
    """Return how many samples of each layer are left, after checking that they are the first ones.

    Every count is compared with the activations themselves, and so are those of DuckDB and polars,
    which read all files that are there.
    """
    from activstats import open_recording
    from activstats.recording.verifying import verify

    faults = {problem.kind for problem in verify(folder).found}
    assert faults <= {"orphan", "temporary", "lost", "manifest"}, verify(folder).summary()
    recording = open_recording(folder)
    if not recording.shards:
        return dict.fromkeys(map(str, range(scenario.n_layers)), 0)
    left: Counter[str] = Counter()
    for layer, rule in recording.pairs:
        on_disk = 0
        for step, n in recording.steps(layer, rule).itertuples(index=False):
            counts = recording.counts(layer, rule, step=step)
            active = naive(scenario, int(layer), rule, step)[:n]
            assert counts.spans.tolist() == [[0, n]]
            np.testing.assert_array_equal(counts.counts, active.sum(axis=0))
            if recording.info.mode == "mask":
                bits = recording.mask(layer, rule, step=step).active
                np.testing.assert_array_equal(bits, active)
            on_disk += n
        left[layer] = max(left[layer], on_disk)
        _check_foreign(scenario, folder, int(layer), rule)
    return dict(left)


def _check_foreign(scenario: Scenario, folder: Path, layer: int, rule: str) -> None:
    import duckdb
    import polars as pl

    files = f"{folder}/stats/layer={layer}/rule={rule}/**/*.parquet"
    found = duckdb.sql(
        f"select step, neuron, sum(n)::bigint n, sum(n_act)::bigint k from '{files}'"
        " group by all order by all"
    ).fetchall()
    columns = ["step", "neuron", "n", "n_act"]
    again = pl.read_parquet(files, columns=columns).group_by("step", "neuron").sum()
    assert again.sort("step", "neuron").rows() == found
    steps = {step: n for step, neuron, n, _ in found if neuron == 0}
    for step, n in steps.items():
        expected = naive(scenario, layer, rule, step)[:n].sum(axis=0).tolist()
        assert [k for at, _, _, k in found if at == step] == expected


def assert_same(scenario: Scenario, folder: Path, reference: Path) -> None:
    """Check that a recording that was resumed says what one says that never was."""
    from activstats import open_recording
    from activstats.recording.verifying import verify

    report = verify(folder)
    assert report.ok, report.summary()
    ours, theirs = open_recording(folder), open_recording(reference)
    assert ours.pairs == theirs.pairs
    for layer, rule in theirs.pairs:
        assert ours.steps(layer, rule).equals(theirs.steps(layer, rule))
        for step in theirs.steps(layer, rule)["step"]:
            a, b = (one.counts(layer, rule, step=int(step)) for one in (ours, theirs))
            np.testing.assert_array_equal(a.counts, b.counts)
            np.testing.assert_array_equal(a.first, b.first)
            assert a.spans.tolist() == b.spans.tolist()
            np.testing.assert_allclose(a.moments.total, b.moments.total, rtol=1e-12, atol=1e-9)
    for layer in map(str, range(scenario.n_layers)):
        if scenario.with_ids:
            assert ours.samples(layer).equals(theirs.samples(layer))
        for step in (
            ours.steps(layer, scenario.rules[0])["step"] if scenario.mode == "values" else ()
        ):
            a, b = (
                np.concatenate(list(one.values(layer, step=int(step)))) for one in (ours, theirs)
            )
            np.testing.assert_array_equal(a, b)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    rng = np.random.default_rng(options.seed)
    trials: list[Trial] = []
    with Zygote() as zygote:
        for number in range(options.trials):
            scenario = Scenario.drawn(rng, by_size=number % 2 == 1)
            moment = (int(rng.integers(scenario.n_batches)), float(rng.uniform(0, 0.05)))
            folder = Path(tempfile.mkdtemp(prefix="killing-"))
            try:
                trials.append(run_trial(zygote, scenario, folder, kill_at=moment))
            finally:
                shutil.rmtree(folder)
            print(f"\r{number + 1} of {options.trials}", end="", file=sys.stderr)
    print(file=sys.stderr)
    _print(trials)


def _print(trials: list[Trial]) -> None:
    print("| shards end | mode | kills | in a flush | median and most samples lost | in shards |")
    print("|---|---|---|---|---|---|")
    for by_size in (False, True):
        for mode in MODES:
            some = [t for t in trials if (t.scenario.by_size, t.scenario.mode) == (by_size, mode)]
            if not some:
                continue
            lost = [t.lost for t in some]
            worst = max(t.lost / t.shard for t in some)
            when = "by size (256 kB)" if by_size else "with every batch of 50"
            busy = sum(t.unfinished_files > 0 for t in some)
            print(
                f"| {when} | {mode} | {len(some)} | {busy} | "
                f"{int(np.median(lost))}, {max(lost)} | {worst:.2f} |"
            )
    print(f"\n{len(trials)} kills; every recording read the same and was resumed exactly.")


if __name__ == "__main__":
    started = time.time()
    main()
    print(f"{time.time() - started:.0f} s", file=sys.stderr)
