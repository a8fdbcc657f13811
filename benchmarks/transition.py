"""One transition test at B = 999, beside piecewise-regression and ruptures on the same curves.

    python -m benchmarks.transition [--curves 10]

Prints CPU milliseconds a curve (median over curves), and what each says of the same crossovers.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from activstats.laws.loss import LossTransition
from activstats.laws.loss.shapes import crossover
from benchmarks.break_finders import Break, piecewise, ruptures

CEILING_MS, LEAST_RATIO = 25.0, 20.0
D = np.geomspace(10, 20_000, 12)
D_STAR, CV = 300.0, 0.02


def curves(n: int) -> list[np.ndarray]:
    """Return noisy crossovers with b = .6, one seed."""
    expected = 0.3 + 2 * crossover(np.log(D), math.log(D_STAR), 0.6)
    return [
        expected * (1 + CV * np.random.default_rng(seed).standard_normal(D.size))
        for seed in range(n)
    ]


def timed(
    run: Callable[[np.ndarray, int], Break], losses: list[np.ndarray]
) -> tuple[float, float, float]:
    """Return median CPU ms a curve, share found, and RMSE of ln D*."""
    run(losses[0], 0)
    spent, found = [], []
    for seed, loss in enumerate(losses):
        start = time.process_time()
        found.append(run(loss, seed))
        spent.append(1e3 * (time.process_time() - start))
    errors = [one.x - math.log(D_STAR) for one in found if math.isfinite(one.x)]
    rmse = math.sqrt(statistics.fmean(error**2 for error in errors)) if errors else math.nan
    return statistics.median(spent), statistics.fmean(one.found for one in found), rmse


def ours(loss: np.ndarray, seed: int) -> Break:
    result = LossTransition(n_boot=999).fit(D, loss, rng=seed)
    return Break(result.pvalue <= 0.05, math.log(result.d_star))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curves", type=int, default=10)
    losses = curves(parser.parse_args().curves)
    sigma = CV * float(np.mean(losses[0]))
    rows = {
        "activstats, fit and test, B = 999": timed(ours, losses),
        "piecewise-regression, default": timed(lambda y, seed: piecewise(D, y, seed), losses),
        "ruptures, one break, no test": timed(lambda y, _: ruptures(D, y, sigma), losses),
    }
    print(f"{'':<36} CPU ms    found   RMSE of ln D*")
    for name, (spent, found, rmse) in rows.items():
        print(f"{name:<36} {spent:7.1f}   {found:6.2f}   {rmse:.2f}")
    first, second, _ = (row[0] for row in rows.values())
    print(f"piecewise-regression takes {second / first:.0f} times as long")
    if first > CEILING_MS or second < LEAST_RATIO * first:
        sys.exit(f"above {CEILING_MS:g} ms, or less than {LEAST_RATIO:g} times faster")


if __name__ == "__main__":
    main()
