"""Kills recording processes at random moments, looks at what is left, and goes on with it.

    python -m benchmarks.killing [--trials 100] [--seed 0]

Each trial forks a recorder from a process that has everything loaded, sends it SIGKILL at a moment
drawn at random, and checks that what is left reads the same here, in DuckDB and in polars; then the
recording is resumed and compared with one that was never broken off.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.killing.scenario import MODES, Scenario
from benchmarks.killing.trial import Trial, run_trial
from benchmarks.killing.zygote import Zygote


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
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
    main()
