"""What a billion activations take, and what a second worker gives.

    python -m benchmarks.scale [--quick]

Records noise of 1,024 neurons, a tenth of them active, in each mode, then counts it; prints megabytes
and CPU seconds of all threads by billion activations, and what follows for larger recordings
(docs/scale.md). Then counts a recording of many shards that stands for 10 GB of float32 with one
thread and with two, in turn: by the clock, and without the time in which threads queued for a core,
which on a machine that is shared says what the clock would say if it were not.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import platform
import statistics
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch

from activstats import Recorder, open_recording
from activstats.counts import count_many
from activstats.counts.sharing import count_part, share
from activstats.recording.layout import STATS, Stream
from activstats.recording.run_info import LayerInfo, RunInfo
from activstats.recording.schema import stats_schema
from activstats.recording.writer import RecordingWriter
from benchmarks.scale_table import Prices, Rate, cost_table, error_table, rate_table, two_figures

NEURONS, BATCH = 1024, 8192
ACTIVE_ABOVE = 1.2816  # a tenth of a normal distribution
RULE, LATER_RULE = "above(0)", "above(0.5)"
MODES = ("counts", "mask", "values")
CHUNK, CHUNKS_A_SHARD = 512, 30


def rate(mode: str, n_batches: int, folder: Path) -> Rate:
    """Record and count in one mode."""
    rng = torch.Generator().manual_seed(0)
    noise = [
        torch.randn(BATCH, NEURONS, generator=rng).sub_(ACTIVE_ABOVE).relu_() for _ in range(3)
    ]
    model = torch.nn.Sequential(torch.nn.Identity())
    billions = n_batches * BATCH * NEURONS / 1e9
    with torch.no_grad():
        record(model, noise, 1, folder / f"{mode}-warm-up", mode)
        recording = cpu(lambda: record(model, noise, n_batches, folder / mode, mode))
    rule = LATER_RULE if mode == "values" else RULE
    counting = min(cpu(lambda: count(folder / mode, rule)) for _ in range(3))
    size = sum(file.stat().st_size for file in (folder / mode).rglob("*.parquet"))
    measured = (size / 1e6 / billions, recording / billions, counting / billions)
    return Rate(mode, *map(two_figures, measured))


def record(
    model: torch.nn.Module, noise: list[torch.Tensor], n_batches: int, folder: Path, mode: str
) -> None:
    with Recorder(model, folder, layers="0", rule=RULE, mode=mode) as recorder:
        for number in range(n_batches):
            with recorder.batch():
                model(noise[number % len(noise)])


def count(folder: Path, rule: str) -> None:
    open_recording(folder).counts(rule=rule)


def cpu(run: Callable[[], object]) -> float:
    """Return the CPU seconds of all threads."""
    start = time.process_time()
    run()
    return time.process_time() - start


def wall(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def write_many_shards(folder: Path, n_shards: int) -> None:
    """Write a recording of many shards, as small steps leave them."""
    layer = LayerInfo(
        layer="act", path="act", call=0, port="out", tuple_path=(), dtype="float32",
        shape=(CHUNK, NEURONS), neuron_axis=1, n_neurons=NEURONS, sample_unit="item",
        training=False, rules=(RULE,),
    )  # fmt: skip
    info = RunInfo("counts", CHUNK, {"class": "noise"}, (layer,), created="2000-01-01T00:00:00Z")
    writer = RecordingWriter(folder, info)
    rng = np.random.default_rng(0)
    for shard in range(n_shards):
        sample0 = shard * CHUNKS_A_SHARD * CHUNK
        rows = shard_rows(rng, sample0)
        last = sample0 + CHUNKS_A_SHARD * CHUNK - 1
        writer.add({Stream(STATS, "act", RULE): rows}, first=(0, sample0), last=(0, last))
        writer.flush()
    writer.write_info(info.with_(status="complete"))


def shard_rows(rng: np.random.Generator, sample0: int) -> pa.RecordBatch:
    rows = CHUNKS_A_SHARD * NEURONS
    n_act = rng.binomial(CHUNK, 0.1, rows)
    chunks = np.arange(CHUNKS_A_SHARD)
    columns = {
        "step": np.zeros(rows),
        "chunk": np.repeat(chunks + sample0 // CHUNK, NEURONS),
        "sample0": np.repeat(sample0 + chunks * CHUNK, NEURONS),
        "n": np.full(rows, CHUNK),
        "neuron": np.tile(np.arange(NEURONS), CHUNKS_A_SHARD),
        "n_act": n_act,
        "first": np.where(n_act > 0, rng.integers(0, CHUNK, rows), -1),
        "sum": rng.gamma(50.0, size=rows),
        "sumsq": rng.gamma(30.0, size=rows),
        "min": np.zeros(rows),
        "max": rng.gamma(2.0, size=rows),
        "n_nonfinite": np.zeros(rows),
    }
    schema = stats_schema(with_bits=False)
    arrays = [pa.array(columns[f.name].astype(f.type.to_pandas_dtype())) for f in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def speed_up(folder: Path, rounds: int) -> tuple[float, float]:
    """Return how many times faster two threads count than one, and how many where cores are free."""
    by_clock, free = [], []
    for _ in range(rounds):
        one = wall(lambda: count_many(folder, n_jobs=1))
        by_clock.append(one / wall(lambda: count_many(folder, n_jobs=2)))
        free.append(running(folder, 1) / running(folder, 2))
    return statistics.median(by_clock), statistics.median(free)


def running(folder: Path, n_threads: int) -> float:
    """Return the seconds that threads take to count, without those in which they queue for a core.

    What remains is computing, and waiting for the disk or for a lock that another thread has.
    """
    waiting = deque(share(folder, None, None, -1, "raise").parts)
    seconds = []

    def work() -> None:
        start, queued = time.perf_counter(), queueing()
        with contextlib.suppress(IndexError):
            while True:
                count_part(waiting.popleft(), "raise")
        seconds.append(time.perf_counter() - start - (queueing() - queued))

    threads = [threading.Thread(target=work) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(seconds)


def queueing() -> float:
    """Return the seconds that this thread was ready to run and had no core (Linux)."""
    return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same in seconds, less exact")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    print(f"{dt.datetime.now(tz=dt.UTC).date()}, {platform.machine()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in ("torch", "pyarrow", "numpy")))
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        rates = [rate(mode, 3 if quick else 60, folder) for mode in MODES]
        print(f"\nBy billion activations\n\n{rate_table(rates)}\n\n{cost_table(rates, Prices())}\n")
        print(error_table((512, 4096, 65_536), [10**k for k in (2, 3, 4, 6, 9, 12)], 0.3, 0.01))
        n_shards = 20 if quick else 160
        write_many_shards(folder / "many", n_shards)
        gigabytes = n_shards * CHUNKS_A_SHARD * CHUNK * NEURONS * 4 / 1e9
        by_clock, free = speed_up(folder / "many", 3 if quick else 15)
    print(
        f"\ncounting what stands for {gigabytes:.1f} GB in {n_shards} shards, two threads are ",
        end="",
    )
    print(
        f"{by_clock:.2f} times as fast as one by the clock, {free:.2f} times with cores to themselves"
    )


if __name__ == "__main__":
    main()
