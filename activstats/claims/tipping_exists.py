"""The claim that firing tips over at some learning rate, rather than declining all along."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.claims._difference_over_seeds import Claim, larger, not_testable, verdict
from activstats.claims._tipping_verdict import ONE_SETTING, OURS, SOURCE, of_optimizer
from activstats.claims.stamina_evidence import by_condition, mean_over_seeds
from activstats.claims.tipping_evidence import ADAM, NAMES, NONE, inside
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.dynamics.tipping_places import SHARE

if TYPE_CHECKING:
    from activstats.claims.tipping_evidence import FloatArray, TippingArm, TippingEvidence

MARGIN = 0.05
# Rates a third of a decade apart show some four fifths of a sharp bend.
RULED_OUT = MARGIN / 2
WINDOW = 0.5
LEAST_WINDOW = 0.15
CLAIM = Claim(
    title="Firing has a tipping point in the learning rate",
    source=SOURCE,
    needs="runs without masks at rates on both sides of the point from at least three seeds",
    changes=(
        "More rates about the point, a wider range of rates where points lie outside, more "
        "seeds. A sharper or a flatter fall beyond the point than measured would turn it."
    ),
    statistic="fall of relative firing beyond the point minus that before it, per half decade",
    margin=MARGIN,
    words=lambda value: f"{value:+.3f}".replace("-", "−"),
    rule=(
        "Networks without masks. The point of each seed and width is the smallest learning rate at which "
        "the mean firing rate is below .9 of its value at the lowest rate, interpolated in log rate. "
        "Statistic: by how much firing, relative to the lowest rate, falls over the half decade beyond "
        "the point, minus by how much it falls over the half decade before it; where the range ends "
        "sooner, what there is, from .15 decades on, brought to half a decade. Differences are averaged "
        "within each seed, and a 95 % t-interval is taken over the seeds. Margin, fixed beforehand: .05. "
        "Supported if every point lies inside the range, the interval lies above 0 and the mean is at "
        "least the margin. Contradicted if half of the points or more lie outside the range, for firing "
        "does not fall so far, or if the interval lies below half the margin, since interpolation "
        "between rates takes a part of a bend away: firing declines evenly. Undecided otherwise, and "
        "with fewer than three seeds."
    ),
)


def decide(evidence: TippingEvidence, optimizer: str = ADAM) -> Verdict:
    """Judge the claim by its rule, for one optimiser."""
    claim = of_optimizer(CLAIM, optimizer)
    if not evidence.has(optimizer, NONE):
        return not_testable(claim, f"there are no runs with {NAMES.get(optimizer, optimizer)}")
    places = evidence.places(optimizer, NONE)
    bends = evidence.by_seed(optimizer, NONE, _bends).dropna()
    found = mean_over_seeds(bends)
    n_inside = len(inside(places))
    judged = larger(found, MARGIN, RULED_OUT)
    told = f"{n_inside} of {len(places)} points lie inside the range"
    if len(evidence.seeds) >= 3 and 2 * n_inside <= len(places):  # noqa: PLR2004  (least seeds)
        judged = Outcome.CONTRADICTED, ""
    elif judged[0] is Outcome.SUPPORTED and n_inside < len(places):
        judged = Outcome.UNDECIDED, f"only {told}"
    sd = _seed_sd(evidence, optimizer)
    return verdict(
        claim,
        found,
        judged,
        opening={
            Outcome.SUPPORTED: f"Firing tips over ({told})",
            Outcome.CONTRADICTED: f"Firing does not tip over ({told})",
            Outcome.UNDECIDED: "Whether firing tips over is undecided",
        },
        effect="beyond the point relative firing falls per half decade by more than before it, by",
        against=0.0,
        conditions=by_condition(bends),
        yardsticks=(
            Yardstick("margin", MARGIN, "fixed beforehand"),
            Yardstick("points inside the range", n_inside / len(places), f"of {len(places)}"),
            Yardstick("seed SD", sd, "decades, mean over widths: how sharply seeds agree"),
        ),
        caveats=(
            OURS,
            "The value at the lowest rate is the yardstick: with other lowest rates it is another.",
            "A bend is no jump: nothing is said about a discontinuity.",
            ONE_SETTING,
        ),
    )


def _seed_sd(evidence: TippingEvidence, optimizer: str) -> float:
    found = [
        evidence.arm(optimizer, width, NONE).tipping()["seed_sd"].value for width in evidence.widths
    ]
    known = [one for one in found if math.isfinite(one)]
    return float(np.mean(known)) if known else math.nan


def _bends(arm: TippingArm) -> FloatArray:
    """Return for each seed how much faster firing falls beyond its point than before it."""
    x = np.log10(arm.rates)
    return np.array(
        [
            _bend(x, firing, place)
            for firing, place in zip(arm.table("firing_rate"), arm.tipping().places, strict=True)
        ]
    )


def _bend(x: FloatArray, firing: FloatArray, place: float) -> float:
    known = np.isfinite(firing)
    if not math.isfinite(place):
        return math.nan
    at, relative = x[known], firing[known] / firing[0]
    low, high = max(place - WINDOW, at[0]), min(place + WINDOW, at[-1])
    if min(place - low, high - place) < LEAST_WINDOW:
        return math.nan
    before, after = np.interp([low, high], at, relative)
    return float(((SHARE - after) / (high - place) - (before - SHARE) / (place - low)) * WINDOW)
