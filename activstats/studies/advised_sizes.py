"""Training-set sizes by the advice on designs: where a transition has to be looked for, and how often."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.errors import DomainError

if TYPE_CHECKING:
    from activstats.laws.loss.transition_plan import TransitionPlan

# Under the rule top 1 % of the layer N/c is 100 samples whatever the network, so that no pilot is
# needed to say where the loss would be steepest. b of trained networks was found between .3 and 1.
STEEPEST, B = 100.0, 0.6
NOISE = 0.05  # of one run, relative to its loss: networks on small training sets
# What is advised for the usual 36 networks of a width, whatever the range.
ADVISED_SIZES, ADVISED_SEEDS = 12, 3
_SHORTEST = 0.5  # decades above D*, the least that a plan takes


def advise(*, least: int, most: int, runs: int) -> TransitionPlan:
    """Return the plan for sizes from the smallest to the largest training set that can be had.

    Parameters
    ----------
    least, most : int
        Smallest and largest training set, in samples. The range is all of it: where the transition
        lies is known beforehand to no better than a guess.
    runs : int
        Networks of one width that can be trained.

    Returns
    -------
    TransitionPlan
        Its `advice` has the sizes, and the number of seeds.

    Raises
    ------
    DomainError
        If the range does not reach beyond the guessed D*, or the budget is too small.

    Examples
    --------
    >>> found = advise(least=2, most=1079, runs=36).advice
    >>> len(found.sizes), found.seeds, found.sizes[0], found.sizes[-1]
    (12, 3, 2, 1079)
    """
    from activstats.laws.loss.design import plan_transition

    d_star = B * STEEPEST
    if most < d_star * 10**_SHORTEST or least > d_star:
        raise DomainError(
            "the training sets do not reach to both sides of where a transition is looked for.",
            got=f"{least} to {most} samples",
            allowed=f"from at most {d_star:g} to at least {d_star * 10**_SHORTEST:.0f}",
            hint="more samples, or sizes of your own",
        )
    return plan_transition(
        steepest=STEEPEST,
        b=B,
        cv=NOISE,
        runs=runs,
        least=least,
        most=most,
        decades_below=math.log10(d_star / least),
        decades_above=math.log10(most / d_star),
    )
