"""The claim that lambda masking moves the tipping point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, not_testable, verdict
from activstats.claims._tipping_verdict import (
    ONE_SETTING,
    OURS,
    SOURCE,
    moved,
    of_optimizer,
    open_places,
    signed,
)
from activstats.claims.stamina_evidence import by_condition, mean_over_seeds
from activstats.claims.tipping_evidence import ADAM, LAMBDA, NAMES, NONE, STATIC, decades, inside
from activstats.claims.verdict import Outcome, Verdict, Yardstick

if TYPE_CHECKING:
    import pandas as pd

    from activstats.claims.tipping_evidence import TippingEvidence

MARGIN = 0.1
CLAIM = Claim(
    title="Lambda masking moves the tipping point",
    source=SOURCE,
    needs="runs with the lambda mask and without any from at least three seeds",
    changes=(
        "More seeds and more rates about the points; another course of the mask, opened earlier "
        "or later."
    ),
    statistic="log10 tipping rate under the lambda mask minus that without a mask, in decades",
    margin=MARGIN,
    words=decades,
    rule=(
        "Tipping point by firing below .9 of its value at the lowest rate, over the neurons not masked. "
        "Statistic: its decimal logarithm under the lambda mask minus that without a mask, in pairs of "
        "equal seed and width; where either is open there is no pair. Differences are averaged within "
        "each seed, and a 95 % t-interval is taken over the seeds. Margin, fixed beforehand: .1 decades, "
        "a quarter more or less. Supported if the interval does not hold 0 and the mean is at least the "
        "margin, whichever its sign. Contradicted if the interval lies within ± the margin. Undecided "
        "otherwise, with fewer than three seeds, and where fewer than 80 % of the points of either lie "
        "inside the range."
    ),
)


def decide(evidence: TippingEvidence, optimizer: str = ADAM) -> Verdict:
    """Judge the claim by its rule, for one optimiser."""
    claim = of_optimizer(CLAIM, optimizer)
    if not (evidence.has(optimizer, NONE) and evidence.has(optimizer, LAMBDA)):
        return not_testable(
            claim, f"{NAMES.get(optimizer, optimizer)} has no runs both with and without the mask"
        )
    places = {
        masking: evidence.places(optimizer, masking)
        for masking in (NONE, LAMBDA, STATIC)
        if evidence.has(optimizer, masking)
    }
    moves = _pairs(places[LAMBDA], places[NONE])
    found = mean_over_seeds(moves)
    judged = moved(found, MARGIN)
    if reason := open_places(places[NONE]) or open_places(places[LAMBDA]):
        judged = Outcome.UNDECIDED, reason
    return verdict(
        signed(claim, found.mean),
        found,
        judged,
        opening={
            Outcome.SUPPORTED: "Lambda masking moves the tipping point",
            Outcome.CONTRADICTED: "Lambda masking leaves the tipping point where it is",
            Outcome.UNDECIDED: "Whether lambda masking moves the tipping point is undecided",
        },
        effect="it moves it by",
        against=0.0,
        conditions=by_condition(moves),
        yardsticks=_controls(places),
        caveats=(
            OURS,
            (
                "A mask that opens leaves less time to train the neurons released late: part of a shift is "
                "that of fewer steps."
            ),
            ONE_SETTING,
        ),
    )


def _pairs(one: pd.Series[float], other: pd.Series[float]) -> pd.Series[float]:
    return (inside(one) - inside(other)).dropna()


def _controls(places: dict[str, pd.Series[float]]) -> tuple[Yardstick, ...]:
    margin = Yardstick("margin", MARGIN, "fixed beforehand")
    if STATIC not in places:
        return (margin, Yardstick("static mask", math.nan, "the control was not run"))
    against_none = mean_over_seeds(_pairs(places[STATIC], places[NONE]))
    against_static = mean_over_seeds(_pairs(places[LAMBDA], places[STATIC]))
    return (
        margin,
        Yardstick(
            "static mask minus none",
            against_none.mean,
            f"the control: {decades(against_none.low)} to {decades(against_none.high)}",
        ),
        Yardstick(
            "lambda minus static mask",
            against_static.mean,
            f"what the opening does: {decades(against_static.low)} to {decades(against_static.high)}",
        ),
    )
