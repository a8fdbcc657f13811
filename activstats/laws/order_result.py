"""What the tests of order give back."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.errors import DomainError
from activstats.laws._order_words import sentences
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class OrderTest:
    """One test of order.

    Parameters
    ----------
    name : str
        ``lag-1``, ``trend``, ``halves`` or ``curve``.
    effect : float
        How much the order matters, see `order_tests`; larger is more.
    chance_mean, chance_sd : float
        Mean and standard deviation of the effect over random orders.
    chance_low, chance_high : float
        Range that holds the effect of random orders, at the level of the tests.
    pvalue, pvalue_holm : float
        Of this test alone, and adjusted for the family.
    """

    name: str
    effect: float
    chance_mean: float
    chance_sd: float
    chance_low: float
    chance_high: float
    pvalue: float
    pvalue_holm: float


def _read_tests(content: list[dict[str, Any]]) -> tuple[OrderTest, ...]:
    names = [field.name for field in fields(OrderTest)][1:]
    return tuple(OrderTest(str(one["name"]), *(float(one[n]) for n in names)) for one in content)


@dataclass(frozen=True, kw_only=True)
class OrderTests(Result):
    """Tests of whether the order of rows matters.

    Parameters
    ----------
    tests : tuple of OrderTest
        One a statistic; empty where the status says that there is nothing to test.
    unit : str
        What a row is: samples, groups of samples, steps, or blocks of them.
    n_neurons : int
        Neurons, N.
    n_permutations : int
        Random orders, B.
    setting : {"frozen", "training", "unknown"}
        Whether weights changed along the rows.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of rows.
    """

    tests: tuple[OrderTest, ...] = ()
    unit: str = "samples"
    n_neurons: int = 0
    n_permutations: int = 0
    setting: str = "unknown"

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[OrderTest, ...]": _read_tests,
    }

    def __getitem__(self, name: str) -> OrderTest:
        return {test.name: test for test in self.tests}[name]

    @property
    def params(self) -> dict[str, float]:
        """Effects by the name of the test."""
        return {test.name: test.effect for test in self.tests}

    @property
    def pvalue(self) -> float:
        """The least adjusted p-value: that of the family; nan where nothing was tested."""
        return min((test.pvalue_holm for test in self.tests), default=math.nan)

    @property
    def rejected(self) -> bool:
        """Whether the family rejects that rows are exchangeable, at 1 − level."""
        return bool(self.pvalue <= 1 - self.level + 1e-12)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the range of each effect under chance: what random orders give.

        Parameters
        ----------
        level : float, optional
            That of the tests; no other is kept.

        Returns
        -------
        DataFrame
            Index the names of the tests, columns `low` and `high`. No interval of the effect itself:
            an effect outside is one that chance seldom gives.
        """
        import pandas as pd

        if level is not None and level != self.level:
            raise DomainError(
                "the range under chance is kept at one level.", got=level, allowed=self.level
            )
        ends = [(test.chance_low, test.chance_high) for test in self.tests]
        return pd.DataFrame(ends, index=list(self.params), columns=["low", "high"], dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """Return one row, its provenance first; effect and p-values of each test in columns."""
        import pandas as pd

        simple = bool | int | float | str
        row: dict[str, Any] = {k: v for k, v in self.provenance.items() if isinstance(v, simple)}
        row |= {"status": self.status.value, "pvalue": self.pvalue}
        for test in self.tests:
            name = test.name.replace("-", "")
            row |= {name: test.effect, f"{name}_chance": test.chance_mean}
            row |= {f"{name}_p": test.pvalue, f"{name}_p_holm": test.pvalue_holm}
        names = ("n_obs", "unit", "n_neurons", "n_permutations", "setting", "level", "reason")
        return pd.DataFrame([row | {name: getattr(self, name) for name in names}])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each effect beside what random orders give."""
        from activstats.figures.order import order_effects

        pairs = [
            (t.effect, t.chance_mean, t.chance_sd, t.chance_low, t.chance_high) for t in self.tests
        ]
        labels = [f"{t.name}\nHolm p {significant(t.pvalue_holm, 2)}" for t in self.tests]
        return order_effects(labels, pairs, level=self.level, ax=ax)

    def _summary(self) -> Summary:
        names = ("layer", "rule")
        known = tuple((n, str(self.provenance[n])) for n in names if n in self.provenance)
        numbers = (("N", grouped(self.n_neurons)), ("rows", grouped(self.n_obs)))
        lines = (known, (*numbers, ("B", grouped(self.n_permutations))), (("rows are", self.unit),))
        told = sentences(self.setting, rejected=self.rejected) if self.tests else ()
        notes = (self.reason, *self.warnings)
        return Summary(
            title="Tests of order",
            facts=tuple(line for line in (*lines, (("status", str(self.status)),)) if line),
            columns=("effect", f"{self.level * 100:g} % of chance", "p (Holm)"),
            rows=tuple(_row(test) for test in self.tests),
            measures=(("p of the family", significant(self.pvalue, 2)),),
            notes=(*(note[0].upper() + note[1:] + "." for note in notes if note), *told),
        )


def _row(test: OrderTest) -> tuple[str, str, str, str]:
    chance = f"[{significant(test.chance_low)}, {significant(test.chance_high)}]"
    return test.name, significant(test.effect), chance, significant(test.pvalue_holm, 2)
