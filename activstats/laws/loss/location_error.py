"""How well a loss curve will place its transition, before anything is trained.

The information that runs of given sizes have on the crossover itself, all four of its parameters
unknown; no rule of thumb.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import DomainError
from activstats.laws.loss._columns import finite_numbers
from activstats.laws.loss.families import B_RANGE
from activstats.laws.loss.shapes import crossover

FloatArray = NDArray[np.float64]

N_PARAMS = 4
# Information that is singular up to this share tells nothing.
_SINGULAR = 1e-12


@dataclass(frozen=True)
class LocationErrors:
    """Expected standard errors of a crossover's place.

    Parameters
    ----------
    log_d_star, log_b, log_steepest : float
        Of ln D*, ln b and ln(D*/b), the steepest point N/c; infinite where the runs tell nothing.
    df : int
        Runs less parameters.
    """

    log_d_star: float
    log_b: float
    log_steepest: float
    df: int


def expected_location_errors(
    d: ArrayLike, *, d_star: float, b: float, cv: float, floor_share: float = 0.2
) -> LocationErrors:
    """Return the standard errors with which runs will place the transition.

    Parameters
    ----------
    d : array_like of float, shape (m,)
        Size of the training set of each run, in samples; several runs of a size are replicates.
    d_star : float
        The scale D* = bN/c, guessed, in samples.
    b : float
        The constant, guessed.
    cv : float
        Noise of one run, relative to its loss.
    floor_share : float
        L_opt over the loss on the plateau, guessed; 0 where the loss falls to nothing.

    Returns
    -------
    LocationErrors
        From the expected information; above about .5 the interval of D* is no longer symmetric and
        may be open: read such a number as "not enough".

    Raises
    ------
    InputError
        If the sizes are none.
    DomainError
        If a number lies outside its domain.

    Notes
    -----
    I = Σ ∂L ∂Lᵀ/(cv·L)² over the runs, with ∂L the derivatives of
    L = L_opt + ΔL (1 + D/D*)^−b by ln D*, ln b, L_opt and ΔL (derived). All three errors are
    proportional to cv and, with the same sizes, to 1/√seeds.

    Examples
    --------
    >>> d = np.geomspace(20, 200_000, 12)
    >>> round(expected_location_errors(d, d_star=200, b=0.3, cv=0.01).log_d_star, 2)
    0.14
    """
    sizes = finite_numbers(d, "d", above=0.0)
    check_guess(d_star, b, cv, floor_share)
    df = sizes.size - N_PARAMS
    x = np.log(sizes) - math.log(d_star)
    information = _information(x, b, floor_share) / cv**2
    scale = np.sqrt(np.diag(information))
    unit = information / np.outer(scale, scale)
    if np.unique(x).size < N_PARAMS or np.linalg.eigvalsh(unit)[0] < _SINGULAR:
        return LocationErrors(math.inf, math.inf, math.inf, df)
    covariance = np.linalg.inv(unit) / np.outer(scale, scale)
    steepest = np.array([1.0, -1.0, 0.0, 0.0])
    variances = covariance[0, 0], covariance[1, 1], steepest @ covariance @ steepest
    log_d_star, log_b, log_steepest = np.sqrt(variances).tolist()
    return LocationErrors(log_d_star, log_b, log_steepest, df)


def _information(x: FloatArray, b: float, floor: float) -> FloatArray:
    """Return the information of runs at x = ln(D/D*) with noise as large as the loss."""
    shape = np.asarray(crossover(x, 0.0, b))
    loss = floor + (1 - floor) * shape
    softplus = np.logaddexp(0.0, x)
    by_x_star = (1 - floor) * shape * b * np.exp(x - softplus)
    by_log_b = -(1 - floor) * shape * b * softplus
    slopes = np.stack([by_x_star, by_log_b, np.ones_like(x), shape]) / loss
    return np.asarray(slopes @ slopes.T)


def check_guess(d_star: float, b: float, cv: float, floor_share: float) -> None:
    """Raise unless these can describe a loss curve and its noise."""
    if not (0 < d_star < math.inf and B_RANGE[0] <= b <= B_RANGE[1]):
        raise DomainError(
            "there is no plan for such a transition.",
            got=f"D* = {d_star}, b = {b}",
            allowed=f"D* above 0 and finite, b from {B_RANGE[0]:g} to {B_RANGE[1]:g}",
        )
    if not (0 < cv < 1 and 0 <= floor_share < 1):
        raise DomainError(
            "there is no plan for such noise or such a floor.",
            got=f"cv = {cv}, floor_share = {floor_share}",
            allowed="0 < cv < 1, such as 0.02; 0 <= floor_share < 1",
        )
