"""What igraph and the powerlaw package take for a power-law tail, and find."""

from __future__ import annotations

import math
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import igraph
import numpy as np

REPLICATES = 1000
SECONDS = 10.0  # that a peer may take for the replicates of its p
LONGEST = 60.0  # for a scan


@dataclass(frozen=True)
class Time:
    seconds: float
    extrapolated: bool = False

    def __str__(self) -> str:
        return f"{1e3 * self.seconds:.3g}{'*' if self.extrapolated else ''}"


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


def extrapolated(known: list[tuple[int, float]], n: int) -> float | None:
    """Return the time for n numbers from smaller samples if it is too long to be waited for."""
    if len(known) < 2:
        return None
    (n0, t0), (n1, t1) = known[-2:]
    expected = t1 * (n / n1) ** (math.log(t1 / t0) / math.log(n1 / n0))
    return expected if expected > LONGEST else None


@dataclass(frozen=True)
class Peer:
    """What igraph took, and found; nothing found where it was not run."""

    scan: Time
    p: Time
    fit: igraph.statistics.FittedPowerLaw | None = None
    trials: int = 0


def igraph_run(numbers: list[float], known: list[tuple[int, float]], *, discrete: bool) -> Peer:
    """Measure a scan and a p, whose replicates cost what each of several does."""
    if (seconds := extrapolated(known, len(numbers))) is not None:
        # A replicate is a scan of other numbers.
        return Peer(Time(seconds, extrapolated=True), Time(REPLICATES * seconds, extrapolated=True))
    one = cpu(lambda: igraph_fit(numbers, discrete=discrete, trials=1))
    affordable = int(min(max(2 * SECONDS / one.seconds, 3), REPLICATES))
    found: list[igraph.statistics.FittedPowerLaw] = []
    several = cpu(
        lambda: found.append(igraph_fit(numbers, discrete=discrete, trials=affordable)), 0.0
    )
    replicate = max(several.seconds - one.seconds, 0.0) / (affordable - 1)
    scan = max(one.seconds - replicate, one.seconds / 4)
    known.append((len(numbers), scan))
    p = Time(scan + REPLICATES * replicate, affordable < REPLICATES)
    return Peer(Time(scan), p, found[-1], affordable)


def powerlaw_scan(numbers: np.ndarray, *, discrete: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import powerlaw

        ranges = {"alpha": [1, None]}
        powerlaw.Fit(numbers, discrete=discrete, verbose=0, parameter_ranges=ranges)


def powerlaw_time(numbers: np.ndarray, known: list[tuple[int, float]], *, discrete: bool) -> Time:
    if (seconds := extrapolated(known, numbers.size)) is not None:
        return Time(seconds, extrapolated=True)
    taken = cpu(lambda: powerlaw_scan(numbers, discrete=discrete), 0.0)
    known.append((numbers.size, taken.seconds))
    return taken
