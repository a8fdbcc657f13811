"""How often the transition test errs, and how often the interval of D* holds the true D*.

python -m benchmarks.calibration.loss_transition [--quick] [--jobs 1] [--out FILE]
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np

from activstats.laws.loss import LossTransition
from activstats.laws.loss.shapes import crossover
from benchmarks.break_finders import piecewise, ruptures

FULL_RUNS, QUICK_RUNS = 400, 10
PEER_RUNS = 12
N_BOOT = 199
FIRST, LAST = 10.0, 20_000.0


@dataclass(frozen=True)
class Design:
    """Sizes from 10 to 20 000, runs at each, relative noise of a run; and the true curve.

    `form` is "flat", "line", a power law "beta …" or, with a D*, a crossover.
    """

    form: str
    n: int
    seeds: int
    cv: float
    b: float = math.nan
    d_star: float = math.nan
    s: float = 1.0
    outliers: float = 0.0

    @property
    def d(self) -> np.ndarray:
        return np.geomspace(FIRST, LAST, self.n)

    def expected(self) -> np.ndarray:
        x = np.log(self.d)
        if self.form == "crossover":
            return 0.3 + 2 * crossover(x, math.log(self.d_star), self.b, self.s)
        if self.form == "flat":
            return np.full(self.n, 1.5)
        if self.form == "line":
            return 2 - 1.6 * (x - x[0]) / (x[-1] - x[0])
        return 0.2 + 2 * (self.d / FIRST) ** -float(self.form.split()[1])

    def draw(self, run: int) -> tuple[np.ndarray, np.random.Generator]:
        """Return losses, a row for each size, and the generator for what follows."""
        # Seeds depend on design and run alone, never on the worker.
        rng = np.random.default_rng([zlib.crc32(repr(self).encode()), run])
        noise = rng.standard_normal((self.n, self.seeds))
        noise *= np.where(rng.random(noise.shape) < self.outliers, 6.0, 1.0)
        return self.expected()[:, None] * (1 + self.cv * noise), rng


PLANS = ((8, 1, 0.01), (8, 5, 0.03), (12, 1, 0.02), (12, 3, 0.05), (20, 1, 0.05), (20, 3, 0.01))
NULLS = [
    Design(f, *plan) for f in ("flat", "line", "beta .1", "beta .3", "beta .8") for plan in PLANS
]
CROSSOVERS = [
    Design("crossover", n, seeds, cv, b, d_star)
    for b, d_star in ((0.3, 150.0), (0.6, 300.0), (1.0, 500.0))
    for n, seeds, cv in ((8, 3, 0.01), (12, 1, 0.02), (12, 3, 0.02), (20, 1, 0.01), (20, 3, 0.05))
]  # fmt: skip
SHARP = [Design("crossover", 12, 3, 0.02, 1.0, 500.0, s) for s in (0.5, 2.0, 4.0)]
# Few runs, much noise, or a transition near an end of the sizes.
WEAK = [
    Design("crossover", n, 1, cv, b, d_star)
    for b, d_star, n, cv in (
        (0.3, 150.0, 12, 0.02), (0.3, 150.0, 12, 0.05), (0.3, 150.0, 12, 0.1), (0.3, 150.0, 8, 0.05),
        (0.6, 300.0, 12, 0.05), (0.6, 300.0, 12, 0.1), (0.6, 300.0, 12, 0.2), (0.6, 300.0, 8, 0.1),
        (0.6, 20.0, 12, 0.05), (0.6, 5000.0, 12, 0.05), (1.0, 500.0, 12, 0.2), (1.0, 20.0, 12, 0.05),
    )
]  # fmt: skip
CROOKED = [
    Design(form, 12, 3, 0.02, *place, outliers=0.05)
    for form, place in (("line", ()), ("beta .3", ()), ("crossover", (0.6, 300.0)))
]


def one(design: Design, run: int, **settings: object) -> dict[str, float]:
    """Return what the test says of one curve."""
    losses, rng = design.draw(run)
    result = LossTransition(n_boot=N_BOOT, **settings).fit(design.d, losses, rng=rng)
    inside = result.d_star_low <= design.d_star <= result.d_star_high
    width = math.log(result.d_star_high / result.d_star_low) if result.d_star_low else math.inf
    return {
        "rejected": float(result.pvalue <= 0.05),
        "found": float(result.found),
        "covered": float(inside),
        "error": math.log(result.d_star / design.d_star) if result.found else math.nan,
        "width": width,
        "sharp": float(result.form_contradicted),
        "s_covered": float(result.sharpness_low <= design.s <= result.sharpness_high),
    }


def measured(design: Design, runs: int, jobs: int, **settings: object) -> dict[str, float]:
    """Return shares and medians over so many curves."""
    tasks = (joblib.delayed(one)(design, run, **settings) for run in range(runs))
    rows = joblib.Parallel(n_jobs=jobs)(tasks)
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    found = {name: float(np.mean(values)) for name, values in columns.items()}
    errors = columns["error"][np.isfinite(columns["error"])]
    found["rmse"] = float(np.sqrt(np.mean(errors**2))) if errors.size else math.nan
    found["width"] = float(np.median(columns["width"]))
    print(design, {k: round(v, 3) for k, v in found.items()}, file=sys.stderr)
    return found


def of_peers(design: Design, runs: int) -> dict[str, float]:
    """Return detections and errors of other packages on the same curves, seeds averaged."""
    true = math.log(design.d_star)
    rows = []
    for run in range(runs):
        losses, _ = design.draw(run)
        mean = losses.mean(axis=1)
        sigma = design.cv / math.sqrt(design.seeds) * float(design.expected().mean())
        muggeo, dynamic = piecewise(design.d, mean, run), ruptures(design.d, mean, sigma)
        rows.append((muggeo.found, dynamic.found, muggeo.x - true, dynamic.x - true))
    values = np.array(rows, dtype=float)
    rmse = (
        np.sqrt(np.nanmean(values[:, 2:] ** 2, axis=0)) if not math.isnan(true) else [math.nan] * 2
    )
    return {
        "pw": values[:, 0].mean(),
        "rpt": values[:, 1].mean(),
        "pw_rmse": rmse[0],
        "rpt_rmse": rmse[1],
    }


def line(cells: list[object]) -> str:
    """Return a row of a Markdown table."""
    shown = [
        "–"
        if isinstance(c, float) and math.isnan(c)
        else f"{c:.3g}"
        if isinstance(c, float)
        else str(c)
        for c in cells
    ]
    return f"| {' | '.join(shown)} |"


def head(names: list[str]) -> list[str]:
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def of_nulls(runs: int, peer_runs: int, jobs: int) -> list[str]:
    names = [
        "true curve",
        "sizes",
        "seeds",
        "cv",
        "rejected",
        "wild",
        "piecewise-regression",
        "ruptures",
    ]
    rows, sizes, wilds = [], [], []
    for design in NULLS:
        found = measured(design, runs, jobs)
        wild = measured(design, max(runs // 4, 5), jobs, bootstrap="wild")["rejected"]
        # Davies' test on means of seeds; slow, so on one plan of each form.
        peers = of_peers(design, peer_runs) if (design.n, design.seeds) == (12, 1) else {}
        sizes.append(found["rejected"])
        wilds.append(wild)
        cells = [design.form, design.n, design.seeds, design.cv, found["rejected"], wild]
        rows.append(line([*cells, *(float(peers[k]) if peers else "" for k in ("pw", "rpt"))]))
    error = math.sqrt(0.05 * 0.95 / runs)
    told = (
        f"Share of {runs} curves without scale that the test at 5 % calls a transition: mean "
        f"{np.mean(sizes):.3f}, highest {np.max(sizes):.3f} over {len(NULLS)} designs (standard error of "
        f"each {error:.3f}); with the wild bootstrap, on a quarter of the curves, mean {np.mean(wilds):.3f}, "
        f"highest {np.max(wilds):.3f}."
    )
    return [told, "", *head(names), *rows]


def of_crossovers(runs: int, peer_runs: int, jobs: int) -> list[str]:
    names = ["b", "D*", "sizes", "seeds", "cv", "power", "D* covered", "width of ln D*", "RMSE of ln D*",
             "s = 1 rejected", "s covered", "piecewise: found", "RMSE", "ruptures: found", "RMSE"]  # fmt: skip
    rows, coverage, sharp = [], [], []
    for design in CROSSOVERS:
        found = measured(design, runs, jobs)
        peers = of_peers(design, peer_runs) if (design.n, design.seeds) == (12, 1) else {}
        coverage.append(found["covered"])
        sharp.append(found["sharp"])
        cells = [design.b, design.d_star, design.n, design.seeds, design.cv]
        cells += [found[k] for k in ("rejected", "covered", "width", "rmse", "sharp", "s_covered")]
        rows.append(
            line(
                [
                    *cells,
                    *(
                        float(peers[k]) if peers else ""
                        for k in ("pw", "pw_rmse", "rpt", "rpt_rmse")
                    ),
                ]
            )
        )
    told = (
        f"Over {len(CROSSOVERS)} designs the 95 % interval holds D* in {np.mean(coverage):.3f} of the curves "
        f"(lowest {np.min(coverage):.3f}, highest {np.max(coverage):.3f}; standard error of each "
        f"{math.sqrt(0.05 * 0.95 / runs):.3f}), and s = 1 is rejected in {np.mean(sharp):.3f}. Every curve "
        "counts: where s = 1 happens to be rejected, the interval is that of the fit with free s."
    )
    return [told, "", *head(names), *rows]


def of_weak(runs: int, jobs: int) -> list[str]:
    names = ["b", "D*", "sizes", "cv", "power", "D* covered", "width of ln D*"]
    rows = []
    for design in WEAK:
        found = measured(design, runs, jobs)
        cells = [design.b, design.d_star, design.n, design.cv]
        rows.append(line([*cells, *(found[k] for k in ("rejected", "covered", "width"))]))
    return [*head(names), *rows]


def of_others(runs: int, jobs: int) -> list[str]:
    names = [
        "true curve",
        "s",
        "outliers",
        "robust",
        "called a transition",
        "s = 1 rejected",
        "s covered",
        "D* covered",
        "RMSE of ln D*",
    ]
    rows = []
    for design in SHARP + CROOKED:
        for robust in (False, True) if design.outliers else (False,):
            found = measured(design, runs, jobs, robust=robust)
            true = design.form == "crossover"
            cells = [
                design.form,
                design.s if true else "",
                design.outliers or "",
                "yes" if robust else "no",
            ]
            cells += [found["rejected"], found["sharp"] if true else ""]
            cells += [found[k] if true else "" for k in ("s_covered", "covered", "rmse")]
            rows.append(line(cells))
    return [*head(names), *rows]


def page(runs: int, peer_runs: int, jobs: int) -> str:
    """Return the whole page."""
    packages = ("numpy", "scipy", "piecewise-regression", "ruptures")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return "\n".join([
        "# The transition test",
        "",
        ("Curves without a scale are seldom called a transition, and the interval of D* holds the true D* as "
        "often as it says, where breaks fitted to the same curves find one in nearly every power law."),
        "",
        (f"`python -m benchmarks.calibration.loss_transition`, {runs} curves a design, B = {N_BOOT}; Python "
        f"{platform.python_version()}, {versions}."),
        "",
        ("Sizes lie evenly in ln D from 10 to 20 000; noise is proportional to the loss. piecewise-regression "
        f"(its default fit, Davies' test at 5 %) and ruptures (one break in a line, by BIC with the noise told) "
        f"see the means over seeds of the first {peer_runs} curves of one plan; ruptures has no test."),
        "",
        "## Curves without scale",
        "",
        *of_nulls(runs, peer_runs, jobs),
        "",
        "## Crossovers of the theory's form",
        "",
        *of_crossovers(runs, peer_runs, jobs),
        "",
        "## Power where there is little to go by",
        "",
        ("One seed; the share of true transitions that the test at 5 % finds. A D* near the first size "
        "leaves a power law, which has no scale; open intervals are infinitely wide."),
        "",
        *of_weak(runs, jobs),
        "",
        "## Sharper and smoother crossovers, and outliers",
        "",
        ("12 sizes, 3 seeds, 2 % noise, b = 1 and D* = 500 (with outliers b = .6 and D* = 300): one run in twenty "
        "then has six times the noise. Where s is not 1, D* of the crossover with free s is the one meant."),
        "",
        *of_others(runs, jobs),
        "",
    ])  # fmt: skip


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few curves, in seconds")
    parser.add_argument(
        "--jobs", type=int, default=1, help="workers; the numbers do not depend on it"
    )
    parser.add_argument("--out", type=Path, help="write the page there")
    given = parser.parse_args()
    runs = (QUICK_RUNS, 2) if given.quick else (FULL_RUNS, PEER_RUNS)
    text = page(*runs, given.jobs)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
