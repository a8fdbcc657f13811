"""What the choice between families of loss curves gives back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws._checks import check_level
from activstats.laws.loss import _choice_views as views
from activstats.laws.loss.alternatives import AICC, Alternative
from activstats.laws.loss.noise import MULTIPLICATIVE
from activstats.laws.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

# A difference below this does not decide (Burnham & Anderson 2002, sec. 2.6, for AIC; Kass &
# Raftery 1995, sec. 3.2, for BIC).
UNDECIDED = 2.0


def _read_alternatives(content: Sequence[dict[str, Any]]) -> tuple[Alternative, ...]:
    found = []
    for row in content:
        numbers = {k: float(row[k]) for k in ("rss", "log_likelihood", "aicc", "bic")}
        params = {str(k): float(v) for k, v in row["params"].items()}
        found.append(Alternative(row["family"], int(row["n_params"]), params=params, **numbers))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class CurveChoice(Result):
    """Families of curves side by side.

    Parameters
    ----------
    criterion : {"AICc", "BIC"}
        AICc up to 30 runs, BIC beyond.
    alternatives : tuple of Alternative
        The families, best first; empty where nothing can be compared.
    n_sizes : int
        Sizes of training sets.
    noise : str
        Noise model.
    robust : bool
        Whether outliers were weighed down.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs.
    """

    criterion: str = AICC
    alternatives: tuple[Alternative, ...] = ()
    n_sizes: int = 0
    noise: str = MULTIPLICATIVE
    robust: bool = False

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[Alternative, ...]": _read_alternatives,
        "bool": bool,
    }

    @property
    def differences(self) -> dict[str, float]:
        """Criterion of each family less the lowest; infinite where a family cannot be judged."""
        values = {one.family: one.value(self.criterion) for one in self.alternatives}
        lowest = min(values.values(), default=math.inf)
        return {
            name: value - lowest if math.isfinite(value) else math.inf
            for name, value in values.items()
        }

    @property
    def weights(self) -> dict[str, float]:
        """Weights exp(−difference/2), scaled to sum to one."""
        raw = {name: math.exp(-difference / 2) for name, difference in self.differences.items()}
        total = sum(raw.values())
        return {name: value / total if total else 0.0 for name, value in raw.items()}

    @property
    def best(self) -> str:
        """Family with the lowest criterion; empty where nothing can be compared."""
        judged = [name for name, value in self.differences.items() if math.isfinite(value)]
        return judged[0] if judged else ""

    @property
    def undecided(self) -> tuple[str, ...]:
        """Families that these losses do not tell from the best: less than 2 above it."""
        near = [name for name, excess in self.differences.items() if excess < UNDECIDED]
        return tuple(name for name in near if name != self.best)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """Families with too many parameters for these runs or sizes."""
        return tuple(name for name, excess in self.differences.items() if math.isinf(excess))

    @property
    def params(self) -> dict[str, float]:
        """Criterion less the lowest, by family."""
        return self.differences

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return an empty table: a difference of criteria on given runs has no interval.

        Parameters
        ----------
        level : float, optional
            Has no effect.
        """
        import pandas as pd

        if level is not None:
            check_level(level)
        return pd.DataFrame(columns=["low", "high"], dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each family, best first, provenance before it."""
        return views.table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw by how much the criterion of each family exceeds the lowest."""
        return views.draw(self, ax)

    def _summary(self) -> Summary:
        return views.describe(self)
