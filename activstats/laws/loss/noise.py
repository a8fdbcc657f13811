"""How precise each run is: what it says itself, the noise model, and Huber's look at outliers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from activstats.errors import DomainError, InputError
from activstats.laws.loss.curve import LossCurve

FloatArray = NDArray[np.float64]

MULTIPLICATIVE, ADDITIVE = "multiplicative", "additive"
NOISES = (MULTIPLICATIVE, ADDITIVE)

# Huber 1981: 95 % efficiency where noise is Gaussian.
_HUBER = 1.345
_MAD_OF_GAUSS = 0.6744897501960817
# A fitted loss is never taken for smaller than this share of the smallest observed one.
_LEAST_SHARE = 0.1


def check_noise(noise: str) -> None:
    """Raise unless there is such a noise model."""
    if noise not in NOISES:
        raise DomainError("there is no such noise model.", got=noise, allowed=", ".join(NOISES))


def own_weights(curve: LossCurve) -> FloatArray:
    """Return the weight that each run brings along, shape (m,); 1 where it brings none."""
    if curve.weight is not None:
        return np.asarray(curve.weight / curve.weight.mean())
    if curve.se is not None:
        return np.asarray(np.square(curve.se.mean() / curve.se))
    return np.ones(curve.n_runs)


def grows_with_loss(curve: LossCurve, noise: str) -> bool:
    """Return whether the noise of a run is proportional to its expected loss.

    Raises
    ------
    InputError
        If it should be, and a loss is not positive.
    """
    check_noise(noise)
    if curve.se is not None or noise == ADDITIVE:
        return False
    if curve.loss.min() <= 0:
        raise InputError(
            "noise in proportion to the loss needs losses above 0.",
            got=f"{curve.loss.min():g} at D = {curve.d[np.argmin(curve.loss)]:g}",
            hint="noise='additive', or --noise additive",
        )
    return True


def expected(curve: LossCurve, fitted: FloatArray) -> FloatArray:
    """Return fitted losses, shape (m,), lifted to where noise can be proportional to them."""
    return np.asarray(np.maximum(fitted, _LEAST_SHARE * curve.loss.min()))


def huber_weights(residuals: FloatArray) -> FloatArray:
    """Return the share of its weight that each run keeps, shape (m,).

    Parameters
    ----------
    residuals : ndarray of float, shape (m,)
        In units in which all runs are equally precise.
    """
    sizes = np.abs(residuals)
    near = _HUBER * float(np.median(sizes)) / _MAD_OF_GAUSS
    if near == 0:
        return np.ones(residuals.size)
    return np.asarray(near / np.maximum(sizes, near))
