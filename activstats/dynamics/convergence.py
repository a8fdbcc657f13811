"""How fast a loss fell: one over the steps until it was half of what it began with."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from activstats.errors import DomainError, InputError


def steps_to_share(steps: ArrayLike, losses: ArrayLike, share: float = 0.5) -> float:
    """Return the steps after which a loss is first down to a share of what it began with.

    Parameters
    ----------
    steps : array_like of float, shape (n_times,)
        Training steps, ascending; the first is where the loss begins.
    losses : array_like of float, shape (n_times,)
        Positive; those that are not finite count as never down.
    share : float
        Of the first loss, between 0 and 1.

    Returns
    -------
    float
        Since the first step, interpolated in the logarithm of the loss; infinite if it never came
        down so far, nan without a first loss.

    Raises
    ------
    InputError
        If steps do not ascend or shapes differ.
    DomainError
        If the share is not between 0 and 1.

    Examples
    --------
    >>> round(steps_to_share([0, 10, 20], [1.0, 0.25, 0.1]), 6)
    5.0
    """
    x, y = np.asarray(steps, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or not x.size or not (np.diff(x) > 0).all():
        raise InputError(
            "a loss wants one number for each of its steps, which ascend.",
            got=f"shapes {x.shape} and {y.shape}",
        )
    if not 0 < share < 1:
        raise DomainError("a share lies between 0 and 1.", got=share)
    if not (math.isfinite(y[0]) and y[0] > 0):
        return math.nan
    level = math.log(share * y[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(np.isfinite(y), np.log(y), np.inf)
    below = np.flatnonzero(logs <= level)
    if not below.size:
        return math.inf
    k = int(below[0])
    before, after = float(logs[k - 1]), float(logs[k])
    if not (math.isfinite(before) and math.isfinite(after)):
        return float(x[k] - x[0])
    part = (before - level) / (before - after)
    return float(x[k - 1] + part * (x[k] - x[k - 1]) - x[0])


def convergence_speed(steps: ArrayLike, losses: ArrayLike, share: float = 0.5) -> float:
    """Return one over `steps_to_share`, per step: 0 for a loss that never comes down so far.

    The definition is ours. Half of the first loss is a level that runs of one start share, whatever
    their learning rate, so that speeds of different rates can be compared.

    Examples
    --------
    >>> round(convergence_speed([0, 10, 20], [1.0, 0.25, 0.1]), 6)
    0.2
    """
    needed = steps_to_share(steps, losses, share)
    return 1 / needed if needed else math.inf
