"""What the correlations of two numbers over runs give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from activstats.dynamics.estimated import Estimated

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, kw_only=True)
class AssociationResult(Estimated):
    """Correlations `within`, `within_ranks`, `between` and `overall`.

    Parameters
    ----------
    rates : tuple of float
        Learning rates.
    x, y : tuple of tuple of float
        The two numbers, a row for each seed.
    xname, yname : str
        What they are.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    rates: tuple[float, ...] = ()
    x: tuple[tuple[float, ...], ...] = ()
    y: tuple[tuple[float, ...], ...] = ()
    xname: str = "x"
    yname: str = "y"

    title: ClassVar[str] = "Correlation between and within learning rates"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the runs, those of a learning rate alike."""
        from activstats.figures.over_rates import by_rate

        return by_rate(self.rates, self.x, self.y, xlabel=self.xname, ylabel=self.yname, ax=ax)
