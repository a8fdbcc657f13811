"""What a fitted growth law expects of more samples, or of fewer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from activstats.errors import InputError
from activstats.laws.curves import expected_activated

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from activstats.laws._gamma import FloatArray


@dataclass(frozen=True)
class Prediction:
    """Expected number of activated neurons after so many samples.

    Parameters
    ----------
    n_samples : ndarray of int
        Samples seen, D.
    k : ndarray of float
        Expected number of neurons activated at least once, with the best b.
    k_low, k_high : ndarray of float
        The same with b at the ends of its interval.
    level : float
        Confidence level of that interval.
    """

    n_samples: FloatArray
    k: FloatArray
    k_low: FloatArray
    k_high: FloatArray
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each number of samples."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("n_samples", "k", "k_low", "k_high")}
        return pd.DataFrame({name: np.atleast_1d(values) for name, values in columns.items()})


class Fitted(Protocol):
    """What a prediction needs of a fitted law."""

    @property
    def b(self) -> float:
        """Best constant; nan if there is none."""

    @property
    def c(self) -> float:
        """Neurons that one sample activates."""

    @property
    def n_neurons(self) -> int:
        """Neurons of the layer."""

    @property
    def reason(self) -> str:
        """Why there is no b."""


def predict(
    fitted: Fitted, n_samples: ArrayLike, ends: tuple[float, float], level: float
) -> Prediction:
    """Return the exact law at the best b and at both ends of its interval.

    K rises with b at every number of samples, so the ends of the one are the ends of the other.
    """
    if math.isnan(fitted.b):
        raise InputError("there is no b to predict with.", got=fitted.reason)

    def law(b: float) -> FloatArray:
        return expected_activated(n_samples, n_neurons=fitted.n_neurons, b=b, c=fitted.c)

    return Prediction(np.asarray(n_samples), law(fitted.b), law(ends[0]), law(ends[1]), level)
