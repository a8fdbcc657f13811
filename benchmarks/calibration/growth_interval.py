"""How often the intervals for b hold the b that made the counts, and how far off the estimates are.

python -m benchmarks.calibration.growth_interval [--quick] [--jobs 1] [--out FILE]
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
import zlib
from pathlib import Path

import joblib
import numpy as np
import scipy

from activstats.laws.growth import GrowthLaw
from activstats.laws.planning import expected_standard_error
from activstats.laws.results import Status
from benchmarks.calibration.growth_layers import DESIGNS, OTHERS, Design, draw

FULL_RUNS, QUICK_RUNS = 1000, 20
OTHER_RUNS = 200
LAWS = {
    "likelihood": GrowthLaw(),
    "hazard": GrowthLaw(method="hazard"),
    "curve": GrowthLaw(method="curve"),
    "mean-field curve": GrowthLaw(method="curve", law="mean-field"),
}


def one(design: Design, name: str, run: int) -> tuple[float, float, float, float]:
    """Return ln b / truth, the two ends likewise, and whether b could not be had."""
    # Seeds depend on design and run alone, never on the worker.
    rng = np.random.default_rng([zlib.crc32(repr(design).encode()), run])
    result = LAWS[name].fit(draw(design, rng))
    ends = [math.log(end / design.b) if end else -math.inf for end in result.interval()]
    hidden = result.status is Status.NOT_IDENTIFIABLE
    return math.nan if hidden else math.log(result.b / design.b), *ends, float(hidden)


def measured(design: Design, name: str, runs: int, jobs: int) -> dict[str, float]:
    """Return coverage, bias, width and share without b over so many layers."""
    tasks = (joblib.delayed(one)(design, name, run) for run in range(runs))
    error, low, high, hidden = np.array(joblib.Parallel(n_jobs=jobs)(tasks)).T
    told = np.isfinite(error)
    width = (high - low)[np.isfinite(high - low)]
    return {
        "coverage": float(np.mean((low <= 0) & (high >= 0))),
        "bias": float(error[told].mean()) if told.any() else math.nan,
        "median": float(np.median(error[told])) if told.any() else math.nan,
        "sd": float(error[told].std()) if told.any() else math.nan,
        "width": float(width.mean()) if width.size else math.nan,
        "open": float(np.mean(~np.isfinite(high - low))),
        "hidden": float(hidden.mean()),
    }


def row(design: Design, name: str, runs: int, jobs: int) -> tuple[str, dict[str, float]]:
    """Return a line of the table, and its numbers."""
    found = measured(design, name, runs, jobs)
    expected = expected_standard_error(design.n, design.d, b=design.b, c=design.rate * design.n)
    found["expected"] = expected
    label = "" if name == "likelihood" else f"| {name} "
    cells = [found["coverage"], found["bias"], found["median"], found["sd"], expected]
    text = " | ".join("–" if math.isnan(x) else f"{x:.3f}" for x in cells)
    rest = f"{found['width']:.2f} | {found['open']:.3f} | {found['hidden']:.3f} |"
    return f"{label}{design.cells()} | {text} | {rest}", found


HEAD = "| N | b | c/N | cD/N | D | coverage | bias | median error | SD | expected SE | width | open | no b |"


def table(
    designs: list[Design], names: list[str], runs: int, jobs: int
) -> tuple[list[str], list[dict[str, float]]]:
    """Return a Markdown table and its numbers."""
    head = HEAD if names == ["likelihood"] else f"| estimator {HEAD}"
    lines, numbers = [head, "|---" * (head.count("|") - 1) + "|"], []
    for design in designs:
        for name in names:
            line, found = row(design, name, runs, jobs)
            print(line, file=sys.stderr)
            lines.append(line)
            numbers.append(found)
    return lines, numbers


def verdict(numbers: list[dict[str, float]], runs: int) -> str:
    """Say in numbers how many designs reach what."""
    coverage = np.array([found["coverage"] for found in numbers])
    precise = [found for found in numbers if found["expected"] < 0.2]
    inside = int(np.sum((coverage >= 0.93) & (coverage <= 0.97)))
    unbiased = sum(abs(found["bias"]) < 0.05 for found in precise)
    return (
        f"Coverage lies within .93–.97 in {inside} of {len(numbers)} designs "
        f"(lowest {coverage.min():.3f}, highest {coverage.max():.3f}; "
        f"the standard error of each is {math.sqrt(0.95 * 0.05 / runs):.3f}). "
        f"The bias of ln b is below .05 in {unbiased} of the {len(precise)} designs whose expected "
        "standard error is below .2."
    )


NOTE = (
    "Coverage counts every run, also those without a b: their interval is open. `bias`, `median "
    "error` and `SD` are of ln b over the runs with a finite b; `width` is that of the finite "
    "intervals in ln b, `open` the share of intervals with an infinite end, `no b` the share whose "
    "status is not identifiable."
)


def page(runs: int, others: int, jobs: int) -> str:
    """Return the whole page."""
    lines, numbers = table(DESIGNS, ["likelihood"], runs, jobs)
    names = ["hazard", "curve", "mean-field curve"]
    other_lines, _ = table(OTHERS, names, others, jobs)
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    )
    return "\n".join([
        "# Intervals for b",
        "",
        ("The 95 % interval of the growth law holds the true b as often as it says where neurons are "
        "independent, and b is nearly without bias wherever its standard error is small."),
        "",
        f"`python -m benchmarks.calibration.growth_interval`, {runs} and {others} layers a design; {versions}.",
        "",
        "## Likelihood",
        "",
        verdict(numbers, runs),
        NOTE,
        "",
        *lines,
        "",
        "## Hazard and curve",
        "",
        ("The hazard sees first activations only; the curve is fitted to the rarefied curve, its "
        "interval a sandwich. The mean-field curve stands for comparison: its constant is another one "
        "wherever c/N is not small, and its interval does not hold b."),
        "",
        *other_lines,
        "",
    ])  # fmt: skip


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs, in seconds")
    parser.add_argument(
        "--jobs", type=int, default=1, help="workers; the numbers do not depend on it"
    )
    parser.add_argument("--out", type=Path, help="write the page there")
    given = parser.parse_args()
    runs = (QUICK_RUNS, QUICK_RUNS) if given.quick else (FULL_RUNS, OTHER_RUNS)
    text = page(*runs, given.jobs)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
