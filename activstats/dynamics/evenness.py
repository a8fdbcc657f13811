"""How evenly neurons are used: normalised entropy and Gini coefficient of their expected outputs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import entr

from activstats.errors import InputError


def normalised_entropy(expected_outputs: ArrayLike) -> float:
    """Return the entropy of the neurons' shares of all output, over that of equal shares.

    Parameters
    ----------
    expected_outputs : array_like of float, shape (n_neurons,)
        E[a_i], not negative.

    Returns
    -------
    float
        H/ln N with H = −Σ q_i ln q_i and q_i = E[a_i]/ΣE[a] (Pielou 1966, J. Theor. Biol. 13: J' =
        H'/H'max): 1 where all are used alike, 0 where one does everything; nan for fewer than two
        neurons or where none has any output.

    Raises
    ------
    InputError
        If outputs are negative, not finite, or no list.

    Examples
    --------
    >>> normalised_entropy([1, 1, 1, 1]), normalised_entropy([5, 0, 0]), normalised_entropy([1, 1, 0, 0])
    (1.0, 0.0, 0.5)
    """
    outputs = _checked(expected_outputs)
    if outputs.size < 2 or outputs.sum() == 0:  # noqa: PLR2004  (one neuron has no unevenness)
        return math.nan
    entropy = float(entr(outputs / outputs.sum()).sum())
    return min(max(entropy / math.log(outputs.size), 0.0), 1.0)


def gini(expected_outputs: ArrayLike) -> float:
    """Return the Gini coefficient of the neurons' expected outputs.

    Parameters
    ----------
    expected_outputs : array_like of float, shape (n_neurons,)
        E[a_i], not negative.

    Returns
    -------
    float
        Σ_ij |x_i − x_j| / (2 N² mean): 0 where all are used alike, (N − 1)/N where one does
        everything; nan where there is no neuron or none has any output.

    Raises
    ------
    InputError
        If outputs are negative, not finite, or no list.

    Notes
    -----
    From sorted values x_(1) ≤ … ≤ x_(N): Σ_i (2i − N − 1) x_(i) / (N Σ x).

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 8]), gini([1, 3])
    (0.0, 0.75, 0.25)
    """
    outputs = np.sort(_checked(expected_outputs))
    n, total = outputs.size, float(outputs.sum())
    if n == 0 or total == 0:
        return math.nan
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return max(float(np.sum(ranks * (outputs / total))) / n, 0.0)


def _checked(expected_outputs: ArrayLike) -> NDArray[np.float64]:
    outputs = np.asarray(expected_outputs, dtype=float)
    if outputs.ndim != 1 or not np.isfinite(outputs).all() or (outputs < 0).any():
        raise InputError(
            "expected outputs must be a list of finite numbers, none negative.",
            got=f"shape {outputs.shape}"
            if outputs.ndim != 1
            else f"{outputs[~(outputs >= 0) | np.isinf(outputs)][0]:g}",
        )
    return outputs
