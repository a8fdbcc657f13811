"""What the comparison of laws of counts gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from activstats.laws import _comparison_views as views
from activstats.laws._checks import check_level
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

# A difference of AIC below this does not decide (Burnham & Anderson 2002, sec. 2.6).
UNDECIDED = 2.0


class LawFit(NamedTuple):
    """One of the laws compared.

    Parameters
    ----------
    name : str
        The law.
    n_params : int
        Its free parameters.
    log_likelihood : float
        Maximised, the binomial coefficients left out of all laws alike.
    estimates : dict of str to float
        Its parameters.
    note : str
        What is special about the fit, in words; empty if nothing is.
    """

    name: str
    n_params: int
    log_likelihood: float
    estimates: dict[str, float]
    note: str = ""

    @property
    def aic(self) -> float:
        """Akaike's information criterion, 2 (parameters − log-likelihood)."""
        return 2 * (self.n_params - self.log_likelihood)


def _read_laws(content: list[list[Any]]) -> tuple[LawFit, ...]:
    return tuple(
        LawFit(str(name), int(n), float(value), {k: float(v) for k, v in params.items()}, str(note))
        for name, n, value, params, note in content
    )


@dataclass(frozen=True, kw_only=True)
class LawComparison(Result):
    """Laws of counts side by side.

    Parameters
    ----------
    n_samples : int
        Samples seen, D.
    laws : tuple of LawFit
        The laws in the order of their names in `LAWS`; empty where nothing can be compared.
    pvalue_dead : float
        Of the likelihood-ratio test that no neuron is dead, beta-binomial against zero-inflated.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of neurons, which are
    taken to be independent given their rates. Where they fire together, all laws gain or lose
    together and differences of AIC are exaggerated.
    """

    n_samples: int = 0
    laws: tuple[LawFit, ...] = ()
    pvalue_dead: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[LawFit, ...]": _read_laws,
    }

    @property
    def differences(self) -> dict[str, float]:
        """AIC of each law less the lowest."""
        lowest = min((law.aic for law in self.laws), default=math.nan)
        return {law.name: law.aic - lowest for law in self.laws}

    @property
    def weights(self) -> dict[str, float]:
        """Akaike weights: exp(−difference/2), scaled to sum to one."""
        raw = {name: math.exp(-difference / 2) for name, difference in self.differences.items()}
        total = sum(raw.values())
        return {name: value / total for name, value in raw.items()}

    @property
    def best(self) -> str:
        """Law with the lowest AIC; empty where nothing can be compared."""
        return min(self.laws, key=lambda law: law.aic).name if self.laws else ""

    @property
    def undecided(self) -> tuple[str, ...]:
        """Laws that the counts do not tell from the best: AIC less than 2 above its own."""
        near = [name for name, excess in self.differences.items() if excess < UNDECIDED]
        return tuple(name for name in near if name != self.best)

    @property
    def params(self) -> dict[str, float]:
        """AIC less the lowest, by law."""
        return self.differences

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return an empty table: a difference of AIC of given counts has no interval.

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
        """Return a table with a row for each law, provenance first."""
        return views.table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw by how much the AIC of each law exceeds the lowest."""
        from activstats.figures.goodness import law_differences

        return law_differences(list(self.differences), list(self.differences.values()), ax=ax)

    def _summary(self) -> Summary:
        return views.describe(self)
