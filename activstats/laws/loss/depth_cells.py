"""Losses by depth and budget, and their ratios: the tables of a comparison of depths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DepthCell:
    """Runs of one depth at one budget.

    Parameters
    ----------
    depth : int
        Hidden layers.
    budget : float
        Parameters that networks of every depth were given, nearly.
    n_parameters : float
        Those that these networks have; nan if not known.
    losses : tuple of float
        Of each run.
    loss, low, high : float
        Geometric mean over the runs, with its interval from the scatter in all cells.
    """

    depth: int
    budget: float
    n_parameters: float
    losses: tuple[float, ...]
    loss: float
    low: float
    high: float


@dataclass(frozen=True)
class DepthRatio:
    """Loss at one depth over that at the smallest depth.

    Parameters
    ----------
    depth, baseline : int
        Hidden layers.
    budget : float
        Budget at which they are compared; nan for the mean over all.
    ratio, low, high : float
        Ratio of losses with its interval; simultaneous where several depths are compared.
    inner_low, inner_high : float
        Interval at 2 level − 1 that two one-sided tests go by.
    """

    depth: int
    baseline: int
    budget: float
    ratio: float
    low: float
    high: float
    inner_low: float
    inner_high: float


def read_cells(rows: Sequence[Mapping[str, Any]]) -> tuple[DepthCell, ...]:
    """Return the cells that JSON holds."""
    return tuple(DepthCell(**_numbers(row)) for row in rows)


def read_ratios(rows: Sequence[Mapping[str, Any]]) -> tuple[DepthRatio, ...]:
    """Return the ratios that JSON holds."""
    return tuple(DepthRatio(**_numbers(row)) for row in rows)


_WHOLE = ("depth", "baseline")


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of JSON with its numbers read."""
    read: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            read[name] = tuple(map(float, value))
        else:
            read[name] = int(value) if name in _WHOLE else float(value)
    return read
