"""A fitted law as a curve, with or without neurons that cannot fire."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from activstats.laws.curves import expected_activated, mean_field_activated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray


@dataclass(frozen=True)
class FittedCurve:
    """Expected number of activated neurons under a fitted law.

    Parameters
    ----------
    live : float
        Neurons that could fire.
    b : float
        Constant of the activation process.
    c : float
        Mean number of neurons that one sample activates.
    law : {"exact", "mean-field"}
        Which curve.
    most : float
        Most neurons that could fire, where `live` is an estimate; nan where it is known.
    """

    live: float
    b: float
    c: float
    law: str = "exact"
    most: float = math.nan

    def expected(self, n_samples: ArrayLike) -> FloatArray:
        """Return E[K(D)], in neurons."""
        if self.b == 0:  # the limit: each neuron fires always or never
            return np.asarray(self.c * np.minimum(n_samples, 1.0))[()]
        curve = mean_field_activated if self.law == "mean-field" else expected_activated
        # A share of dead neurons makes the number of the others a fraction; the law allows it.
        return curve(n_samples, n_neurons=self.live, b=self.b, c=self.c)  # type: ignore[arg-type]

    def with_b(self, b: float, k: int, n_samples: int) -> FittedCurve:
        """Return the curve at another b, such as an end of its interval.

        Where the number of live neurons is an estimate, it goes along with b so that the curve
        keeps meeting the K seen after `n_samples`: for a given b the likelihood with a share of
        dead neurons is highest there, its derivative by that share being zero where the law's
        K(D) is the one seen (derived).
        """
        other = replace(self, b=b)
        if math.isnan(self.most) or b == 0:
            return other

        def missing(live: float) -> float:
            return float(replace(other, live=live).expected(n_samples)) - k

        least = max(float(k), self.c) * (1 + 1e-9)
        if least >= self.most or missing(self.most) <= 0:
            return replace(other, live=self.most)
        if missing(least) >= 0:
            return replace(other, live=least)
        return replace(other, live=float(brentq(missing, least, self.most)))
