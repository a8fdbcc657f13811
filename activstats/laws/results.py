"""What every fitted law gives back: a frozen result that prints, tabulates and travels as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from activstats.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws._summary import Summary

FORMAT = 1


class Status(Enum):
    """How a fit ended."""

    CONVERGED = "converged"
    EQUAL_RATES = "equal_rates"
    SATURATED = "saturated"
    NOT_IDENTIFIABLE = "not_identifiable"
    AT_BOUNDARY = "at_boundary"
    TOO_FEW = "too_few"
    NOT_CONVERGED = "not_converged"

    def __str__(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """Base of the results of all laws.

    Parameters
    ----------
    method : str
        Estimator.
    level : float
        Confidence level of the intervals held.
    n_obs : int
        Number of observations the likelihood counts.
    status : Status
        How the fit ended.
    reason : str
        The status in words; empty if the fit converged.
    warnings : tuple of str
        What a reader of the numbers must know.
    provenance : dict
        Where the data come from: recording, layer, rule, step, as far as known.
    """

    method: str
    level: float
    n_obs: int
    status: Status
    reason: str = ""
    warnings: tuple[str, ...] = ()
    provenance: dict[str, Any] = dataclasses.field(default_factory=dict)

    # How a field is read back from JSON, by its annotation; results add what only they hold.
    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        "float": float,
        "int": int,
        "str": str,
        "Status": Status,
        "tuple[str, ...]": tuple,
        "dict[str, Any]": dict,
    }

    @property
    @abstractmethod
    def params(self) -> dict[str, float]:
        """Estimates by name."""

    @abstractmethod
    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals, a row for each estimate, columns `low` and `high`."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the whole result as one row of a table."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the fit and return the axes."""

    @abstractmethod
    def _summary(self) -> Summary: ...

    def summary(self) -> str:
        """Return the result as text, for reading."""
        return self._summary().to_text()

    def _repr_html_(self) -> str:
        return self._summary().to_html()

    def to_json(self) -> str:
        """Return the result as JSON, from which `from_json` makes it again.

        Infinite and undefined numbers, for which JSON has no form, are written as the strings
        ``"inf"``, ``"-inf"`` and ``"nan"``.
        """
        content = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        head = {"result": type(self).__name__, "format": FORMAT}
        return json.dumps(head | content, allow_nan=False, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the result that `to_json` wrote.

        Raises
        ------
        InputError
            If the text is not the JSON of a result of this class.
        """
        try:
            content = json.loads(text)
            _check_head(content, cls.__name__)
            names = {field.name: str(field.type) for field in fields(cls)}
            values = {name: cls._readers[kind](content[name]) for name, kind in names.items()}
            return cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"this text is not a {cls.__name__} written as JSON.",
                got=f"{type(error).__name__}: {error}",
                allowed=f"what {cls.__name__}.to_json() wrote, format {FORMAT}",
            ) from error


def _check_head(content: dict[str, Any], name: str) -> None:
    if (content["result"], content["format"]) != (name, FORMAT):
        raise ValueError(f"{content['result']} of format {content['format']}")


def _plain(value: Any) -> Any:
    """Return a value in the types that JSON has."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> bool | int | float | str | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
