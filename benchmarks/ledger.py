"""Stamina ledger of a large mask: CPU seconds, beside a walk through the samples one by one.

    python -m benchmarks.ledger [--quick]

1,000,000 samples of 1,000 neurons under 50 penalties, times of death and critical penalties of all.
The walk is compiled as well, and follows every neuron under every penalty; it is timed on a hundredth
of the neurons.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from activstats.compiled import compiled
from activstats.counts import ActivationMask
from activstats.dynamics.stamina import StaminaLedger

CEILING = 2.0  # seconds of CPU
PENALTIES = 50


def mask(n_samples: int, n_neurons: int) -> ActivationMask:
    rng = np.random.default_rng(0)
    rates = rng.beta(0.3, 0.7, n_neurons)
    rows = [
        np.packbits(rng.random(n_samples, dtype=np.float32) < rate, bitorder="little")
        for rate in rates
    ]
    return ActivationMask(np.stack(rows), n_samples)


@compiled
def walk(active, gain, penalties, life, cap, died):
    for j in range(penalties.size):
        s = life
        died[j] = -1
        for t in range(active.size):
            s = min(cap, s + gain / penalties[j]) if active[t] else s - 1
            if s <= 0:
                died[j] = t
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    n_samples, n_neurons = (20_000, 100) if parser.parse_args().quick else (1_000_000, 1_000)
    ledger = StaminaLedger(ratios=tuple(np.geomspace(0.1, 10, PENALTIES)))
    ledger.fit(mask(200, 3))  # compiles
    data = mask(n_samples, n_neurons)
    begun = time.process_time()
    found = ledger.fit(data)
    seconds = time.process_time() - begun
    few = max(1, n_neurons // 100)
    active, died = np.ascontiguousarray(data.active[:, :few].T), np.empty(PENALTIES, np.int64)
    walk(active[0, :10], 1.0, found.penalties, 500.0, 1000.0, died)
    begun = time.process_time()
    for neuron in range(few):
        walk(active[neuron], 1.0, found.penalties, 500.0, 1000.0, died)
        if not np.array_equal(died, found.died_at[neuron]):
            print(f"neuron {neuron}: the walk says something else")
    walked = (time.process_time() - begun) * n_neurons / few
    print(f"{n_samples:,} samples × {n_neurons:,} neurons × {PENALTIES} penalties")
    print(f"ledger {seconds:.2f} s of CPU (ceiling {CEILING:g}), walk {walked:.1f} s")


if __name__ == "__main__":
    main()
