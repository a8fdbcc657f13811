"""What the count of participating neurons gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from activstats.dynamics.estimated import Estimated
from activstats.dynamics.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FIRING, FLUCTUATION = "firing", "fluctuation"


@dataclass(frozen=True, kw_only=True)
class ParticipationResult(Estimated):
    """Participating neurons: estimates `participating`, `dead`, `always_on`, and the sweep.

    Parameters
    ----------
    of : {"firing", "fluctuation"}
        What has to be above the threshold.
    threshold : float
        The one of `participating`.
    thresholds, shares : tuple of float
        The sweep.
    shares_low, shares_high : tuple of float
        Wilson's intervals of the shares.
    n_neurons : int
        Neurons.
    effective : float
        Participation ratio, which has no threshold.

    Notes
    -----
    The remaining parameters are those of `Estimated`; `n_obs` is the number of samples or times.
    """

    of: str = FIRING
    threshold: float = math.nan
    thresholds: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    shares_low: tuple[float, ...] = ()
    shares_high: tuple[float, ...] = ()
    n_neurons: int = 0
    effective: float = math.nan

    title: ClassVar[str] = "Participating neurons"

    def _interval(self, estimate: Estimate, level: float) -> tuple[float, float]:
        return wilson(estimate.value, self.n_neurons, level)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of participating neurons over the threshold."""
        from activstats.figures.fluctuation import threshold_sweep

        ends = (self.shares_low, self.shares_high)
        return threshold_sweep([(self.of, self.thresholds, self.shares, ends)], of=self.of, ax=ax)


def wilson(share: float, n: int, level: float) -> tuple[float, float]:
    """Return Wilson's interval (1927) of a share of n neurons; nan where there is none."""
    from statsmodels.stats.proportion import proportion_confint

    if not math.isfinite(share) or n == 0:
        return math.nan, math.nan
    low, high = proportion_confint(round(share * n), n, alpha=1 - level, method="wilson")
    return float(low), float(high)
