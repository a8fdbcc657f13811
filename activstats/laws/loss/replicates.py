"""Curves drawn from the best one without a scale: with Gaussian noise, or with flipped residuals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from activstats.errors import DomainError
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.scale_free import N_PARAMS, NullFit

FloatArray = NDArray[np.float64]

PARAMETRIC, WILD = "parametric", "wild"
BOOTSTRAPS = (PARAMETRIC, WILD)


def check_bootstrap(bootstrap: str) -> None:
    """Raise unless there is such a bootstrap."""
    if bootstrap not in BOOTSTRAPS:
        raise DomainError(
            "there is no such bootstrap.", got=bootstrap, allowed=", ".join(BOOTSTRAPS)
        )


def check_replicates(n_boot: object) -> None:
    """Raise unless this is a number of replicates, 0 among them."""
    whole = isinstance(n_boot, int | np.integer) and not isinstance(n_boot, bool)
    if not whole or n_boot < 0:  # type: ignore[operator]
        raise DomainError("this is no number of replicates.", got=n_boot, allowed="0, 1, 2, …")


def draws(
    curve: LossCurve, null: NullFit, n_boot: int, bootstrap: str, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return replicates of the weighted means, shape (n, B), and of the pure error, shape (B,)."""
    root = np.sqrt(null.cells.weight)
    m, n = curve.n_runs, null.cells.n_sizes
    if bootstrap == PARAMETRIC:
        sigma = math.sqrt(null.variance)
        means = sigma * rng.standard_normal((n, n_boot))
        apart = sigma**2 * rng.chisquare(m - n, n_boot) if m > n else np.zeros(n_boot)
    else:
        means, apart = _flipped(curve, null, n_boot, rng)
    # What is left of the fitted curve without its floor, as directions know no floor.
    unit = root / math.sqrt(root @ root)
    means += (root * null.curve)[:, None]
    means -= np.outer(unit, unit @ means)
    return means, apart


def _flipped(
    curve: LossCurve, null: NullFit, n_boot: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    place = np.searchsorted(curve.sizes, curve.d)
    m = curve.n_runs
    left = (curve.loss - null.curve[place]) * math.sqrt(m / (m - N_PARAMS))
    noise = left[:, None] * rng.choice(np.array([-1.0, 1.0]), (m, n_boot))
    starts = np.searchsorted(curve.d, curve.sizes)
    sums = np.add.reduceat(null.weights[:, None] * noise, starts, axis=0)
    means = sums / null.cells.weight[:, None]
    squares = null.weights @ np.square(noise) - null.cells.weight @ np.square(means)
    return means * np.sqrt(null.cells.weight)[:, None], np.maximum(squares, 0.0)
