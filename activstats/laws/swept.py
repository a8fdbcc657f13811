"""What fitting the growth law under several activation rules gives back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import InputError
from activstats.laws._swept_views import describe, draw, table
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.results import FORMAT, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

# A fit with one of these has a b that its counts tell.
TOLD = {Status.CONVERGED, Status.AT_BOUNDARY, Status.SATURATED}


@dataclass(frozen=True, kw_only=True)
class RuleSweep(Result):
    """Fits of the growth law to one layer under several rules, the sparsest rule first.

    Parameters
    ----------
    rules : tuple of str
        Names of the rules, by ascending share of activated neurons.
    fits : tuple of GrowthLawResult
        A fit for each rule, each with its own status and reason.
    pvalues : tuple of float
        Of each misfit, by the goodness-of-fit test with refits; nan where none was asked for or possible.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of neurons. The rules look
    at the same samples, so that their b are not independent.
    """

    rules: tuple[str, ...]
    fits: tuple[GrowthLawResult, ...]
    pvalues: tuple[float, ...]

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[float, ...]": lambda content: tuple(map(float, content)),
        "tuple[GrowthLawResult, ...]": lambda content: tuple(map(_read_fit, content)),
    }

    def __getitem__(self, rule: str) -> GrowthLawResult:
        """Return the fit under a rule."""
        if rule not in self.rules:
            raise InputError(
                f"rule '{rule}' is not in the sweep.", got=rule, allowed=", ".join(self.rules)
            )
        return self.fits[self.rules.index(rule)]

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of the layer that one sample activates under each rule, c/N."""
        return tuple(fit.c / fit.n_neurons for fit in self.fits)

    @property
    def params(self) -> dict[str, float]:
        """The b of each rule; nan where it cannot be had."""
        return {rule: fit.b for rule, fit in zip(self.rules, self.fits, strict=True)}

    @property
    def bse(self) -> dict[str, float]:
        """The standard error of log b under each rule."""
        return {rule: fit.bse for rule, fit in zip(self.rules, self.fits, strict=True)}

    @property
    def ratio(self) -> float:
        """Largest b over the smallest among the finite ones; nan for fewer than two rules."""
        told = [fit.b for fit in self.fits if tells(fit)]
        return max(told) / min(told) if len(told) > 1 else math.nan

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the interval of b under each rule, columns `low` and `high`."""
        import pandas as pd

        ends = [fit.interval(level) for fit in self.fits]
        return pd.DataFrame(ends, index=list(self.rules), columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each rule: share, b with its interval, misfit, p, status."""
        return table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw b against c/N, both logarithmic, the saturated rules marked."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)


def _read_fit(content: dict[str, Any]) -> GrowthLawResult:
    head = {"result": GrowthLawResult.__name__, "format": FORMAT}
    return GrowthLawResult.from_json(json.dumps(head | content))


def tells(fit: GrowthLawResult) -> bool:
    """Return whether a fit has a finite b."""
    return fit.status in TOLD and math.isfinite(fit.b)
