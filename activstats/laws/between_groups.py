"""Do groups of estimates have the same mean? Meta-regression on the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from activstats.laws.heterogeneity import generalised_q, paule_mandel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.laws._gamma import FloatArray


@dataclass(frozen=True)
class Between:
    """Test of whether groups of estimates have the same mean.

    Parameters
    ----------
    q : float
        Σ_g W_g (mean_g − mean)², weights with the tau² left within groups.
    f, df, df_residual, pvalue : float
        Knapp and Hartung's F, its degrees of freedom and its p.
    tau2_within : float
        Variance of the true values within the groups, the same in all.
    """

    q: float
    f: float
    df: int
    df_residual: int
    pvalue: float
    tau2_within: float


def between_groups(
    effects: FloatArray, variances: FloatArray, groups: NDArray[np.intp]
) -> Between | None:
    """Test whether the means of groups are equal, by meta-regression on the group.

    Parameters
    ----------
    effects, variances : ndarray of float, shape (k,)
        Estimates and squared standard errors.
    groups : ndarray of int, shape (k,)
        Group of each estimate, numbered from 0.

    Returns
    -------
    Between or None
        None with one group only, or if no group has a second estimate.

    Notes
    -----
    Mixed-effects model with one mean a group and one tau² within groups (Paule-Mandel); F =
    Q_between/((G − 1) max(1, s²)) with s² = Q_within/(k − G), on (G − 1, k − G) degrees of freedom
    (Knapp & Hartung 2003, Stat. Med. 22).
    """
    n_groups = int(np.unique(groups).size)
    df, df_residual = n_groups - 1, effects.size - n_groups
    if df < 1 or df_residual < 1:
        return None
    tau2 = paule_mandel(effects, variances, groups)
    within = generalised_q(effects, variances, tau2, groups)
    q = max(generalised_q(effects, variances, tau2) - within, 0.0)
    f = q / df / max(1.0, within / df_residual)
    pvalue = float(fdtrc(df, df_residual, f))
    return Between(q, f, df, df_residual, pvalue, tau2)
