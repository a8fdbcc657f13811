"""From a recording on disk to counts and the growth curve, beside DuckDB on the same files.

    python -m benchmarks.reading [--samples 1000000]

Writes a mask recording of 1,000,000 samples of 1,024 neurons (a twentieth of them active) once, then
reads it in fresh processes and prints CPU seconds and peak memory of each.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from activstats import Recorder

NEURONS = 1024
CEILINGS = {"counts D_i, c": 0.05, "D_i and K(D) at 200 points": 0.30}

_HEAD = """
import json, sys, time
from benchmarks.memory import peak_mb
folder = sys.argv[1]
def spent(run):
    run()
    times = []
    for _ in range(5):
        start = time.process_time(); run(); times.append(time.process_time() - start)
    print(json.dumps([sorted(times)[2], peak_mb()]))
"""
TASKS = {
    "counts D_i, c": """
from activstats import open_recording
spent(lambda: open_recording(folder).counts().c)
""",
    "D_i and K(D) at 200 points": """
import numpy as np
from activstats import open_recording
def run():
    counts = open_recording(folder).counts()
    return counts.histogram, counts.growth_curve(np.geomspace(1, counts.n_samples, 200).astype(int))
spent(run)
""",
    "DuckDB: D_i from n_act": """
import duckdb
files = folder + "/stats/**/*.parquet"
connection = duckdb.connect(); connection.execute("set threads = 1")
spent(lambda: connection.sql(f"select neuron, sum(n_act) from '{files}' group by 1").fetchall())
""",
    "DuckDB: D_i and first activation": """
import duckdb
files = folder + "/stats/**/*.parquet"
connection = duckdb.connect(); connection.execute("set threads = 1")
query = f"select neuron, sum(n_act), min(sample0 + first) filter (first >= 0) from '{files}' group by 1"
spent(lambda: connection.sql(query).fetchall())
""",
}


def write(folder: Path, n_samples: int) -> None:
    """Record noise whose rates differ from neuron to neuron."""
    rng = np.random.default_rng(0)
    shift = torch.as_tensor(rng.normal(-2.0, 1.0, NEURONS), dtype=torch.float32)
    model = torch.nn.Sequential(torch.nn.Identity())
    noise = torch.Generator().manual_seed(0)
    with Recorder(model, folder, layers="0", rule="above(0)", mode="mask") as recorder:
        for start in range(0, n_samples, 8192):
            n = min(8192, n_samples - start)
            with recorder.batch():
                model(torch.randn(n, NEURONS, generator=noise) + shift)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    arguments = parser.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "run"
        write(folder, arguments.samples)
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
        raw = 4 * arguments.samples * NEURONS
        print(
            f"{arguments.samples:,} x {NEURONS} mask: {size / 1e6:.0f} MB, {size / raw:.2%} of float32"
        )
        print(f"{'':<36} CPU s   ceiling   peak MB")
        for name, code in TASKS.items():
            runs = [measure(code, folder) for _ in range(3)]
            seconds = statistics.median(run[0] for run in runs)
            ceiling = CEILINGS.get(name)
            shown = "" if ceiling is None else f"{ceiling:.2f}"
            print(f"{name:<36} {seconds:5.3f}   {shown:<7}   {runs[0][1]:7.0f}")
            if ceiling is not None and seconds > ceiling:
                missed.append(name)
    if missed:
        sys.exit(f"above the ceiling: {', '.join(missed)}")


def measure(code: str, folder: Path) -> tuple[float, float]:
    """Return CPU seconds (median of five) and peak memory in MB of a task in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _HEAD + code, str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


if __name__ == "__main__":
    main()
