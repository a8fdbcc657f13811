"""Estimates and intervals of a fitted power law: exponent, floor and amplitude."""

from __future__ import annotations

import math

import numpy as np

from activstats.laws.loss._decay_region import region
from activstats.laws.loss.family_fit import FamilyFit


def edge_of(fit: FamilyFit) -> int:
    """Return −1 or 1 where the exponent ended at the lower or upper end of the search, else 0."""
    if "beta" not in fit.at_edge:
        return 0
    return 1 if fit.params["beta"] > 1 else -1


def level_ends(
    fit: FamilyFit, beta: tuple[float, float], level: float
) -> dict[str, tuple[float, float]]:
    """Return the profile intervals of L_inf and A, open where the one of beta is."""
    accepted = region(fit, beta, level)
    floor_low, floor_high = accepted.ends(1.0, np.zeros((accepted.beta.size, 1)))
    unit = np.exp(accepted.beta * fit.cells.x[0])[:, None]
    low, high = accepted.ends(0.0, unit)
    # As beta goes to 0, the floor sinks and A rises without end.
    sinks = beta[0] <= 0
    amplitude_low = 0.0 if math.isinf(beta[1]) and fit.cells.x[0] < 0 else max(float(low[0]), 0.0)
    unbounded = sinks or (math.isinf(beta[1]) and fit.cells.x[0] > 0)
    return {
        "loss_opt": (-math.inf if sinks else float(floor_low[0]), float(floor_high[0])),
        "amplitude": (amplitude_low, math.inf if unbounded else float(high[0])),
    }


def estimates(fit: FamilyFit) -> dict[str, float]:
    """Return estimates and standard errors; of a line there is an exponent alone, and it is 0."""
    if edge_of(fit) < 0:
        return {"beta": 0.0}
    params, errors = fit.params, fit.bse
    beta, excess, x0 = params["beta"], params["excess"], float(fit.cells.x[0])
    # ln A = ln excess + beta x₀, and the coordinate is ln beta.
    slope = np.array([beta * x0, 0.0, 1 / excess])
    variance = float(slope @ fit.covariance @ slope)
    return {
        "beta": beta,
        "beta_se": errors["beta"],
        "loss_opt": params["loss_opt"],
        "loss_opt_se": errors["loss_opt"],
        "amplitude": excess * math.exp(beta * x0),
        "amplitude_se_log": math.sqrt(max(variance, 0.0)),
    }
