"""How often pooled intervals hold the truth, and how often Q and F reject it.

python -m benchmarks.calibration.pooling [--quick]
"""

from __future__ import annotations

import argparse
import platform
import time
from importlib.metadata import version

import numpy as np

from activstats.laws.between_groups import between_groups
from activstats.laws.growth import GrowthLaw
from activstats.laws.pooling import pool
from activstats.laws.random_effects import HARTUNG_KNAPP, NORMAL, random_effects

MEAN = np.log(0.3)
MEMBERS, SPREADS = (3, 5, 10, 30), (0.0, 0.1, 0.5)
ERRORS = (0.05, 0.2)  # standard errors of log b, drawn evenly between
NEURONS, ACTIVE, SAMPLES = 512, 5, 1000
SEED = 20240607


def percent(flags) -> str:
    return f"{100 * np.mean(flags):.1f}"


def drawn(rng, k, tau):
    errors = rng.uniform(*ERRORS, k)
    return MEAN + tau * rng.standard_normal(k) + errors * rng.standard_normal(k), errors**2


def one_design(k: int, tau: float, runs: int, rng) -> list[str]:
    held = {name: [] for name in ("modified", HARTUNG_KNAPP, NORMAL, "new", "tau2", "q", "f")}
    halves = np.arange(k) % 2
    for _ in range(runs):
        effects, variances = drawn(rng, k, tau)
        found = random_effects(effects, variances)
        held["modified"].append(found.low <= MEAN <= found.high)
        for interval in (HARTUNG_KNAPP, NORMAL):
            other = random_effects(effects, variances, interval=interval)
            held[interval].append(other.low <= MEAN <= other.high)
        new = MEAN + tau * rng.standard_normal()
        held["new"].append(found.predicted_low <= new <= found.predicted_high)
        held["tau2"].append(found.tau2_low <= tau**2 <= found.tau2_high)
        held["q"].append(found.pvalue < 0.05)
        held["f"].append(between_groups(effects, variances, halves).pvalue < 0.05)
    return [str(k), f"{tau:g}", *(percent(flags) for flags in held.values())]


def from_counts(k: int, tau: float, runs: int, rng) -> list[str]:
    """Fit simulated layers whose b scatter about 0.3, and pool the fits."""
    held = {name: [] for name in ("mean", "new", "q")}
    means = []
    for _ in range(runs):
        b = np.exp(MEAN + tau * rng.standard_normal(k))
        rates = rng.beta(b, b * (NEURONS / ACTIVE - 1), (NEURONS, k))
        counts = rng.binomial(SAMPLES, rates)
        found = pool([GrowthLaw().fit(column, n_samples=SAMPLES) for column in counts.T]).overall
        means.append(found.mean)
        held["mean"].append(found.low <= MEAN <= found.high)
        new = MEAN + tau * rng.standard_normal()
        held["new"].append(found.predicted_low <= new <= found.predicted_high)
        held["q"].append(found.pvalue < 0.05)
    bias = f"{np.mean(means) - MEAN:+.3f}"
    return [str(k), f"{tau:g}", bias, *(percent(flags) for flags in held.values())]


def show(head: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---:|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same in seconds, less exact")
    quick = parser.parse_args().quick
    runs, studies = (200, 5) if quick else (5_000, 250)
    start = time.process_time()
    print(
        "How often pooling log b holds the mean, a new value and tau², and how often Q and F reject, "
        "by the number of results and their true scatter."
    )
    print(f"\n`python -m benchmarks.calibration.pooling{' --quick' if quick else ''}`", end="; ")
    names = ("activstats", "numpy", "scipy", "statsmodels")
    print(", ".join(f"{name} {version(name)}" for name in names), end="; ")
    print(f"Python {platform.python_version()}; seed {SEED}\n")
    print("## Estimates with known standard errors\n")
    print(
        f"{runs} draws a row: k results, true values of log b scatter by tau, standard errors "
        f"drawn evenly from {ERRORS[0]:g} to {ERRORS[1]:g}. Per cent of the draws. Nominal: 95 for "
        "what holds; 5 for what rejects, Q where tau = 0 (its power elsewhere), F everywhere (two "
        "groups of equal mean).\n"
    )
    head = ["k", "tau", "mean, modified HK", "mean, HK", "mean, normal", "new value", "tau²"]
    designs = [(k, tau) for k in MEMBERS for tau in SPREADS]
    streams = np.random.default_rng(SEED).spawn(2 * len(designs))
    rows = [one_design(*d, runs, rng) for d, rng in zip(designs, streams, strict=False)]
    show([*head, "Q rejects", "F rejects"], rows)
    print("\n## Fits of simulated layers\n")
    print(
        f"{studies} studies a row: k layers of {NEURONS} neurons, {ACTIVE} active a sample, "
        f"{SAMPLES} samples, b scattering about 0.3 by tau in the logarithm; fitted, then pooled.\n"
    )
    several = zip(designs[: 3 * 3], streams[len(designs) :], strict=False)
    rows = [from_counts(*design, studies, rng) for design, rng in several]
    show(["k", "tau", "bias of log b", "mean held", "new value held", "Q rejects"], rows)
    if not quick:
        print(f"\n{time.process_time() - start:.0f} s of CPU.")


if __name__ == "__main__":
    main()
