"""CPU seconds of the first power-law fit of a process: with nothing compiled yet, and once more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

LONGEST = 3.0  # seconds of CPU that compilation may take
# Processes of which the fastest counts: what else runs on the machine only ever adds.
_TRIES = 3

_PROGRAM = """
import sys, time
import numpy as np
from activstats import PowerLawTail

discrete = sys.argv[1] == "zeta"
rng = np.random.default_rng(0)
numbers = rng.zipf(2.5, 1000) if discrete else rng.pareto(1.5, 1000) + 1
taken = []
for n_boot in (0, 1000):
    start = time.process_time()
    PowerLawTail(discrete=discrete, n_boot=n_boot).fit(numbers, rng=0)
    taken.append(time.process_time() - start)
print(*taken)
"""


def first_call(kind: str, kept: str) -> tuple[float, float]:
    """Return CPU seconds of the first fit in a process of its own, and of the first with p after it.

    Machine code is looked for, and kept, in the folder `kept`.
    """
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM, kind],
        env={**os.environ, "NUMBA_CACHE_DIR": kept},
        check=True,
        capture_output=True,
        text=True,
    )
    fit, with_p = map(float, finished.stdout.split())
    return fit, with_p


def both_calls(kind: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what first calls take with nothing compiled, and in a process after that one."""
    with tempfile.TemporaryDirectory() as folder:
        return first_call(kind, folder), first_call(kind, folder)


def print_first_calls() -> list[str]:
    """Print what first calls take, and return what was missed."""
    missed = []
    for kind in ("zeta", "Pareto"):
        tries = [both_calls(kind) for _ in range(_TRIES)]
        (fit, p), (kept_fit, kept_p) = (min(calls, key=sum) for calls in zip(*tries, strict=True))
        print(
            f"first call (compilation), s CPU, {kind}: fit {fit:.2f}, then p and intervals {p:.2f}, "
            f"together {fit + p:.2f}; in the next process {kept_fit:.2f} and {kept_p:.2f}",
            flush=True,
        )
        if fit + p > LONGEST:
            missed.append(f"{kind}: first call takes {fit + p:.2f} s of CPU, not {LONGEST:g}")
    return missed
