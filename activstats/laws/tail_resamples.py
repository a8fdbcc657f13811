"""What a bootstrap of a tail gives: the fits to samples drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Resamples:
    """The tail fitted to samples drawn from the sample with replacement.

    Parameters
    ----------
    xmin, alpha : ndarray of float, shape (B,)
        nan where a replicate left no tail to fit.
    n_tail : ndarray of float, shape (B,)
        Likewise.
    """

    xmin: FloatArray
    alpha: FloatArray
    n_tail: FloatArray

    @property
    def n_fitted(self) -> int:
        """Replicates in which there was a tail to fit."""
        return int(np.isfinite(self.alpha).sum())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resamples) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[bytes, bytes, bytes]:
        return self.xmin.tobytes(), self.alpha.tobytes(), self.n_tail.tobytes()


NO_RESAMPLES = Resamples(np.empty(0), np.empty(0), np.empty(0))


def read_resamples(content: dict[str, Any]) -> Resamples:
    """Return the resamples that were written as JSON."""
    names = ("xmin", "alpha", "n_tail")
    return Resamples(*(np.asarray(content[name], dtype=np.float64) for name in names))
