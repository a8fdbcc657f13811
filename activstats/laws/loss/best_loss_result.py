"""What the fit of the best loss over N gives back."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import DomainError
from activstats.laws.loss._best_loss_views import describe, draw, table_row
from activstats.laws.loss._forms import AICC, Form, read_forms
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.reading import read_curve
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

FALLS, RISES, NO_TREND, CANNOT_TELL = "falls", "rises", "no trend seen", "cannot tell"


@dataclass(frozen=True, kw_only=True)
class BestLossResult(Result):
    """The best loss over the number of neurons N.

    Parameters
    ----------
    curve : LossCurve
        Best losses, with N in place of D.
    noise : str
        Noise model.
    robust : bool
        Whether outliers were weighed down.
    answer : {"falls", "rises", "no trend seen", "cannot tell"}
        By the interval of `per_decade`.
    per_decade, per_decade_low, per_decade_high : float
        Change of the loss over a decade of N along a line, below 0 where it falls, with its interval.
    noise_level : float
        Standard deviation of one run about the best of the three forms: relative or, with additive noise or standard
        errors, absolute.
    forms : tuple of Form
        The three families by `criterion`, the best first.
    criterion : {"AICc", "QAIC"}
        What weighs them: QAIC where the standard errors of the losses are known.
    choice : str
        The best of them; empty if there are too few runs to weigh any.
    exponent, exponent_low, exponent_high, exponent_se : float
        gamma of L_inf + A·N^−gamma with its profile interval, 0 and infinite where it is open; nan
        unless the loss falls.
    loss_floor, loss_floor_se : float
        L_inf, what the power law falls to, and its standard error.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs.
    """

    curve: LossCurve
    noise: str
    robust: bool
    answer: str = CANNOT_TELL
    per_decade: float = math.nan
    per_decade_low: float = -math.inf
    per_decade_high: float = math.inf
    noise_level: float = math.nan
    forms: tuple[Form, ...] = ()
    criterion: str = AICC
    choice: str = ""
    exponent: float = math.nan
    exponent_low: float = 0.0
    exponent_high: float = math.inf
    exponent_se: float = math.nan
    loss_floor: float = math.nan
    loss_floor_se: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "LossCurve": read_curve,
        "bool": bool,
        "tuple[Form, ...]": read_forms,
    }

    @property
    def params(self) -> dict[str, float]:
        """Change over a decade of N, exponent and floor of the power law."""
        names = ("per_decade", "exponent", "loss_floor")
        return {name: getattr(self, name) for name in names}

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors of the power law's exponent and floor."""
        return {"exponent": self.exponent_se, "loss_floor": self.loss_floor_se}

    @property
    def not_told_apart(self) -> tuple[str, ...]:
        """Families within 2 of the lowest criterion, the best first."""
        return tuple(form.family for form in self.forms if form.delta <= 2)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals of the change over a decade and of the exponent.

        Raises
        ------
        DomainError
            If the level is not that of the fit.
        """
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError(
                "these intervals were made at one level.",
                got=level,
                allowed=self.level,
                hint=f"BestLoss(level={level}).fit(…)",
            )
        names = ("per_decade", "exponent")
        ends = [(getattr(self, f"{n}_low"), getattr(self, f"{n}_high")) for n in names]
        return pd.DataFrame(ends, index=list(names), columns=["low", "high"], dtype=float)

    def table(self) -> pd.DataFrame:
        """Return the three forms, a row each, the best first."""
        import pandas as pd

        return pd.DataFrame([asdict(form) for form in self.forms])

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one row of a table, its provenance first."""
        return table_row(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the best losses over N with the three forms, the chosen one with its band."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)
