"""Peak memory of a recording process, by how many samples it records.

    python -m benchmarks.memory

Each figure is the most resident memory of a fresh process that records bits under two rules, PyTorch
and all other packages included. The setting that bounds what the recorder takes of it is
`memory_limit`: what waits to be written grows up to a quarter of it and stays so.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SAMPLES = (100_000, 1_000_000, 10_000_000)
LIMITS_MB = (16, 256)
_BATCH = 4096

_RECORD = """
import sys, tempfile, torch
from activstats import Recorder
from benchmarks.memory import peak_mb
n, limit, batch = map(int, sys.argv[1:])
torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Linear(32, 256), torch.nn.ReLU())
x = torch.randn(batch, 32, generator=torch.Generator().manual_seed(0))
with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    for _ in range(3):
        model(x)
    if n:
        with Recorder(
            model, folder + "/run", layers="1", rule=["top1%", "above(0)"], mode="mask",
            memory_limit=limit * 2**20,
        ) as recorder:
            for start in range(0, n, batch):
                with recorder.batch():
                    model(x[: n - start])
print(peak_mb())
"""


def peak_mb() -> float:
    """Return the most resident memory that this process had since it started its program, in MB.

    From the kernel's own mark: the one of `getrusage` carries over from the parent process.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    mark = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(mark.split()[1]) / 1024


def peak_of_recording(n_samples: int, limit_mb: int) -> float:
    """Return the peak memory in MB of a fresh process that records so many samples of 256 neurons."""
    arguments = [sys.executable, "-c", _RECORD, str(n_samples), str(limit_mb), str(_BATCH)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    print("peak memory of a process in MB, mask of 256 neurons under two rules")
    print(f"{'memory_limit':<16}" + "".join(f"{n:>14,}" for n in (0, *SAMPLES)) + "  samples")
    for limit in LIMITS_MB:
        print(f"{limit:>8} MB     ", end="")
        start = time.monotonic()
        for n in (0, *SAMPLES):
            print(f"{peak_of_recording(n, limit):>14.0f}", end="", flush=True)
        print(f"   ({time.monotonic() - start:.0f} s)")


if __name__ == "__main__":
    main()
