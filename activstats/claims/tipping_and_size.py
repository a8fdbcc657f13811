"""The claim that the tipping point moves with the size of the model."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

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
from activstats.claims.seeds import over_seeds
from activstats.claims.tipping_evidence import ADAM, LAMBDA, NAMES, NONE
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from activstats.claims.tipping_evidence import TippingEvidence
    from activstats.dynamics.tipping_shift import TippingShiftResult

MARGIN = 0.1
CLAIM = Claim(
    title="The tipping point moves with the size of the model",
    source=SOURCE,
    needs="runs without masks at two widths or more from at least three seeds",
    changes=(
        "More widths, further apart, and more seeds; a parametrisation that is made to keep the "
        "best rate where it is."
    ),
    statistic="slope of log10 tipping rate over log10 width",
    margin=MARGIN,
    words=lambda value: f"{value:+.2f}".replace("-", "−"),
    rule=(
        "Networks without masks; tipping point by firing below .9 of its value at the lowest rate. "
        "Statistic: the slope of its decimal logarithm over that of the width, by least squares within "
        "each seed whose points are all inside the range, with a 95 % t-interval over seeds. Margin, "
        "fixed beforehand: .1, a quarter more or less for each decade of width. Supported if the "
        "interval does not hold 0 and the slope is at least the margin, whichever its sign. Contradicted "
        "if the interval lies within ± the margin. Undecided otherwise, with fewer than three such seeds, "
        "and where fewer than 80 % of the points lie inside the range. Not testable with one width."
    ),
)


def decide(evidence: TippingEvidence, optimizer: str = ADAM) -> Verdict:
    """Judge the claim by its rule, for one optimiser."""
    claim = of_optimizer(CLAIM, optimizer)
    if not evidence.has(optimizer, NONE):
        return not_testable(claim, f"there are no runs with {NAMES.get(optimizer, optimizer)}")
    if len(evidence.widths) < 2:  # noqa: PLR2004  (a slope needs two)
        return not_testable(claim, "there is only one width")
    shift = evidence.shift(optimizer)
    x = np.log10(np.asarray(evidence.widths, dtype=float))
    centred = x - x.mean()
    places = np.asarray(shift.places)
    slopes = np.where(np.isfinite(places), places, np.nan) @ centred / (centred @ centred)
    found = over_seeds(zip(evidence.seeds, slopes.tolist(), strict=True))
    judged = moved(found, MARGIN)
    if reason := open_places(evidence.places(optimizer, NONE)):
        judged = Outcome.UNDECIDED, reason
    masked = (
        evidence.shift(optimizer, LAMBDA)["slope"].value
        if evidence.has(optimizer, LAMBDA)
        else np.nan
    )
    widths = f"{evidence.widths[0]} to {evidence.widths[-1]} neurons"
    told = verdict(
        signed(claim, found.mean),
        found,
        judged,
        opening={
            Outcome.SUPPORTED: "The tipping point moves with the width",
            Outcome.CONTRADICTED: "The tipping point stays where it is as the width changes",
            Outcome.UNDECIDED: "Whether the tipping point moves with the width is undecided",
        },
        effect=f"over {widths} the tipping rate goes like the width to the power of",
        against=0.0,
        conditions={},
        yardsticks=(
            Yardstick("margin", MARGIN, "fixed beforehand"),
            Yardstick("−1/2", -0.5, "a rate that falls like the root of the width"),
            Yardstick("slope under the lambda mask", float(masked), "beside it"),
        ),
        caveats=(
            OURS,
            (
                "Networks are initialised as torch does by default; other parametrisations are made to "
                "keep the best rate where it is."
            ),
            ONE_SETTING,
        ),
    )
    picture = Picture(
        "Tipping rate over the width",
        f"{told.sentence} Thin lines: seeds; thick line: their mean.",
        partial(_draw, shift),
    )
    return replace(told, picture=picture)


def _draw(shift: TippingShiftResult) -> Axes:
    return shift.plot()
