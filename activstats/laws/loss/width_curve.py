"""The runs of one size of the training set, over the width instead."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws.loss.curve import LossCurve


def curve_over_width(
    curve: LossCurve, n_samples: float, c: Mapping[float, float] | None = None
) -> LossCurve:
    """Return the runs of one size of the training set as a curve over mu = cD/N.

    Parameters
    ----------
    curve : LossCurve
        Runs of several widths, which it knows, and sizes.
    n_samples : float
        The size D to look at.
    c : mapping of float to float, optional
        Mean number of neurons that one sample activates, by width; 1 at every width if left out,
        which has mu in units of the unknown c.

    Returns
    -------
    LossCurve
        Its `d` is mu, its widths are kept; widths without a c are left out.

    Raises
    ------
    InputError
        If the runs know no width, or none is of that size and has a c.
    DomainError
        If a c is not above 0.

    Examples
    --------
    >>> runs = LossCurve([10, 10, 99], [2.0, 2.2, 1.0], width=[50, 100, 50])
    >>> curve_over_width(runs, 10).d
    array([0.1, 0.2])
    """
    if curve.width is None:
        raise InputError("these runs do not say how wide their networks are.", hint="give width=")
    if c is not None and not all(0 < value < math.inf for value in c.values()):
        raise DomainError("c is above 0 and finite.", got=min(c.values()))
    chosen = curve.d == n_samples
    if c is not None:
        chosen &= np.isin(curve.width, list(c))
    if not chosen.any():
        raise InputError("no run is of this size.", got=f"D = {n_samples:g}", allowed=curve.sizes)
    part = curve.only(chosen)
    assert part.width is not None  # the whole curve has widths
    width = np.asarray(part.width, dtype=np.float64)
    active = np.ones(width.size) if c is None else np.array([c[w] for w in width.tolist()])
    return LossCurve(
        active * n_samples / width,
        part.loss,
        seed=part.seed,
        width=width,
        weight=part.weight,
        se=part.se,
        provenance=part.provenance | {"over": "mu = cD/N", "n_train": float(n_samples)},
    )
