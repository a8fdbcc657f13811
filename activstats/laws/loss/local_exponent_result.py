"""The local exponent of a loss curve as a table, as text and as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from activstats.laws._summary import significant
from activstats.laws.results import Status

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]


def _none() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalExponent:
    """−d ln(L − L_inf)/d ln D along a loss curve.

    Parameters
    ----------
    d : ndarray of float, shape (k,)
        Places, in samples: the middle of each window of sizes.
    exponent, low, high : ndarray of float, shape (k,)
        Exponents with their intervals, point by point; nan where `lost`.
    lost : ndarray of bool, shape (k,)
        Whether the window holds a size whose excess loss is within its own noise.
    theory : ndarray of float, shape (k,), optional
        b·u/(1 + u) with u = D/D*, where b and D* were given.
    theory_seen : ndarray of float, shape (k,), optional
        The same through the same windows, which average over their width: what the intervals are to
        be compared with.
    floor : float
        L_inf; nan where none can be told.
    window : int
        Sizes in each window.
    level : float
        Confidence level.
    status : Status
        Whether there are exponents.
    reason : str
        Why there are none; empty if there are.
    warnings : tuple of str
        What a reader of the numbers must know.
    provenance : dict
        Where the runs come from.
    """

    d: FloatArray = field(default_factory=_none)
    exponent: FloatArray = field(default_factory=_none)
    low: FloatArray = field(default_factory=_none)
    high: FloatArray = field(default_factory=_none)
    lost: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))
    theory: FloatArray | None = None
    theory_seen: FloatArray | None = None
    floor: float = math.nan
    window: int = 3
    level: float = 0.95
    status: Status = Status.CONVERGED
    reason: str = ""
    warnings: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each place."""
        import pandas as pd

        names = ("d", "exponent", "low", "high", "lost")
        columns = {name: getattr(self, name) for name in names}
        beside = {"theory": self.theory, "theory_seen": self.theory_seen}
        return pd.DataFrame(columns if self.theory is None else columns | beside)

    def summary(self) -> str:
        """Return the exponents as a table with what must be known below, for reading."""
        head = f"Local exponent, {self.level * 100:g} % intervals, windows of {self.window} sizes"
        told = (self.reason, *self.warnings)
        sentences = [text[0].upper() + text[1:] + "." for text in told if text]
        return "\n".join([head, *(self._table() if self.d.size else ()), *sentences])

    def plot(self, ax: Axes | None = None, **shown: Any) -> Axes:
        """Draw the exponents over D; `shown` as in `figures.local_exponent.exponent_curve`."""
        from activstats.figures.local_exponent import exponent_curve

        lines = {
            "low": self.low,
            "high": self.high,
            "theory": self.theory_seen,
            "level": self.level,
        }
        return exponent_curve(self.d, self.exponent, **(lines | shown), ax=ax)

    def _table(self) -> list[str]:
        columns = [part for part in (self.theory, self.theory_seen) if part is not None]
        rows = [["D", "exponent", "low", "high", "theory", "as seen"][: 4 + len(columns)]]
        for i, d in enumerate(self.d):
            numbers = [float(part[i]) for part in (self.exponent, self.low, self.high)]
            cells = ["lost", "", ""] if self.lost[i] else [significant(n) for n in numbers]
            beside = [significant(float(part[i])) for part in columns]
            rows.append([significant(float(d)), *cells, *beside])
        return ["".join(f"{cell:>11}" for cell in row).rstrip() for row in rows]
