"""What verdicts on tipping points share: the two-sided rule, and the optimiser in the title."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from activstats.claims._difference_over_seeds import Claim, between
from activstats.claims.stamina_evidence import too_few
from activstats.claims.tipping_evidence import NAMES
from activstats.claims.verdict import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from activstats.claims.seeds import OverSeeds

SOURCE = "an essay on tipping points of firing rate, learning rate and lambda masking"
LEAST_INSIDE = 0.8
ONE_SETTING = (
    "One hidden layer, one table, one number of steps; seeds change weights, order of batches and "
    "masks. Nothing here speaks of other networks."
)
OURS = (
    "The source leaves its tipping point open. Ours is the rate at which firing is down to .9 of "
    "its value at the lowest rate; the report shows three others beside it."
)


def of_optimizer(claim: Claim, optimizer: str) -> Claim:
    """Return the claim for one optimiser."""
    return replace(claim, title=f"{claim.title} ({NAMES.get(optimizer, optimizer)})")


def moved(found: OverSeeds, margin: float) -> tuple[Outcome, str]:
    """Judge that a difference is not 0, and matters, whichever its sign."""
    if reason := too_few(found):
        return Outcome.UNDECIDED, reason
    if (found.low > 0 or found.high < 0) and abs(found.mean) >= margin:
        return Outcome.SUPPORTED, ""
    if -margin < found.low and found.high < margin:
        return Outcome.CONTRADICTED, ""
    return Outcome.UNDECIDED, between(found)


def signed(claim: Claim, mean: float) -> Claim:
    """Return the claim with its margin on the side of the difference, for the picture."""
    return replace(claim, margin=math.copysign(claim.margin, mean))


def open_places(places: pd.Series[float]) -> str:
    """Return why there is no verdict where too many places lie outside the range, or nothing."""
    from activstats.claims.tipping_evidence import inside

    share = len(inside(places)) / len(places) if len(places) else 0.0
    if share >= LEAST_INSIDE:
        return ""
    return (
        f"only {len(inside(places))} of {len(places)} tipping points lie inside the range of rates"
    )
