"""Whether the decay of the loss, the growth of use and the counts tell one number.

Under the growth law the loss falls as D^−beta with beta = b far beyond D* = bN/c, and counts fall off
as k^−alpha with alpha = 1 − b between their two ends (derived from the process of Zhang & Sui 2024).
If the law holds, beta from losses, b from counts and 1 − alpha from counts estimate one number.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

from numpy.typing import ArrayLike
from scipy.special import chdtrc

from activstats.errors import DomainError
from activstats.laws._checks import check_level
from activstats.laws.histogram import as_provenance
from activstats.laws.loss._dependence import correlation_of, places_of
from activstats.laws.loss._exponent_answer import answered
from activstats.laws.loss._exponent_inputs import NAMES, ONE_MINUS_ALPHA, B, Exponent, read_exponent
from activstats.laws.loss._joint_deviance import deviance, difference_ends, least_deviance
from activstats.laws.loss.exponent_comparison import Difference, ExponentComparison
from activstats.laws.results import Status

__all__ = ["ExponentComparison", "compare_exponents"]

# Published exponents of learning curves are mostly .07 to .35 (Hestness et al. 2017): apart by more
# than this, two of them would not be called the same.
MARGIN = 0.1


def compare_exponents(
    beta: object,
    b: object,
    alpha: object,
    *,
    margin: float = MARGIN,
    correlation: float | None = None,
    covariance: ArrayLike | None = None,
    draws: ArrayLike | None = None,
    level: float = 0.95,
) -> ExponentComparison:
    """Compare beta of the loss, b of the growth law and 1 − alpha of the counts.

    Parameters
    ----------
    beta : tuple of float or result
        Exponent of the loss, ``(estimate, standard error)`` or ``(estimate, low, high)`` at `level`,
        or a result with ``beta`` among its `params`.
    b : tuple of float or result
        Constant of the growth law, likewise; a low end of 0 is an open end.
    alpha : tuple of float or result
        Exponent of the counts, likewise. Of an `ExponentAgreement` what the law itself lets alpha
        exceed 1 − b by over its range is taken off.
    margin : float
        Exponents less than this apart count as the same.
    correlation : float, optional
        Of b and 1 − alpha, which come from the same counts; 0 where they do not.
    covariance : array_like of float, shape (2, 2), optional
        Of (b, alpha), in place of a correlation.
    draws : array_like of float, shape (m, 2), optional
        Joint bootstrap draws of (b, alpha), in place of either. Only their correlation is used.
    level : float
        Confidence level of the intervals; equality is rejected at 1 − level.

    Returns
    -------
    ExponentComparison
        With an answer: ``agree`` if all differences lie within ±margin by equivalence tests at
        1 − level, else ``differ`` if equality is rejected, else ``cannot tell``.

    Raises
    ------
    InputError
        If an exponent is no estimate with its error.
    DomainError
        If the margin, the level or the correlation makes no sense.

    Notes
    -----
    Equality is tested by the least deviance from one number on k − 1 degrees of freedom (unequal
    errors on both sides: Barlow 2004, arXiv physics/0406120), equivalence by two one-sided tests of
    every pair (Schuirmann 1987; all pairs must pass, so no correction for their number: Berger 1982).
    Losses and counts are taken to be independent. Where nothing is said of how b and 1 − alpha depend
    on each other, the correlation is taken that speaks least against equality, and each interval is
    the longest that any correlation gives.

    Examples
    --------
    >>> found = compare_exponents((0.31, 0.02), (0.29, 0.015), (0.70, 0.02), correlation=0.0)
    >>> found.answer, round(found.pvalue, 2)
    ('agree', 0.72)
    >>> compare_exponents((0.55, 0.02), (0.29, 0.015), (0.70, 0.02)).answer
    'differ'
    """
    check_level(level)
    if level <= 0.5:
        raise DomainError("this level leaves no test of equivalence.", got=level, allowed="> 0.5")
    if not 0 < margin < math.inf:
        raise DomainError("a margin is positive and finite.", got=margin, allowed="such as 0.1")
    given = dict(zip(NAMES, (beta, b, alpha), strict=True))
    exponents = tuple(read_exponent(name, one, level) for name, one in given.items())
    tied, origin = correlation_of(exponents[1], alpha, correlation, covariance, draws)
    known = tuple(one for one in exponents if one.known)
    pairs = [_difference(*pair, tied, level, margin) for pair in combinations(known, 2)]
    statistic, pvalue = _equality(known, tied)
    found = ExponentComparison(
        method="least deviance from one number; two one-sided tests",
        level=level,
        n_obs=len(known),
        status=Status.CONVERGED if len(known) == len(NAMES) else Status.NOT_IDENTIFIABLE,
        provenance=_origins(given),
        exponents=exponents,
        differences=tuple(pairs),
        margin=float(margin),
        correlation=tied,
        dependence=origin if places_of(known) else "does not matter",
        statistic=statistic,
        pvalue=pvalue,
    )
    return answered(found, alpha)


def _difference(
    first: Exponent, second: Exponent, tied: float, level: float, margin: float
) -> Difference:
    same_counts = {first.name, second.name} == {B, ONE_MINUS_ALPHA}
    worst = -1.0 if math.isnan(tied) else tied
    between = worst if same_counts else 0.0
    # Two one-sided tests at 1 − level are an interval at 2 level − 1.
    inner = (first.at(2 * level - 1), second.at(2 * level - 1))
    ends, inner_ends = (difference_ends(*pair, between) for pair in ((first, second), inner))
    statistic, pvalue = _equality((first, second), tied)
    return Difference(
        first.name,
        second.name,
        first.estimate - second.estimate,
        *ends,
        *inner_ends,
        within=-margin < inner_ends[0] and inner_ends[1] < margin,
        statistic=statistic,
        pvalue=pvalue,
    )


def _equality(known: tuple[Exponent, ...], tied: float) -> tuple[float, float]:
    """Return the deviance from one number and its p-value."""
    if len(known) < 2:
        return math.nan, math.nan
    tied_pair = places_of(known)
    if tied_pair is None:
        found = deviance(known, 0.0, (0, 1))
    elif math.isnan(tied):
        found = least_deviance(known, tied_pair)
    else:
        found = deviance(known, tied, tied_pair)
    return found, float(chdtrc(len(known) - 1, found))


def _origins(given: dict[str, Any]) -> dict[str, Any]:
    """Return where the results come from, each under its exponent's name."""
    known = {name: as_provenance(one) for name, one in given.items() if hasattr(one, "provenance")}
    return {name: origin for name, origin in known.items() if origin}
