"""Derivatives of the beta-binomial log-likelihood, count by count: what one neuron tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import psi

if TYPE_CHECKING:
    from activstats.laws._gamma import FloatArray


def scores(counts: FloatArray, n_samples: float, b: float, rate: float) -> FloatArray:
    """Return the derivatives of ln P(count) by ln b and by the logit of the mean rate.

    Parameters
    ----------
    counts : ndarray of float, shape (u,)
        Samples that activated a neuron.
    n_samples : float
        Samples seen, D.
    b : float
        Constant of the activation process; where it is infinite, the first column is 0.
    rate : float
        Mean firing rate m = c/N of the neurons that could fire.

    Returns
    -------
    ndarray of float, shape (u, 2)

    Notes
    -----
    With shapes b and β = b(1 − m)/m, A = b + β and ψ the digamma function: by ln b at fixed m,
    b[ψ(b+k) − ψ(b)] + β[ψ(β+D−k) − ψ(β)] − A[ψ(A+D) − ψ(A)]; by the logit of m at fixed b,
    −A(1−m)[ψ(β+D−k) − ψ(β) − ψ(A+D) + ψ(A)] (derived).
    """
    if math.isinf(b):
        return np.column_stack([np.zeros_like(counts), counts - n_samples * rate])
    beta = b * (1 - rate) / rate
    whole = b + beta
    fired = psi(b + counts) - psi(b)
    silent = psi(beta + n_samples - counts) - psi(beta)
    together = psi(whole + n_samples) - psi(whole)
    by_b = b * fired + beta * silent - whole * together
    return np.column_stack([by_b, -whole * (1 - rate) * (silent - together)])
