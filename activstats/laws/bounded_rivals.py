"""The bounded law beside other laws of the same counts on the same support."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import chdtrc, erfc, ndtri

from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws._rival import Rival, read_rivals
from activstats.laws._rival_laws import Fitted, log_probability, rival_laws
from activstats.laws._rival_views import describe, draw, verdict
from activstats.laws.bounded_result import BoundedPowerLawResult
from activstats.laws.results import FORMAT, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._bounded_support import FloatArray
    from activstats.laws._summary import Summary

# Two laws whose log-likelihoods differ by less than this per count, root mean square, are one law.
_SAME = 1e-6
_BOUNDED_PARAMETERS = 2


def _read_result(content: dict[str, Any]) -> BoundedPowerLawResult:
    head = {"result": BoundedPowerLawResult.__name__, "format": FORMAT}
    return BoundedPowerLawResult.from_json(json.dumps(head | content))


@dataclass(frozen=True, kw_only=True)
class RivalComparison(Result):
    """The bounded law set beside its rivals, all on the same support.

    Parameters
    ----------
    bounded : BoundedPowerLawResult
        The bounded law.
    rivals : tuple of Rival
        The others, the most likely by AIC first.

    Notes
    -----
    Laws that do not contain each other are compared by Vuong's test (Vuong 1989, Econometrica 57,
    307, eq. 5.6 without a correction for parameters), laws that do by the likelihood ratio. The
    negative binomial and the bounded law meet in the geometric law; where counts are near that
    one, Vuong's p-value is only a rough guide. A comparison finds the better law of two; it does
    not find a true one (see the bounded law's own p-value).
    """

    bounded: BoundedPowerLawResult
    rivals: tuple[Rival, ...]

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "BoundedPowerLawResult": _read_result,
        "tuple[Rival, ...]": read_rivals,
    }

    @property
    def params(self) -> dict[str, float]:
        """AIC of each rival less that of the bounded law."""
        return {rival.law: rival.aic_difference for rival in self.rivals}

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the interval of each log-likelihood ratio, bounded law over rival.

        Parameters
        ----------
        level : float, optional
            Confidence level; that of the fit if left out.

        Returns
        -------
        DataFrame
            A row for each rival that is not nested; columns `low`, `high`. By Vuong's normal limit.
        """
        import pandas as pd

        level = self.level if level is None else level
        check_level(level)
        reach = float(ndtri(0.5 + level / 2))
        free = [rival for rival in self.rivals if not rival.nested]
        ends = [[r.log_ratio - reach * r.scatter, r.log_ratio + reach * r.scatter] for r in free]
        return pd.DataFrame(ends, index=[r.law for r in free], columns=["low", "high"])

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each law, the bounded one first."""
        import pandas as pd

        own: dict[str, Any] = {"law": "bounded", "parameters": dict(self.bounded.params)}
        own |= {"log_likelihood": self.bounded.log_likelihood, "aic_difference": 0.0}
        rows = [own, *(dataclasses.asdict(rival) for rival in self.rivals)]
        return pd.DataFrame(rows, columns=[field.name for field in dataclasses.fields(Rival)])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the counts in range, the bounded law and its rivals."""
        return draw(self, ax)

    def _summary(self) -> Summary:
        return describe(self)


def compare_rivals(result: BoundedPowerLawResult) -> RivalComparison:
    """Fit rivals of the bounded law to the same counts on the same support, and compare.

    Parameters
    ----------
    result : BoundedPowerLawResult
        A fitted bounded law.

    Returns
    -------
    RivalComparison
        With the beta-binomial (where the number of samples is known), the zero-truncated negative
        binomial, the lognormal of whole numbers, and of the nested laws the geometric and the
        power law without cutoff.

    Raises
    ------
    InputError
        If there is no fitted law.
    """
    if not result.fitted:
        raise InputError("there is no fitted law to compare.", got=result.reason)
    rivals = [_compared(result, fitted) for fitted in rival_laws(result)]
    return RivalComparison(
        method="likelihood on the same support",
        level=result.level,
        n_obs=result.n_obs,
        status=Status.CONVERGED,
        provenance=result.provenance,
        bounded=result,
        rivals=tuple(sorted(rivals, key=lambda rival: rival.aic_difference)),
    )


def _compared(result: BoundedPowerLawResult, fitted: Fitted) -> Rival:
    data = result.in_range
    values, neurons = data.floats
    other = log_probability(fitted, values, result)
    ratio = np.log(result.probability(values)) - other
    total, n = float((neurons * ratio).sum()), data.facts.n
    own = _BOUNDED_PARAMETERS if result.cutoff else 1
    parameters = 1 if fitted.nested else 2
    if fitted.nested:
        scatter, statistic = math.nan, max(2 * total, 0.0)
        pvalue = float(chdtrc(1, statistic))
    else:
        scatter, statistic, pvalue = _vuong(ratio, neurons, total)
    return Rival(
        law=fitted.law,
        parameters=fitted.parameters,
        log_likelihood=float((neurons * other).sum()),
        aic_difference=2 * (parameters - own) + 2 * total,
        log_ratio=total,
        scatter=scatter,
        statistic=statistic,
        pvalue=pvalue,
        nested=fitted.nested,
        verdict=verdict(fitted, total, pvalue, n),
    )


def _vuong(ratio: FloatArray, neurons: FloatArray, total: float) -> tuple[float, float, float]:
    n = float(neurons.sum())
    spread = math.sqrt(float((neurons * (ratio - total / n) ** 2).sum()) / n)
    scatter = math.sqrt(n) * spread
    if spread < _SAME:
        return scatter, 0.0, 1.0
    statistic = total / scatter
    return scatter, statistic, float(erfc(abs(statistic) / math.sqrt(2)))
