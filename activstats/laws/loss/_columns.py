"""Checks of the columns of a loss curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from activstats.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_NAMES = {"d": "sizes", "loss": "losses", "weight": "weights", "se": "standard errors"}

# Squares of weighted losses stay within what a double holds.
_LEAST, _MOST = 1e-30, 1e30


def column_of(frame: pd.DataFrame, name: str) -> Any:
    """Return a column of a table that must be there."""
    if name not in frame:
        known = ", ".join(map(str, frame.columns)) or "no column"
        raise InputError(f"the table has no column '{name}'.", got=known)
    return frame[name].to_numpy()


def finite_numbers(
    given: object, name: str, *, length: int | None = None, above: float | None = None
) -> NDArray[np.float64]:
    """Return a list of finite numbers as an array, or say which of them cannot be used."""
    called = _NAMES[name]
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"the {called} are no numbers.", got=error) from error
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"the {called} are no list of numbers.", got=f"shape {array.shape}")
    if length is not None and array.size != length:
        raise InputError(
            f"there are not as many {called} as sizes.", got=array.size, allowed=f"{length}"
        )
    bad = ~np.isfinite(array)
    if bad.any():
        raise InputError(
            f"the {called} must be finite numbers.",
            got=f"{array[bad][0]} in row {int(np.argmax(bad))}",
            hint="leave such runs out",
        )
    sizes = np.abs(array[array != 0])
    if sizes.size and not (sizes.min() >= _LEAST and sizes.max() <= _MOST):
        raise InputError(
            f"the {called} lie too far from 1 to be squared and summed.",
            got=f"{sizes.max() if sizes.max() > _MOST else sizes.min():g}",
            allowed=f"{_LEAST:g} to {_MOST:g}",
            hint="choose another unit",
        )
    if above is not None and array.min() <= above:
        raise InputError(
            f"the {called} must be above {above:g}.",
            got=f"{array.min():g} in row {int(np.argmin(array))}",
        )
    return array


def labels(given: object, name: str, length: int) -> NDArray[Any] | None:
    """Return a column of seeds or widths as an array."""
    if given is None:
        return None
    array = np.array(given)
    if array.shape != (length,):
        raise InputError(
            f"there must be one {name} for each run.", got=f"shape {array.shape}", allowed=length
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"the {name} of a run is missing.", hint="leave such runs out")
    return array
