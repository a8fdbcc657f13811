"""P-values of claims that were judged together, adjusted for their number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from activstats.claims.verdict import Verdict


def with_holm(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts with their p-values adjusted after Holm.

    Parameters
    ----------
    verdicts : sequence of Verdict
        All that were judged by one study; those without a p-value count for nothing.

    Returns
    -------
    tuple of Verdict
        In the same order; outcomes stay what they are, for their rules were fixed one by one.

    Notes
    -----
    The i-th smallest of m p-values is multiplied by m − i + 1, then made no smaller than those
    before it (Holm 1979, Scand. J. Stat. 6, 65). It keeps the chance of one wrong rejection among
    all below the level however the p-values depend on each other.

    Examples
    --------
    >>> from activstats.claims.verdict import Outcome
    >>> def claim(p):
    ...     return Verdict(title="", source="", rule="", outcome=Outcome.UNDECIDED, sentence="",
    ...                    statistic_name="", p=p)
    >>> [one.p_holm for one in with_holm([claim(0.04), claim(None), claim(0.01)])]
    [0.04, None, 0.02]
    """
    known = [i for i, one in enumerate(verdicts) if one.p is not None and math.isfinite(one.p)]
    adjusted: dict[int, float] = {}
    least = 0.0
    for rank, place in enumerate(sorted(known, key=lambda i: float(verdicts[i].p or 0.0))):
        least = max(least, min(1.0, (len(known) - rank) * float(verdicts[place].p or 0.0)))
        adjusted[place] = least
    return tuple(replace(one, p_holm=adjusted.get(i)) for i, one in enumerate(verdicts))
