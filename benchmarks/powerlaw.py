"""Power-law tails beside igraph and the powerlaw package: CPU time, and whether the answers agree.

    python -m benchmarks.powerlaw [--quick]

Every tool gets the same numbers. A scan begins with the raw sample and ends with xmin and alpha; p is
that of a bootstrap of 1000 replicates with xmin found anew in each. A figure marked * is extrapolated:
p of igraph from the replicates that fit into the time given, whatever would take a peer minutes from
the growth between the two largest samples it was run on. Before all that, what the first call of a process
takes with nothing compiled yet, and in the process after. Ends with code 1 if a ratio, an agreement or
the time of the first call is missed.
"""

from __future__ import annotations

import argparse
import math
import random
import sys

import igraph
import numpy as np

from activstats.laws.tail_bootstrap import tail_pvalue
from activstats.laws.tail_fit import TailFit, fit_tail
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings
from benchmarks.powerlaw_first_call import print_first_calls
from benchmarks.powerlaw_peers import REPLICATES, Peer, Time, cpu, igraph_run, powerlaw_time

SEED = 20240917
SIZES = (1_000, 10_000, 100_000, 1_000_000)
LEAST_SCAN_IGRAPH, LEAST_SCAN_POWERLAW, LEAST_P = 40.0, 100.0, 40.0


def zeta(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.zipf(2.5, n)


def urn(rng: np.random.Generator, n: int) -> np.ndarray:
    """Counts of an urn process: gamma rates with b = .2, in the mean 200 a neuron; zeros left out."""
    counts = rng.poisson(rng.gamma(0.2, 1000.0, 2 * n))
    return counts[counts > 0][:n]


def pareto(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.pareto(1.5, n) + 1


SAMPLES = {"zeta": zeta, "urn": urn, "Pareto": pareto}


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


def disagreement(numbers: np.ndarray, ours: TailFit, p: float, other: Peer) -> str:
    """Return in words where igraph and we differ; empty if we do not."""
    discrete, peer = numbers.dtype.kind == "i", other.fit
    if peer is None:
        return ""
    there = ours
    if ours.xmin != peer.xmin:
        # For continuous numbers igraph looks at part of the candidates; ours must be nearer then.
        if discrete or ours.distance > peer.D:
            return f"xmin {ours.xmin:g} against {peer.xmin:g}"
        known = TailSettings(discrete=discrete, candidates=(peer.xmin,))
        there = fit_tail(tail_sample(numbers, discrete=discrete), known)
    if abs(there.alpha - peer.alpha) > 1e-4:
        return f"alpha {there.alpha:.6f} against {peer.alpha:.6f}"
    error = math.sqrt(max(p * (1 - p), 0.01) * (1 / REPLICATES + 1 / other.trials))
    if there is ours and other.trials >= 30 and abs(p - peer.p) > 4 * error:
        return f"p {p:.3f} against {peer.p:.3f} from {other.trials} replicates"
    return ""


def agreement(ours: TailFit, other: Peer) -> str:
    if other.fit is None:
        return "igraph not run"
    return "yes" if ours.xmin == other.fit.xmin else "nearer to its law than igraph's"


Known = list[tuple[int, float]]


def measure(kind: str, n: int, known: dict[str, Known]) -> tuple[str, list[str]]:
    """Return a row of the table, and what was missed."""
    numbers = SAMPLES[kind](np.random.default_rng([SEED, n]), n)
    discrete = numbers.dtype.kind == "i"
    settings = TailSettings(discrete=discrete)
    scan = cpu(lambda: fit_tail(tail_sample(numbers, discrete=discrete), settings))
    p_time, p, fit = our_p(numbers, settings)
    peer = igraph_run(numbers.tolist(), known["igraph"], discrete=discrete)
    other = powerlaw_time(numbers, known["powerlaw"], discrete=discrete)
    ratios = {
        "scan over igraph": (peer.scan.seconds / scan.seconds, LEAST_SCAN_IGRAPH),
        "scan over powerlaw": (other.seconds / scan.seconds, LEAST_SCAN_POWERLAW),
        "p over igraph": (peer.p.seconds / p_time.seconds, LEAST_P),
    }
    missed = [
        f"{kind}, n = {n}: {name} is {ratio:.3g}, not {least:g}"
        for name, (ratio, least) in ratios.items()
        if ratio < least
    ]
    differs = disagreement(numbers, fit, p, peer)
    cells = [kind, f"{n:,}", scan, peer.scan, other, p_time, peer.p]
    cells += [f"{ratio:.3g}" for ratio, _ in ratios.values()]
    theirs = "–" if peer.fit is None else f"{peer.fit.p:.3f} ({peer.trials})"
    cells += [f"{p:.3f} / {theirs}", differs or agreement(fit, peer)]
    row = "| " + " | ".join(map(str, cells)) + " |"
    return row, missed + ([f"{kind}, n = {n}: {differs}"] if differs else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples up to 10,000 only")
    quick = parser.parse_args().quick
    igraph.set_random_number_generator(random.Random(SEED))
    for kind in ("zeta", "Pareto"):  # compile
        our_p(SAMPLES[kind](np.random.default_rng(0), 100), TailSettings(discrete=kind == "zeta"))
    missed = print_first_calls()
    print("\nCPU ms; * extrapolated; ratios: scan over igraph, scan over powerlaw, p over igraph\n")
    print(
        "| sample | n | scan | igraph | powerlaw | p | igraph p | scan × | scan × | p × "
        "| p, ours / igraph (replicates) | same xmin, alpha |"
    )
    print("|" + "---|" * 12)
    for kind in SAMPLES:
        known: dict[str, Known] = {"igraph": [], "powerlaw": []}
        for n in SIZES[:2] if quick else SIZES:
            row, failures = measure(kind, n, known)
            print(row, flush=True)
            missed += failures
    print("\n" + ("\n".join(f"MISSED {what}" for what in missed) or "Every figure is reached."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
