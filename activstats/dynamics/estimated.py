"""Base of results that are a handful of estimates with p-values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.dynamics.estimates import FISHER, LOG, Estimate, read_estimates
from activstats.laws._checks import check_level
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_ERRORS = {LOG: "log", FISHER: "z"}


@dataclass(frozen=True, kw_only=True)
class Estimated(Result):
    """A result that is a handful of estimates with p-values.

    Parameters
    ----------
    estimates : tuple of Estimate
        Each with its error.
    pvalues : dict of str to float
        By the name of the test.
    n_seeds : int
        Independent units.

    Notes
    -----
    The remaining parameters are those of `Result`.
    """

    estimates: tuple[Estimate, ...] = ()
    pvalues: dict[str, Any] = field(default_factory=dict)
    n_seeds: int = 0

    title: ClassVar[str] = "Estimates"
    # What `n_obs` and `n_seeds` count, in the summary.
    _counted: ClassVar[tuple[str, str]] = ("runs", "seeds")

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[Estimate, ...]": read_estimates,
        "tuple[float, ...]": lambda content: tuple(map(float, content)),
        "tuple[tuple[float, ...], ...]": lambda content: tuple(
            tuple(map(float, one)) for one in content
        ),
    }

    def __getitem__(self, name: str) -> Estimate:
        found = {one.name: one for one in self.estimates}
        return found.get(name, Estimate(name, math.nan))

    @property
    def params(self) -> dict[str, float]:
        """Estimates by name."""
        return {one.name: one.value for one in self.estimates}

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors by name, each on the scale of its estimate."""
        return {one.name: one.error for one in self.estimates}

    def interval(self, name: str) -> tuple[float, float]:
        """Return the interval of one estimate at the level of the result."""
        return self._interval(self[name], self.level)

    def _interval(self, estimate: Estimate, level: float) -> tuple[float, float]:
        return estimate.interval(level)

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals, a row for each estimate, columns `low` and `high`."""
        import pandas as pd

        chosen = self.level if level is None else level
        check_level(chosen)
        found = {one.name: self._interval(one, chosen) for one in self.estimates}
        return pd.DataFrame.from_dict(found, orient="index", columns=["low", "high"], dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """Return one row, its provenance first."""
        import pandas as pd

        simple = bool | int | float | str
        row: dict[str, Any] = {k: v for k, v in self.provenance.items() if isinstance(v, simple)}
        for one in self.estimates:
            low, high = self._interval(one, self.level)
            row |= {one.name: one.value, f"{one.name}_low": low, f"{one.name}_high": high}
        row |= {f"p_{name}": value for name, value in self.pvalues.items()}
        tail = {"n_obs": self.n_obs, "n_seeds": self.n_seeds, "level": self.level}
        return pd.DataFrame([row | tail | {"status": self.status.value, "reason": self.reason}])

    def _summary(self) -> Summary:
        rows = []
        for one in self.estimates:
            low, high = self._interval(one, self.level)
            ends = "–" if math.isnan(low) else f"[{significant(low)}, {significant(high)}]"
            name = one.name.replace("_", " ")
            rows.append((name, significant(one.value), ends, significant(one.error, 2)))
        kinds = {_ERRORS.get(one.scale, "") for one in self.estimates}
        error = f"SE({kinds.pop()})" if len(kinds) == 1 and kinds != {""} else "SE"
        notes = (self.reason, *self.warnings)
        known = tuple((k, str(v)) for k, v in self.provenance.items() if isinstance(v, str))[:3]
        facts = (
            known,
            tuple(zip(self._counted, map(grouped, (self.n_obs, self.n_seeds)), strict=True)),
            (("status", str(self.status)),),
        )
        return Summary(
            title=self.title,
            facts=tuple(line for line in facts if line),
            columns=("estimate", f"{100 * self.level:g} % interval", error),
            rows=tuple(rows),
            measures=tuple((f"p {n}", significant(v, 2)) for n, v in self.pvalues.items()),
            notes=tuple(note[0].upper() + note[1:] + "." for note in notes if note),
        )
