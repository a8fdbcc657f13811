"""Coverage, size and power of the bounded law and of the test alpha = 1 − b.

python -m benchmarks.calibration.bounded_law [--quick]
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
from collections.abc import Callable, Iterator

import numpy as np
import scipy

from activstats.laws.bounded import BoundedPowerLaw, BoundedPowerLawResult, bounded_probability
from activstats.laws.exponent import exponent_agreement

SEED = 20240613
Z = 1.959964
# alpha, lambda, last count, neurons
LAWS = [
    (0.1, 0.01, 1000, 500),
    (0.7, 0.02, 1000, 50),
    (0.7, 0.02, 1000, 500),
    (0.7, 0.02, 1000, 4096),
    (0.95, 0.005, 2000, 500),
    (1.5, 0.01, 1000, 500),
    (-0.5, 0.05, 500, 500),
    (0.4, -0.002, 500, 500),
    (0.7, 0.02, None, 500),
]
# neurons, b, c/N, samples
LAYERS = [
    (256, 0.1, 0.01, 2000),
    (256, 0.3, 0.1, 1000),
    (256, 0.6, 0.01, 3000),
    (1024, 0.1, 0.05, 1000),
    (1024, 0.3, 0.01, 2000),
    (1024, 0.9, 0.02, 2000),
    (4096, 0.1, 0.1, 500),
    (4096, 0.3, 0.001, 8000),
    (4096, 0.6, 0.02, 1500),
    (4096, 0.8, 0.1, 500),
]
# kind, parameter, neurons
OTHERS = [
    ("lognormal", 1.5, 256),
    ("lognormal", 1.5, 1024),
    ("lognormal", 2.0, 256),
    ("lognormal", 2.0, 1024),
    ("dead", 0.1, 1024),
    ("dead", 0.3, 1024),
    ("dead", 0.3, 256),
]


def row(*cells: object) -> str:
    return "| " + " | ".join(f"{c:.3g}" if isinstance(c, float) else str(c) for c in cells) + " |"


def table(heads: list[str], rows: Iterator[str]) -> None:
    print("\n" + row(*heads))
    print(row(*["---"] * len(heads)))
    for line in rows:
        print(line, flush=True)


def share(found: list[bool]) -> str:
    if not found:
        return "–"
    mean = float(np.mean(found))
    error = math.sqrt(mean * (1 - mean) / len(found))
    return f"{mean:.3f} ± {error:.3f}"


def drawer(alpha: float, lambda_: float, last: int | None) -> Callable[..., np.ndarray]:
    k = np.arange(1, (last or 5000) + 1)
    chance = bounded_probability(k, alpha=alpha, lambda_=lambda_, xmax=last or math.inf)
    return lambda n, rng: rng.choice(k, size=n, p=chance / chance.sum())


def holds(low: float, value: float, high: float) -> bool:
    return bool(low <= value <= high)


def coverage(runs: int) -> Iterator[str]:
    for alpha, rate, last, n in LAWS:
        rng, draw = np.random.default_rng(SEED), drawer(alpha, rate, last)
        model = BoundedPowerLaw(xmax=last, n_boot=0)
        fits = [model.fit(draw(n, rng)) for _ in range(runs)]
        yield row(alpha, rate, last or "∞", n, *covered(fits, alpha, rate))


def covered(fits: list[BoundedPowerLawResult], alpha: float, rate: float) -> list[str]:
    wald = [
        holds(f.alpha - Z * f.alpha_se, alpha, f.alpha + Z * f.alpha_se) for f in fits if f.fitted
    ]
    wald_rate = [
        holds(f.lambda_ - Z * f.lambda_se, rate, f.lambda_ + Z * f.lambda_se) for f in fits
    ]
    ratio = [holds(f.alpha_low, alpha, f.alpha_high) for f in fits]
    ratio_rate = [holds(f.lambda_low, rate, f.lambda_high) for f in fits]
    return [share(found) for found in (ratio, wald, ratio_rate, wald_rate)]


def ks_size(runs: int) -> Iterator[str]:
    for alpha, rate, last, n in LAWS[1:5]:
        rng, draw = np.random.default_rng(SEED), drawer(alpha, rate, last)
        model = BoundedPowerLaw(xmax=last, n_boot=99)
        p = np.array([model.fit(draw(n, rng), rng=rng).pvalue for _ in range(runs)])
        yield row(alpha, rate, last, n, share(list(p <= 0.05)), share(list(p <= 0.1)))


def agreement_size(runs: int) -> Iterator[str]:
    for n, b, mean, d in LAYERS:
        rng = np.random.default_rng(SEED)
        beta = b * (1 / mean - 1)
        tested = [
            exponent_agreement(rng.binomial(d, rng.beta(b, beta, n)), d, n_boot=199, rng=rng)
            for _ in range(runs)
        ]
        kept = [one for one in tested if one.testable]
        inside = [holds(one.difference_low, one.expected, one.difference_high) for one in kept]
        expected = float(np.mean([one.expected for one in kept])) if kept else math.nan
        sizes = share([one.pvalue <= 0.05 for one in kept])
        cells = (n, b, mean, d, int(d / beta / 2), len(kept) / runs, expected)
        yield row(*cells, sizes, share(inside))


def agreement_power(runs: int) -> Iterator[str]:
    d, mean = 2000, 0.01
    for kind, size, n in OTHERS:
        rng = np.random.default_rng(SEED)
        p: dict[str, list[float]] = {"counted": [], "left out": []}
        for _ in range(runs):
            if kind == "lognormal":
                rates = np.exp(size * rng.standard_normal(n))
                rates = np.minimum(mean * rates / rates.mean(), 1)
            else:
                rates = rng.beta(0.5, 0.5 * (1 / mean - 1), n) * (rng.random(n) >= size)
            counts = rng.binomial(d, rates)
            for zeros, found in p.items():
                found.append(exponent_agreement(counts, d, zeros=zeros, n_boot=99, rng=rng).pvalue)
        yield row(kind, size, n, *(cell for found in p.values() for cell in testable(found)))


def testable(pvalues: list[float]) -> tuple[float, str]:
    kept = [p for p in pvalues if not math.isnan(p)]
    return len(kept) / len(pvalues), share([p <= 0.05 for p in kept])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick

    def few(runs: int) -> int:
        return 5 if quick else runs

    print(
        "How often the bounded law's intervals hold the truth, and how often its tests reject.\n\n"
        "    python -m benchmarks.calibration.bounded_law\n\n"
        f"Python {sys.version.split()[0]}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"{platform.machine()}; seed {SEED}; ± is the Monte Carlo standard error."
    )
    print("\n## Coverage of the nominal 95 % intervals")
    heads = ["alpha", "lambda", "last", "neurons"]
    kinds = ["alpha, ratio", "alpha, Wald", "lambda, ratio", "lambda, Wald"]
    table(heads + kinds, coverage(few(200)))
    print("\n## Size of the Kolmogorov–Smirnov test (99 draws)")
    table([*heads, "p ≤ .05", "p ≤ .1"], ks_size(few(150)))
    print(
        "\n## Size of the test of alpha = 1 − b (199 draws)\n\n"
        "Counts are beta-binomial; `expected` is the difference alpha − (1 − b) that the law shows on "
        "the body 1 … end; the last column says how often the interval of the difference holds it."
    )
    heads = ["N", "b", "c/N", "D", "body's end", "testable", "expected", "p ≤ .05", "interval"]
    table(heads, agreement_size(few(400)))
    print(
        "\n## Power of the test of alpha = 1 − b (99 draws)\n\n"
        "D = 2000, c/N = .01: lognormal rates with this sigma; beta rates with b = .5 of which this "
        "share of neurons is dead, where leaving the zeros out restores the size. `testable` is the share "
        "of layers with a p-value, `p ≤ .05` the share of those; widely spread lognormal rates leave no "
        "lower bound on b once the zeros are left out, so that little can be tested."
    )
    heads = ["rates", "sigma / share", "N", "counted: testable", "p ≤ .05"]
    heads += ["left out: testable", "p ≤ .05"]
    table(heads, agreement_power(few(50)))


if __name__ == "__main__":
    main()
