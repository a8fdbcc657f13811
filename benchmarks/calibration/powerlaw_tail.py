"""Size and power of the power-law test, and coverage of alpha's interval, by simulation.

    python -m benchmarks.calibration.powerlaw_tail [--quick]

prints Markdown tables. Everything is seeded.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator

import numba
import numpy as np

from activstats import __version__
from activstats.laws._tail_draws import draw_tail
from activstats.laws.tail_bootstrap import resample_tail, tail_pvalue
from activstats.laws.tail_comparison import compare_tails
from activstats.laws.tail_fit import fit_tail, standard_error
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings

SEED = 20240917
REPLICATES = 199
Draw = Callable[[np.random.Generator, int], np.ndarray]

XMIN, ALPHA = 10.0, 2.5


def tail_only(rng: np.random.Generator, n: int) -> np.ndarray:
    return draw_tail(rng, n, ALPHA, XMIN)


def with_body(share: float) -> Draw:
    """A power law from xmin on; below it, evenly spread whole numbers."""

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        n_tail = rng.binomial(n, share)
        body = rng.integers(1, int(XMIN), n - n_tail).astype(float)
        return np.concatenate([body, draw_tail(rng, n_tail, ALPHA, XMIN)])

    return draw


def continuous(rng: np.random.Generator, n: int) -> np.ndarray:
    return XMIN * (rng.pareto(ALPHA - 1, n) + 1)


def continuous_with_body(rng: np.random.Generator, n: int) -> np.ndarray:
    n_tail = rng.binomial(n, 0.3)
    return np.concatenate([rng.uniform(1, XMIN, n - n_tail), continuous(rng, n_tail)])


LAWS: dict[str, tuple[Draw, bool]] = {
    "zeta from 10 on": (tail_only, True),
    "zeta, 30 % in the tail": (with_body(0.3), True),
    "zeta, 10 % in the tail": (with_body(0.1), True),
    "Pareto": (continuous, False),
    "Pareto, 30 % in the tail": (continuous_with_body, False),
}
OTHERS: dict[str, Draw] = {
    "lognormal, σ = 1": lambda rng, n: np.ceil(rng.lognormal(1, 1, n)),
    "lognormal, σ = 2": lambda rng, n: np.ceil(rng.lognormal(1, 2, n)),
    "exponential, mean 10": lambda rng, n: np.ceil(rng.exponential(10, n)),
    "urn counts, b = .2": lambda rng, n: rng.poisson(rng.gamma(0.2, 1000, n)),
}


def settings_for(search: str, n: int, *, discrete: bool) -> TailSettings:
    return TailSettings(
        discrete=discrete,
        candidates=(XMIN,) if search == "known" else (),
        min_tail=n // 20 if search == "free, n_tail ≥ n/20" else 0,
    )


def row(*cells: object) -> str:
    shown = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
    return "| " + " | ".join(shown) + " |"


def head(*names: str) -> Iterator[str]:
    yield ""
    yield row(*names)
    yield "|" + "---|" * len(names)


def pvalues(
    draw: Draw, n: int, settings: TailSettings, runs: int, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return the p-value of every run, and the mean share of the numbers in the tail."""
    found, shares = [], []
    for _ in range(runs):
        sample = tail_sample(draw(rng, n), discrete=settings.discrete)
        fit = fit_tail(sample, settings)
        found.append(tail_pvalue(sample, fit, settings, REPLICATES, rng))
        shares.append(fit.n_tail / sample.n)
    return np.asarray(found), float(np.mean(shares))


def sizes(runs: int, rng: np.random.Generator) -> Iterator[str]:
    yield "\n## Size: a true power law, rejected"
    yield f"\n{runs} samples a row; alpha = 2.5, xmin = 10 where known."
    yield from head("numbers", "n", "xmin", "p ≤ .05", "p ≤ .1", "mean p", "n_tail/n")
    for name, (draw, discrete) in LAWS.items():
        for n in (300, 1000):
            for search in ("known", "free", "free, n_tail ≥ n/20"):
                settings = settings_for(search, n, discrete=discrete)
                p, share = pvalues(draw, n, settings, runs, rng)
                below = (float(np.mean(p <= level)) for level in (0.05, 0.1))
                yield row(name, n, search, *below, float(p.mean()), share)


def coverage(runs: int, rng: np.random.Generator) -> Iterator[str]:
    yield "\n## Coverage of the 95 % interval of alpha, and of alpha ± 1.96 SE"
    yield f"\n{runs} samples a row."
    yield from head("numbers", "n", "xmin", "interval", "± 1.96 SE", "mean alpha − 2.5")
    for name, (draw, discrete) in LAWS.items():
        for n in (300, 3000):
            for search in ("known", "free"):
                settings = settings_for(search, n, discrete=discrete)
                inside, near, off = [], [], []
                for _ in range(runs):
                    sample = tail_sample(draw(rng, n), discrete=discrete)
                    fit = fit_tail(sample, settings)
                    draws = resample_tail(sample, fit, settings, REPLICATES, rng).alpha
                    low, high = np.nanquantile(draws, [0.025, 0.975])
                    inside.append(low <= ALPHA <= high)
                    reach = 1.96 * standard_error(fit, discrete=discrete)
                    near.append(abs(fit.alpha - ALPHA) <= reach)
                    off.append(fit.alpha - ALPHA)
                shares = (float(np.mean(x)) for x in (inside, near, off))
                yield row(name, n, search, *shares)


def power(runs: int, rng: np.random.Generator) -> Iterator[str]:
    yield "\n## Power: another law, rejected at p ≤ .1"
    yield f"\n{max(runs // 4, 5)} samples a row."
    yield from head("numbers", "n", "xmin free", "n_tail/n", "n_tail ≥ n/20", "n_tail/n")
    for name, draw in OTHERS.items():
        for n in (100, 1000, 10_000):
            cells: list[float] = []
            for search in ("free", "free, n_tail ≥ n/20"):
                settings = settings_for(search, n, discrete=True)
                p, share = pvalues(draw, n, settings, max(runs // 4, 5), rng)
                cells += [float(np.mean(p <= 0.1)), share]
            yield row(name, n, *cells)


def ratios(runs: int, rng: np.random.Generator) -> Iterator[str]:
    yield "\n## Likelihood ratios under a true power law, xmin known: decided against it at p ≤ .05"
    yield f"\n{runs} samples a row."
    laws = ("lognormal", "exponential", "stretched exponential", "power law with cutoff")
    yield from head("alpha", "n", *laws)
    for alpha in (1.7, 2.5, 3.5):
        for n in (300, 3000):
            settings = TailSettings(discrete=False, candidates=(1.0,))
            below = dict.fromkeys(laws, 0.0)
            for _ in range(runs):
                sample = tail_sample(rng.pareto(alpha - 1, n) + 1, discrete=False)
                found = compare_tails(sample, fit_tail(sample, settings), discrete=False)
                for law in laws:
                    against = found[law].ratio < 0 and found[law].pvalue <= 0.05
                    below[law] += against / runs
            yield row(alpha, n, *(below[law] for law in laws))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same code in seconds")
    quick = parser.parse_args().quick
    runs = 5 if quick else 500
    print(
        "How often the power-law test rejects a true law and other laws, and how often the interval of "
        "alpha holds it.\n"
    )
    print(
        f"`python -m benchmarks.calibration.powerlaw_tail{' --quick' if quick else ''}`", end="; "
    )
    print(f"activstats {__version__}, numpy {np.__version__}, numba {numba.__version__}", end="; ")
    print(f"Python {platform.python_version()}; seed {SEED}; B = {REPLICATES} in every bootstrap.")
    parts = ((sizes, 1), (coverage, 2), (power, 1), (ratios, 2))
    for index, (part, share) in enumerate(parts):
        rng = np.random.default_rng([SEED, index])
        for line in part(max(runs // share, 3), rng):
            print(line, flush=True)


if __name__ == "__main__":
    main()
