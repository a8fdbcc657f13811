"""Exponents in whatever form they come: numbers with errors, or results that hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.special import ndtri

from activstats.errors import InputError

BETA, B, ONE_MINUS_ALPHA = "beta", "b", "one_minus_alpha"
NAMES = (BETA, B, ONE_MINUS_ALPHA)

# An estimate at an end of its own interval has an error on that side, too small to matter.
_LEAST_SHARE = 1e-9


@dataclass(frozen=True)
class Exponent:
    """One estimate of an exponent.

    Parameters
    ----------
    name : {"beta", "b", "one_minus_alpha"}
    estimate, low, high : float
        Estimate and interval; nan and an interval without ends where there is no number.
    level : float
        Confidence level of the interval.
    reason : str
        Why there is no number; empty if there is one.
    """

    name: str
    estimate: float = math.nan
    low: float = -math.inf
    high: float = math.inf
    level: float = 0.95
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return not self.reason

    @property
    def errors(self) -> tuple[float, float]:
        """Standard errors below and above the estimate, from the ends; infinite if open."""
        z = float(ndtri((1 + self.level) / 2))
        below, above = (self.estimate - self.low) / z, (self.high - self.estimate) / z
        finite = [size for size in (below, above) if math.isfinite(size)]
        least = _LEAST_SHARE * max([*finite, abs(self.estimate), _LEAST_SHARE])
        return max(below, least), max(above, least)

    @property
    def se(self) -> float:
        """Mean of both standard errors."""
        return sum(self.errors) / 2 if self.known else math.nan

    def at(self, level: float) -> Exponent:
        """Return the same estimate with its interval at another level."""
        if not self.known or level == self.level:
            return replace(self, level=level)
        z = float(ndtri((1 + level) / 2))
        below, above = self.errors
        ends = (self.estimate - z * below, self.estimate + z * above)
        return replace(self, low=ends[0], high=ends[1], level=level)


def read_exponent(name: str, given: object, level: float) -> Exponent:
    """Return an exponent from numbers or from a result.

    Parameters
    ----------
    name : {"beta", "b", "one_minus_alpha"}
    given : tuple of float, result or None
        (estimate, standard error), (estimate, low, high) at `level`, or an object with that name
        among its `params` and a `conf_int()`; of 1 − alpha they are those of alpha.
    level : float
    """
    key = "alpha" if name == ONE_MINUS_ALPHA else name
    if given is None:
        return Exponent(name, level=level, reason="not given")
    found = (
        _of_result(key, given, level)
        if hasattr(given, "params")
        else _of_numbers(key, given, level)
    )
    if name == ONE_MINUS_ALPHA:
        shift = _excess_of_the_law(given)
        found = replace(
            found,
            estimate=1 - found.estimate + shift,
            low=1 - found.high + shift,
            high=1 - found.low + shift,
        )
    return replace(found, name=name).at(level)


def read_kept(content: Sequence[Mapping[str, Any]]) -> tuple[Exponent, ...]:
    """Return the exponents that JSON holds."""
    words = ("name", "reason")
    rows: list[dict[str, Any]] = [
        {k: v if k in words else float(v) for k, v in row.items()} for row in content
    ]
    return tuple(Exponent(**row) for row in rows)


def _excess_of_the_law(given: object) -> float:
    """Return how far alpha lies above 1 − b under the growth law itself, where that is known."""
    expected = getattr(given, "expected", 0.0)
    usable = isinstance(expected, float) and math.isfinite(expected)
    return expected if usable else 0.0


def _of_result(key: str, given: Any, level: float) -> Exponent:
    params = given.params
    if key not in params:
        raise InputError(
            f"this result holds no '{key}'.",
            got=f"{type(given).__name__} with {', '.join(map(str, dict(params)))}",
            hint=f"a result with '{key}' among its params, or (estimate, low, high)",
        )
    estimate, level = float(params[key]), float(getattr(given, "level", level))
    if not math.isfinite(estimate):
        why = str(getattr(given, "reason", "")) or "its result has no number"
        if math.isinf(estimate):
            why = f"{key} is infinite: neurons fire about alike"
        return Exponent(key, level=level, reason=why)
    ends = [getattr(given, f"{key}_{end}", None) for end in ("low", "high")]
    if None in ends:
        ends = list(given.conf_int().loc[key])[:2]
    low, high = (float(end) for end in ends)  # type: ignore[arg-type]
    return _checked(key, (estimate, low, high), level)


def _of_numbers(key: str, given: object, level: float) -> Exponent:
    try:
        numbers = [float(value) for value in given]  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise InputError(
            f"'{key}' is no estimate with its error.",
            got=repr(given)[:60],
            allowed="(estimate, standard error), (estimate, low, high), or a result",
        ) from error
    if len(numbers) == 2 and 0 < numbers[1] < math.inf:
        reach = float(ndtri((1 + level) / 2)) * numbers[1]
        ends = (numbers[0], numbers[0] - reach, numbers[0] + reach)
        return _checked(key, ends, level, open_at_zero=False)
    if len(numbers) != 3:
        raise InputError(
            f"'{key}' is no estimate with its error.",
            got=", ".join(f"{value:g}" for value in numbers) or "nothing",
            allowed="(estimate, standard error above 0), or (estimate, low, high)",
        )
    return _checked(key, (numbers[0], numbers[1], numbers[2]), level)


def _checked(
    key: str, numbers: tuple[float, float, float], level: float, *, open_at_zero: bool = True
) -> Exponent:
    estimate, low, high = numbers
    if not (math.isfinite(estimate) and low <= estimate <= high):
        raise InputError(
            f"the estimate of '{key}' does not lie within its interval.",
            got=f"{estimate:g} in [{low:g}, {high:g}]",
            allowed="finite, low <= estimate <= high",
        )
    # Results of fits write 0 where the interval of a positive number has no lower end.
    if open_at_zero and low == 0 and key in {BETA, B}:
        low = -math.inf
    return Exponent(key, estimate, low, high, level)
