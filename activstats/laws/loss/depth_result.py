"""What the comparison of depths at equal numbers of parameters gives back."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import DomainError
from activstats.laws.loss._depth_views import describe, draw, table_row
from activstats.laws.loss.depth_cells import DepthCell, DepthRatio, read_cells, read_ratios
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

BETTER, WORSE, DIFFER, SAME, DEPENDS, CANNOT_TELL = (
    "deeper is better",
    "deeper is worse",
    "depths differ",
    "no difference",
    "depends on the budget",
    "cannot tell",
)


@dataclass(frozen=True, kw_only=True)
class DepthComparison(Result):
    """Losses of networks of several depths with equal numbers of parameters.

    Parameters
    ----------
    cells : tuple of DepthCell
        By depth, then budget.
    ratios : tuple of DepthRatio
        Each depth against the smallest, over all budgets.
    ratios_by_budget : tuple of DepthRatio
        The same at each budget.
    margin : float
        Losses less than this share apart count as the same.
    answer : str
        ``deeper is better``, ``deeper is worse``, ``depths differ``, ``no difference`` (within the
        margin), ``depends on the budget`` or ``cannot tell``.
    statistic, pvalue : float
        F test that depth does not matter at equal budget.
    df, df_residual : int
        Its degrees of freedom.
    interaction_pvalue : float
        F test that the effect of depth is the same at every budget; nan where it cannot be had.
    matched : bool
        Whether runs of one seed were compared with each other.
    noise_level : float
        Standard deviation of one run, relative to its loss.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs compared.
    """

    cells: tuple[DepthCell, ...]
    margin: float
    ratios: tuple[DepthRatio, ...] = ()
    ratios_by_budget: tuple[DepthRatio, ...] = ()
    answer: str = CANNOT_TELL
    statistic: float = math.nan
    pvalue: float = math.nan
    df: int = 0
    df_residual: int = 0
    interaction_pvalue: float = math.nan
    matched: bool = False
    noise_level: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "bool": bool,
        "tuple[DepthCell, ...]": read_cells,
        "tuple[DepthRatio, ...]": read_ratios,
    }

    @property
    def params(self) -> dict[str, float]:
        """Ratio of losses of each depth to the smallest, over all budgets."""
        return {_name(one): one.ratio for one in self.ratios}

    @property
    def most_unequal(self) -> float:
        """Largest relative deviation of a network's parameters from its budget; nan if unknown."""
        known = [c for c in self.cells if math.isfinite(c.n_parameters)]
        return max((abs(c.n_parameters / c.budget - 1) for c in known), default=math.nan)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of the ratios, one row each.

        Raises
        ------
        DomainError
            If the level is not that of the comparison.
        """
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError(
                "these intervals were made at one level.",
                got=level,
                allowed=self.level,
                hint=f"compare_depths(…, level={level})",
            )
        ends = [(one.low, one.high) for one in self.ratios]
        names = [_name(one) for one in self.ratios]
        return pd.DataFrame(ends, index=names, columns=["low", "high"], dtype=float)

    def table(self) -> pd.DataFrame:
        """Return the cells, a row for each depth at each budget."""
        import pandas as pd

        rows = [asdict(cell) | {"losses": len(cell.losses)} for cell in self.cells]
        return pd.DataFrame(rows).rename(columns={"losses": "n_runs"})

    def grid(self) -> pd.DataFrame:
        """Return mean losses, a row for each depth and a column for each budget."""
        return self.table().pivot_table(index="depth", columns="budget", values="loss")

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw loss over the number of parameters, a curve for each depth."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)


def _name(one: DepthRatio) -> str:
    return f"depth_{one.depth}"
