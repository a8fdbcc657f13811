"""Arrays as columns of a table, without a detour through pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def column(values: npt.NDArray[Any]) -> pa.Array:
    """Return numbers as an Arrow column that shares their memory, or strings as one that does not.

    `pyarrow.array` would do the same for numbers, but looks whether it was given a pandas object, for which it
    imports pandas where that is installed: some 30 MB that a process that records has no use for.

    Parameters
    ----------
    values : ndarray of numbers or of str, shape (n,)
        It must stay as it is while the column is used.

    Returns
    -------
    pyarrow.Array

    Examples
    --------
    >>> column(np.arange(3, dtype=np.uint32)).to_pylist()
    [0, 1, 2]
    """
    if values.dtype.kind == "U":
        return pa.array(values, pa.string())
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(
        kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))]
    )
