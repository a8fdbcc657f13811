"""Power-law tails beside igraph and the powerlaw package: CPU time, and whether the answers agree.

    python -m benchmarks.powerlaw [--quick]

Every tool gets the same numbers. A scan begins with the raw sample and ends with xmin and alpha; p is
that of a bootstrap of 1000 replicates with xmin found anew in each. A figure marked * is extrapolated:
p of igraph from the replicates that fit into the time given, a scan of powerlaw from the growth between
the two largest samples it was run on. Ends with code 1 if a ratio or an agreement is missed.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import igraph
import numpy as np

from activstats.laws.tail_bootstrap import tail_pvalue
from activstats.laws.tail_fit import TailFit, fit_tail
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings

SEED = 20240917
SIZES = (1_000, 10_000, 100_000, 1_000_000)
REPLICATES = 1000
LEAST_SCAN_IGRAPH, LEAST_SCAN_POWERLAW, LEAST_P = 40.0, 100.0, 40.0
SECONDS = 25.0  # that a peer may take for one figure


@dataclass(frozen=True)
class Time:
    seconds: float
    extrapolated: bool = False

    def __str__(self) -> str:
        return f"{1e3 * self.seconds:.3g}{'*' if self.extrapolated else ''}"


def zeta(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.zipf(2.5, n)


def urn(rng: np.random.Generator, n: int) -> np.ndarray:
    """Counts of an urn process: gamma rates with b = .2, in the mean 200 a neuron; zeros left out."""
    counts = rng.poisson(rng.gamma(0.2, 1000.0, 2 * n))
    return counts[counts > 0][:n]


def pareto(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.pareto(1.5, n) + 1


SAMPLES = {"zeta": zeta, "urn": urn, "Pareto": pareto}


def cpu(function: Callable[[], object], least: float = 0.2) -> Time:
    """Return the median CPU time of a call, over as many calls as fill the time."""
    taken: list[float] = []
    while not taken or (sum(taken) < least and len(taken) < 51):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return Time(statistics.median(taken))


def igraph_fit(
    numbers: list[float], *, discrete: bool, trials: int
) -> igraph.statistics.FittedPowerLaw:
    """Fit, with so many replicates for p; igraph makes no fewer than one."""
    method = "discrete" if discrete else "continuous"
    return igraph.power_law_fit(numbers, None, method, math.sqrt(0.25 / trials))


def igraph_times(
    numbers: list[float], *, discrete: bool
) -> tuple[Time, Time, igraph.statistics.FittedPowerLaw, int]:
    """Return the time of a scan, of a p, the fit, and how many replicates its p is from."""
    one = cpu(lambda: igraph_fit(numbers, discrete=discrete, trials=1))
    affordable = int(min(max(2 * SECONDS / one.seconds, 3), REPLICATES))
    found: list[igraph.statistics.FittedPowerLaw] = []
    several = cpu(
        lambda: found.append(igraph_fit(numbers, discrete=discrete, trials=affordable)), 0.0
    )
    replicate = max(several.seconds - one.seconds, 0.0) / (affordable - 1)
    scan = max(one.seconds - replicate, one.seconds / 4)
    p = Time(scan + REPLICATES * replicate, affordable < REPLICATES)
    return Time(scan), p, found[-1], affordable


def powerlaw_scan(numbers: np.ndarray, *, discrete: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import powerlaw

        ranges = {"alpha": [1, None]}
        powerlaw.Fit(numbers, discrete=discrete, verbose=0, parameter_ranges=ranges)


def powerlaw_time(numbers: np.ndarray, known: list[tuple[int, float]], *, discrete: bool) -> Time:
    """Measure a scan, or extrapolate it from smaller samples where it would take too long."""
    growth = 1.0
    if len(known) >= 2:
        (n0, t0), (n1, t1) = known[-2:]
        growth = math.log(t1 / t0) / math.log(n1 / n0)
    if known:
        n, seconds = known[-1]
        expected = seconds * (numbers.size / n) ** max(growth, 1.0)
        if expected > SECONDS:
            return Time(seconds * (numbers.size / n) ** growth, extrapolated=True)
    taken = cpu(lambda: powerlaw_scan(numbers, discrete=discrete), 0.0)
    known.append((numbers.size, taken.seconds))
    return taken


def our_p(numbers: np.ndarray, settings: TailSettings) -> tuple[Time, float, TailFit]:
    sample = tail_sample(numbers, discrete=settings.discrete)
    fit = fit_tail(sample, settings)
    replicates = REPLICATES if settings.discrete or numbers.size < 500_000 else 50
    values: list[float] = []
    taken = cpu(
        lambda: values.append(tail_pvalue(sample, fit, settings, replicates, rng=SEED)), 0.0
    )
    scale = REPLICATES / replicates
    return Time(scale * taken.seconds, replicates < REPLICATES), values[-1], fit


def disagreement(
    numbers: np.ndarray,
    ours: TailFit,
    p: float,
    peer: igraph.statistics.FittedPowerLaw,
    trials: int,
) -> str:
    """Return in words where igraph and we differ; empty if we do not."""
    discrete = numbers.dtype.kind == "i"
    there = ours
    if ours.xmin != peer.xmin:
        # For continuous numbers igraph looks at part of the candidates; ours must be nearer then.
        if discrete or ours.distance > peer.D:
            return f"xmin {ours.xmin:g} against {peer.xmin:g}"
        known = TailSettings(discrete=discrete, candidates=(peer.xmin,))
        there = fit_tail(tail_sample(numbers, discrete=discrete), known)
    if abs(there.alpha - peer.alpha) > 1e-4:
        return f"alpha {there.alpha:.6f} against {peer.alpha:.6f}"
    error = math.sqrt(max(p * (1 - p), 0.01) * (1 / REPLICATES + 1 / trials))
    if there is ours and trials >= 30 and abs(p - peer.p) > 4 * error:
        return f"p {p:.3f} against {peer.p:.3f} from {trials} replicates"
    return ""


def measure(kind: str, n: int, known: list[tuple[int, float]]) -> tuple[str, list[str]]:
    """Return a row of the table, and what was missed."""
    numbers = SAMPLES[kind](np.random.default_rng([SEED, n]), n)
    discrete = numbers.dtype.kind == "i"
    settings = TailSettings(discrete=discrete)
    scan = cpu(lambda: fit_tail(tail_sample(numbers, discrete=discrete), settings))
    p_time, p, fit = our_p(numbers, settings)
    igraph_scan, igraph_p, peer, trials = igraph_times(numbers.tolist(), discrete=discrete)
    other = powerlaw_time(numbers, known, discrete=discrete)
    ratios = {
        f"scan ≥ {LEAST_SCAN_IGRAPH:g}× igraph": igraph_scan.seconds / scan.seconds,
        f"scan ≥ {LEAST_SCAN_POWERLAW:g}× powerlaw": other.seconds / scan.seconds,
        f"p ≥ {LEAST_P:g}× igraph": igraph_p.seconds / p_time.seconds,
    }
    floors = (LEAST_SCAN_IGRAPH, LEAST_SCAN_POWERLAW, LEAST_P)
    missed = [
        f"{kind}, n = {n}: {name} is {ratio:.3g}"
        for (name, ratio), floor in zip(ratios.items(), floors, strict=True)
        if ratio < floor
    ]
    differs = disagreement(numbers, fit, p, peer, trials)
    same = differs or ("yes" if fit.xmin == peer.xmin else "nearer to its law than igraph's")
    cells = [kind, f"{n:,}", scan, igraph_scan, other, p_time, igraph_p]
    cells += [f"{ratio:.3g}" for ratio in ratios.values()]
    cells += [f"{p:.3f} / {peer.p:.3f} ({trials})", same]
    row = "| " + " | ".join(map(str, cells)) + " |"
    return row, missed + ([f"{kind}, n = {n}: {differs}"] if differs else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples up to 10,000 only")
    quick = parser.parse_args().quick
    igraph.set_random_number_generator(random.Random(SEED))
    for kind in ("zeta", "Pareto"):  # compile
        our_p(SAMPLES[kind](np.random.default_rng(0), 100), TailSettings(discrete=kind == "zeta"))
    print("CPU ms; * extrapolated; ratios: scan over igraph, scan over powerlaw, p over igraph\n")
    print(
        "| sample | n | scan | igraph | powerlaw | p | igraph p | scan × | scan × | p × "
        "| p, ours / igraph (replicates) | same xmin, alpha |"
    )
    print("|" + "---|" * 12)
    missed: list[str] = []
    for kind in SAMPLES:
        known: list[tuple[int, float]] = []
        for n in SIZES[:2] if quick else SIZES:
            row, failures = measure(kind, n, known)
            print(row, flush=True)
            missed += failures
    print("\n" + ("\n".join(f"MISSED {what}" for what in missed) or "Every figure is reached."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
