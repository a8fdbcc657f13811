"""What `_run.json` says of a recorded parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ParameterInfo:
    """One recorded parameter.

    Parameters
    ----------
    name : str
        As `named_parameters` has it.
    shape : tuple of int
        As the model has it; its first axis runs along the rows of the tables.
    dtype : str
        As the model has it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


def parse_parameter(content: dict[str, Any]) -> ParameterInfo:
    """Read what `_run.json` says of a parameter."""
    return ParameterInfo(**(content | {"shape": tuple(content["shape"])}))
