"""What the claims on stamina are judged by: the layers of a study, each with how it got its size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.claims.seeds import LEVEL, OverSeeds, over_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

WHOLE, STAMINA, RANDOM = "whole layer", "stamina", "random removal"
LEAST_SEEDS = 3
_CONDITION = ["condition", "seed"]


@dataclass(frozen=True, eq=False)
class StaminaEvidence:
    """Layers of a study of stamina.

    Parameters
    ----------
    layers : DataFrame
        One row a layer: condition, seed, width, unused_share, safe_ratio, method, signal, ratio,
        chosen_by, target, search, hit, kept, accuracy, entropy.
    """

    layers: pd.DataFrame

    @property
    def conditions(self) -> list[str]:
        """Names of the conditions, in the order of the table."""
        return [str(one) for one in self.layers["condition"].unique()]

    def whole(self) -> pd.DataFrame:
        """Return the layers that nothing was taken from, by condition and seed."""
        return self.layers[self.layers["method"] == WHOLE].set_index(_CONDITION)

    def at_ratio(self, ratio: float, signal: str = "output") -> pd.DataFrame:
        """Return the layers with stamina at one ratio that was given, by condition and seed."""
        rows = self.layers
        chosen = (
            (rows["method"] == STAMINA)
            & (rows["chosen_by"] == "ratio")
            & (rows["signal"] == signal)
            & (rows["ratio"] == ratio)
        )
        return rows[chosen].set_index(_CONDITION)

    def at_size(self, method: str, signal: str = "output") -> pd.DataFrame:
        """Return the layers of the sizes wanted, by condition, seed and size.

        Of stamina those whose size was found by bisection; of prunings those whose counterpart was,
        for where no penalty leaves so many there is nothing to compare.
        """
        rows = self.layers
        chosen = (rows["method"] == method) & (rows["chosen_by"] == "target")
        keys = [*_CONDITION, "target"]
        if method != STAMINA:
            found = rows[chosen].set_index(keys)
            return found[found.index.isin(self.at_size(STAMINA).index)]
        chosen &= (rows["signal"] == signal) & (rows["search"] == "bisection")
        chosen &= rows["hit"].fillna(value=False).astype(bool)
        return rows[chosen].set_index(keys)


def differences(one: pd.DataFrame, other: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return one minus the other where both have a number, by their common index."""
    return (one[column].astype(float) - other[column].astype(float)).dropna()


def mean_over_seeds(values: pd.Series[float]) -> OverSeeds:
    """Average within each seed, then over the seeds, with Student's interval."""
    seeds = values.index.get_level_values("seed")
    return over_seeds(zip((int(s) for s in seeds), values.to_numpy().tolist(), strict=True), LEVEL)


def by_condition(values: pd.Series[float]) -> dict[str, OverSeeds]:
    """Average the same within each condition."""
    names = values.index.get_level_values("condition")
    return {
        str(name): mean_over_seeds(values[names == name]) for name in dict.fromkeys(names.tolist())
    }


def p_of(found: OverSeeds, against: float) -> float | None:
    """Return the two-sided p of a mean over seeds against a number, from its t-interval."""
    from scipy.special import stdtr, stdtrit

    if found.n_seeds < 2 or not math.isfinite(found.high):  # noqa: PLR2004  (one seed has no spread)
        return None
    reach = float(stdtrit(found.n_seeds - 1, (1 + LEVEL) / 2))
    error = (found.high - found.mean) / reach
    if error == 0:
        return None
    return float(2 * stdtr(found.n_seeds - 1, -abs(found.mean - against) / error))


def effect_words(found: OverSeeds, words: Callable[[float], str]) -> str:
    """Write a mean over seeds with its interval."""
    if found.n_seeds == 0:
        return "there is nothing to compare"
    if found.n_seeds == 1:
        return f"{words(found.mean)} (one seed, so no interval)"
    return (
        f"{words(found.mean)} (95 % interval over {found.n_seeds} seeds: {words(found.low)} to "
        f"{words(found.high)})"
    )


def points(share: float) -> str:
    """Write a difference of shares in percentage points.

    Examples
    --------
    >>> points(-0.0123), points(-0.0001)
    ('−1.2 points', '+0.0 points')
    """
    # Adding 0 leaves no minus before a number that is rounded to 0.
    return f"{round(100 * share, 1) + 0.0:+.1f} points".replace("-", "−")


def plain(value: float) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> plain(0.0512)
    '+0.051'
    """
    return f"{value:+.3f}".replace("-", "−")


def too_few(found: OverSeeds) -> str:
    """Return why there is no verdict, empty if there are seeds enough."""
    if found.n_seeds >= LEAST_SEEDS:
        return ""
    return f"{found.n_seeds} seeds do not tell the spread between runs (three are needed)"


def listed_conditions(names: Iterable[str]) -> str:
    """Return names of conditions as a sentence lists them."""
    from activstats.claims.words import listed

    return listed(list(names))
