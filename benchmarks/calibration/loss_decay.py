"""How often the intervals of a fitted power law hold its exponent, its floor and what comes next.

python -m benchmarks.calibration.loss_decay [--quick] [--out FILE]
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

import numpy as np

from activstats.laws.loss import LossCurve, LossDecay
from activstats.laws.loss.local_exponent import local_exponent

FULL_RUNS, QUICK_RUNS = 400, 8
# Of the designs beside the power laws, a share of the runs.
FEWER = 0.4
FIRST, LAST, BEYOND = 10.0, 20_000.0, 200_000.0
FLOOR, DROP, D_STAR = 0.2, 2.0, 100.0


@dataclass(frozen=True)
class Design:
    """Sizes from 10 to 20 000, runs at each, relative noise of a run; and the true curve.

    `form` is "power law", "crossover" with D* = 100, or "flat".
    """

    form: str
    beta: float
    n: int
    seeds: int
    cv: float
    outliers: float = 0.0

    @property
    def d(self) -> np.ndarray:
        return np.geomspace(FIRST, LAST, self.n)

    def expected(self, d: np.ndarray) -> np.ndarray:
        if self.form == "flat":
            return np.full(d.size, FLOOR + DROP)
        scaled = d / FIRST if self.form == "power law" else 1 + d / D_STAR
        return FLOOR + DROP * scaled**-self.beta

    def draw(self, run: int) -> tuple[LossCurve, float]:
        """Return a curve, and the loss of one more run a decade beyond it."""
        rng = np.random.default_rng([zlib.crc32(repr(self).encode()), run])
        noise = rng.standard_normal((self.n, self.seeds))
        noise *= np.where(rng.random(noise.shape) < self.outliers, 6.0, 1.0)
        losses = self.expected(self.d)[:, None] * (1 + self.cv * noise)
        beyond = self.expected(np.array([BEYOND]))[0] * (1 + self.cv * rng.standard_normal())
        return LossCurve.from_arrays(self.d, losses), float(beyond)


PLANS = ((8, 3, 0.01), (12, 1, 0.02), (12, 3, 0.05), (20, 1, 0.01))
POWER_LAWS = [Design("power law", beta, *plan) for beta in (0.1, 0.3, 0.8) for plan in PLANS]
CROOKED = [Design("power law", 0.3, 12, 3, 0.02, share) for share in (0.0, 0.05)]
FLAT = [Design("flat", 0.0, *plan) for plan in PLANS]
BENT = [Design("crossover", b, *plan) for b in (0.3, 0.8) for plan in PLANS[:2]]


def within(low: float, value: float, high: float) -> float:
    return float(low <= value <= high)


def of_power_law(design: Design, run: int, *, robust: bool = False) -> dict[str, float]:
    """Return what the fit of one curve holds; where there is no exponent, nothing is missed."""
    curve, beyond = design.draw(run)
    result = LossDecay(robust=robust).fit(curve)
    amplitude = DROP * FIRST**design.beta
    found = {
        "beta": within(result.beta_low, design.beta, result.beta_high),
        "floor": within(result.loss_opt_low, FLOOR, result.loss_opt_high),
        "A": within(result.amplitude_low, amplitude, result.amplitude_high),
        "open": float(result.beta_low == 0 or math.isinf(result.beta_high)),
        "none": float(not result.found),
        "error": result.beta - design.beta,
        "misfit": float(result.lack_of_fit_pvalue <= 0.05) if design.seeds > 1 else math.nan,
        "next": math.nan,
        "run": math.nan,
    }
    if result.found:
        said = result.predict([BEYOND])
        true = design.expected(np.array([BEYOND]))[0]
        found["next"] = within(said.low[0], true, said.high[0])
        found["run"] = within(said.run_low[0], beyond, said.run_high[0])
    return found


def of_slopes(design: Design, run: int) -> dict[str, float]:
    """Return how many local exponents of one curve are held, lost, and told at all."""
    bent = design.form == "crossover"
    curve = design.draw(run)[0]
    if bent:
        found = local_exponent(curve, floor="crossover", b=design.beta, d_star=D_STAR)
    else:
        found = local_exponent(curve)
    if not found.d.size:
        return {"held": math.nan, "lost": math.nan, "told": 0.0}
    true = np.full(found.d.size, design.beta) if found.theory_seen is None else found.theory_seen
    known = ~found.lost
    held = (found.low[known] <= true[known]) & (true[known] <= found.high[known])
    share = float(held.mean()) if known.any() else math.nan
    return {"held": share, "lost": float(found.lost.mean()), "told": 1.0}


def mean_of(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return means over the curves that have a number, and the root mean square of the error."""
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    known = {name: values[np.isfinite(values)] for name, values in columns.items()}
    found = {name: float(v.mean()) if v.size else math.nan for name, v in known.items()}
    if "error" in known:
        errors = known["error"]
        found["rmse"] = float(np.sqrt(np.mean(errors**2))) if errors.size else math.nan
    return found


def row(cells: list[object]) -> str:
    """Return a row of a Markdown table."""
    shown = []
    for cell in cells:
        number = isinstance(cell, float)
        shown.append("–" if number and math.isnan(cell) else f"{cell:.3g}" if number else str(cell))
    return f"| {' | '.join(shown)} |"


def head(names: list[str]) -> list[str]:
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def power_laws(runs: int) -> list[str]:
    names = ["beta", "sizes", "seeds", "cv", "beta held", "L_inf held", "A held", "RMSE of beta",
             "open", "no beta", "lack of fit", "a decade on: mean held", "a run held"]  # fmt: skip
    rows, held = [], []
    for design in POWER_LAWS:
        found = mean_of([of_power_law(design, run) for run in range(runs)])
        print(design, found, file=sys.stderr)
        held.append(found["beta"])
        keys = ("beta", "floor", "A", "rmse", "open", "none", "misfit", "next", "run")
        plan = [design.beta, design.n, design.seeds, design.cv]
        rows.append(row([*plan, *(found[key] for key in keys)]))
    error = math.sqrt(0.05 * 0.95 / runs)
    told = (
        f"Over {len(held)} designs the 95 % interval holds beta in {np.mean(held):.3f} of {runs} "
        f"curves each (lowest {min(held):.3f}, highest {max(held):.3f}; standard error of each "
        f"{error:.3f}). Every curve counts: `open` intervals have an end of 0 or ∞, as those "
        "without a beta have; `lack of fit` is how often a true power law is doubted at 5 %."
    )
    return [told, "", *head(names), *rows]


def crooked(runs: int) -> list[str]:
    names = ["outliers", "robust", "beta held", "RMSE of beta", "lack of fit", "a run held"]
    rows = []
    for design in CROOKED:
        for robust in (False, True):
            found = mean_of([of_power_law(design, run, robust=robust) for run in range(runs)])
            told = [found[key] for key in ("beta", "rmse", "misfit", "run")]
            if robust:
                told[2] = math.nan
            rows.append(row([design.outliers, "yes" if robust else "no", *told]))
    return [*head(names), *rows]


def flat(runs: int) -> list[str]:
    names = ["sizes", "seeds", "cv", "given a beta"]
    rows = []
    for design in FLAT:
        found = [LossDecay().fit(design.draw(run)[0]).falls_pvalue <= 0.05 for run in range(runs)]
        rows.append(row([design.n, design.seeds, design.cv, float(np.mean(found))]))
    return [*head(names), *rows]


def slopes(runs: int) -> list[str]:
    names = [
        "true curve",
        "exponent",
        "sizes",
        "seeds",
        "cv",
        "held",
        "lost in noise",
        "floor told",
    ]
    rows = []
    for design in [*BENT, *POWER_LAWS[4:8]]:
        found = mean_of([of_slopes(design, run) for run in range(runs)])
        plan = [design.form, design.beta, design.n, design.seeds, design.cv]
        rows.append(row([*plan, *(found[key] for key in ("held", "lost", "told"))]))
    return [*head(names), *rows]


def page(runs: int) -> str:
    """Return the whole page."""
    few = max(5, round(FEWER * runs))
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    return "\n".join([
        "# The decay of the loss",
        "",
        ("The profile interval of beta holds the true exponent about as often as it says, whether or not a "
        "floor can be told, and so do those of the floor and of losses a decade beyond."),
        "",
        (f"`python -m benchmarks.calibration.loss_decay`, {runs} curves a design in the first table and {few} "
            f"in the others; Python "
        f"{platform.python_version()}, {versions}."),
        "",
        (f"L = {FLOOR:g} + {DROP:g} (D/10)^−beta at sizes even in ln D from 10 to 20 000; noise is "
        "proportional to the loss."),
        "",
        "## Power laws",
        "",
        *power_laws(runs),
        "",
        "## Outliers",
        "",
        ("beta = .3, 12 sizes, 3 seeds, 2 % noise; a share of the runs has six times the noise. "
        "Intervals of the robust fit take the scatter of the runs as they are weighed, which leaves them too short where there are no outliers."),
        "",
        *crooked(few),
        "",
        "## Losses that do not fall",
        "",
        "The test is of 5 %; only falls count, and the exponent is looked for, so it errs less.",
        "",
        *flat(few),
        "",
        "## Local exponents",
        "",
        (f"Windows of three sizes; the crossover has D* = {D_STAR:g}, and its floor is that of a "
        "fitted crossover. `held` is the share of local exponents whose interval holds the true one, seen through the same window, "
        "over the curves whose floor is told."),
        "",
        *slopes(few),
        "",
    ])  # fmt: skip


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few curves, in seconds")
    parser.add_argument("--out", type=Path, help="write the page there")
    given = parser.parse_args()
    text = page(QUICK_RUNS if given.quick else FULL_RUNS)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
