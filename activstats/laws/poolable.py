"""Results and tables as estimates of log b that can be pooled, and those that cannot, with why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

from scipy.special import ndtri

from activstats.errors import InputError
from activstats.laws._result_rows import (
    Row,
    check_columns,
    is_missing,
    labels_of,
    number_in,
    rows_of,
)
from activstats.laws.results import Status

DEFAULT_LEVEL = 0.95
# Outside these a standard error of log b is no estimate, and its square leaves the range of numbers.
_LEAST_SE, _MOST_SE = 1e-9, 1e9

_LEFT_OUT = {
    Status.NOT_IDENTIFIABLE: "b is not identifiable",
    Status.EQUAL_RATES: "b is infinite (equal rates)",
    Status.TOO_FEW: "too little data for b",
    Status.NOT_CONVERGED: "the fit did not converge",
}
_SATURATED = "saturated: the growth curve says nothing"


@dataclass(frozen=True)
class LeftOut:
    """A result that was not pooled.

    Parameters
    ----------
    label : str
        Which one.
    reason : str
        Why not, in words.
    """

    label: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """A result that is pooled: log b, its standard error, and where it comes from."""

    label: str
    group: tuple[Any, ...]
    recording: str
    rule: str
    log_b: float
    se: float


def collect(
    source: object, by: tuple[str, ...], *, keep_saturated: bool
) -> tuple[list[Entry], list[LeftOut]]:
    """Sort results into those that can be pooled and those that cannot.

    Parameters
    ----------
    source : DataFrame, mapping of str to results, or iterable of results
        See `pool`.
    by : tuple of str
        Columns, provenance or attributes that make the groups.
    keep_saturated : bool
        Whether results with a saturated curve are pooled, too.

    Raises
    ------
    InputError
        If there is nothing, a column is missing, or b or its standard error is no such number.
    """
    rows = rows_of(source)
    if not rows:
        raise InputError(
            "there is nothing to pool.", got="no result", hint="pool([result_a, result_b, …])"
        )
    check_columns(rows, by)
    entries: list[Entry] = []
    left_out: list[LeftOut] = []
    for label, row in zip(labels_of(rows), rows, strict=True):
        group = tuple(row.get(name) for name in by)
        reason = _why_not(row, label, keep_saturated=keep_saturated)
        if not reason and any(map(is_missing, group)):
            reason = f"no value of {', '.join(by)}"
        se = math.nan if reason else _standard_error(row, label)
        if math.isinf(se):
            reason = "no finite standard error: the interval of b is open"
        if reason:
            left_out.append(LeftOut(label, reason))
            continue
        origin = "recording" if "recording" in row else "run"
        log_b = math.log(number_in(row, "b", label))
        entries.append(Entry(label, group, _text(row, origin), _text(row, "rule"), log_b, se))
    return entries, left_out


def _text(row: Row, name: str) -> str:
    return "" if is_missing(row.get(name)) else str(row[name])


def _why_not(row: Row, label: str, *, keep_saturated: bool) -> str:
    status = _status(row.get("status"))
    if status in _LEFT_OUT:
        return _LEFT_OUT[status]
    b = number_in(row, "b", label)
    if math.isnan(b):
        return _LEFT_OUT[Status.NOT_IDENTIFIABLE]
    if b == math.inf:
        return _LEFT_OUT[Status.EQUAL_RATES]
    if b <= 0:
        raise InputError("b must be positive.", got=f"b = {b:g} ({label})", allowed="b > 0")
    return _SATURATED if status is Status.SATURATED and not keep_saturated else ""


def _status(said: object) -> Status | None:
    """Return a status that the package knows; the words of other tables mean nothing here."""
    known = {status.value: status for status in Status}
    word = said.value if isinstance(said, Enum) else said
    return known.get(str(word).strip().replace(" ", "_"))


def _standard_error(row: Row, label: str) -> float:
    """Return the standard error of log b; infinite if it has none that is finite.

    Where `bse` is missing, it is the width of the interval in log b over that of a normal one.
    """
    se = number_in(row, "bse", label)
    if math.isnan(se):
        se = _from_interval(row, label)
    if se == math.inf or _LEAST_SE <= se <= _MOST_SE:
        return se
    raise InputError(
        "a result cannot be pooled with this standard error of log b.",
        got=f"bse = {se:g} ({label})" if not math.isnan(se) else f"no bse, no interval ({label})",
        allowed=f"{_LEAST_SE:g} to {_MOST_SE:g}, or b_low and b_high around b",
        hint="leave the row out if its uncertainty is not known",
    )


def _from_interval(row: Row, label: str) -> float:
    b, low, high = (number_in(row, name, label) for name in ("b", "b_low", "b_high"))
    level = number_in(row, "level", label)
    level = DEFAULT_LEVEL if math.isnan(level) else level
    if math.isnan(low) or math.isnan(high):
        return math.nan
    if not (0 <= low <= b <= high and 0 < level < 1):
        raise InputError(
            "this is no interval around b.",
            got=f"b = {b:g}, b_low = {low:g}, b_high = {high:g}, level = {level:g} ({label})",
            allowed="0 <= b_low <= b <= b_high, 0 < level < 1",
        )
    if low == 0 or math.isinf(high):
        return math.inf
    return math.log(high / low) / (2 * float(ndtri((1 + level) / 2)))
