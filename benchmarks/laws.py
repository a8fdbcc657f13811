"""Time that the laws take on large layers.

python -m benchmarks.laws [--repeat 5]

CPU seconds of one process, the median of several runs; the counts are drawn beforehand.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of
from activstats.laws.rarefaction import rarefy
from activstats.laws.rarefaction_covariance import rarefaction

NEURONS, SAMPLES, POINTS = 1_000_000, 100_000, 200
B, RATE = 0.3, 0.01
AIMS = {
    "b with its interval, from the histogram": 0.2,
    "b with its interval, from a count for each neuron": 0.2,
    "rarefaction": 0.6,
    "rarefaction with covariance": 0.6,
}


def counts() -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.binomial(SAMPLES, rng.beta(B, B * (1 / RATE - 1), NEURONS))


def cpu_seconds(work: Callable[[], object], repeat: int) -> float:
    work()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    """Print a table of times beside the aims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    single = counts()
    known = histogram_of(single, SAMPLES)
    grid = np.unique(np.geomspace(1, SAMPLES, POINTS + 60).round().astype(int))[-POINTS:]
    law = GrowthLaw()
    works: list[Callable[[], object]] = [
        lambda: law.fit(known),
        lambda: law.fit(single, SAMPLES),
        lambda: rarefy(known.values, known.multiplicities, SAMPLES, grid),
        lambda: rarefaction(known, grid),
    ]
    result = law.fit(known)
    print(
        f"N = {NEURONS:,}, D = {SAMPLES:,}, {known.values.size:,} different counts, {grid.size} points"
    )
    print(f"b = {result.b:.4f} [{result.b_low:.4f}, {result.b_high:.4f}], drawn with {B}\n")
    print("| what | CPU s | aim |\n|---|---|---|")
    for (what, aim), work in zip(AIMS.items(), works, strict=True):
        print(f"| {what} | {cpu_seconds(work, repeat):.3f} | {aim} |")


if __name__ == "__main__":
    main()
