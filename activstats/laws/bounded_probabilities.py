"""Probabilities of the bounded law of counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError
from activstats.laws._bounded_fit import Search
from activstats.laws._bounded_support import NO_END, support

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._bounded_support import FloatArray


def bounded_probability(
    count: ArrayLike, *, alpha: float, lambda_: float = 0.0, xmin: int = 1, xmax: float = math.inf
) -> FloatArray:
    """Return the probability of a count under k^−alpha e^(−lambda k) on {xmin, …, xmax}.

    Parameters
    ----------
    count : array_like of int, shape (m,)
        Counts within the ends.
    alpha : float
        Exponent, any real number.
    lambda_ : float
        Rate of the exponential cutoff; any real number if `xmax` is finite, else positive.
    xmin, xmax : int
        Ends of the support, both included; `xmax` may be infinite.

    Returns
    -------
    ndarray of float, shape (m,)

    Raises
    ------
    DomainError
        If the law cannot be normalised, or a count lies outside its support.

    Notes
    -----
    The zeta or polylogarithm normaliser of the infinite law (Clauset, Shalizi & Newman 2009, table
    2.1) is a sum over the support here: exact up to 8192 numbers, and right to 1e-12 beyond for
    laws that change by less than a factor of two within half a percent of a count.

    Examples
    --------
    >>> bounded_probability([1, 2, 3], alpha=1.0, xmax=3).round(4)
    array([0.5455, 0.2727, 0.1818])
    """
    ends = 1 <= xmin <= xmax and xmin == int(xmin) and (math.isinf(xmax) or xmax < NO_END)
    real = math.isfinite(alpha) and math.isfinite(lambda_)
    if not (ends and real and (math.isfinite(xmax) or lambda_ > 0)):
        raise DomainError(
            "this law has no normaliser.",
            got=f"alpha = {alpha}, lambda_ = {lambda_}, xmin = {xmin}, xmax = {xmax}",
            allowed="1 <= xmin <= xmax, real alpha and lambda_, lambda_ > 0 if xmax is infinite",
        )
    k = np.asarray(count, dtype=np.float64)
    if not np.all((k >= xmin) & (k <= xmax) & (k == np.floor(k))):
        raise DomainError("a count lies outside the law.", got=count, allowed=f"{xmin} … {xmax}")
    last = NO_END if math.isinf(xmax) else int(xmax)
    search = Search(support(int(xmin), last), 1.0, cutoff=True)
    normaliser = search.family.moments(search.theta(alpha, lambda_)).log_normaliser[0]
    x = np.log(k)
    return np.asarray(np.exp(-(alpha + lambda_) * x - lambda_ * (np.expm1(x) - x) - normaliser))
