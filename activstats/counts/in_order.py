"""Puts the samples of several steps and ranks one after the other, and counts them in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

IntArray = npt.NDArray[np.int64]


def offsets(chunks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return how many places come before each step of each rank.

    Steps follow each other; within a step the ranks do.

    Parameters
    ----------
    chunks : sequence of DataFrame
        One a rank: columns step, sample0 and n of its chunks.

    Returns
    -------
    DataFrame of int
        A row a step, a column a rank.

    Examples
    --------
    >>> rank = pd.DataFrame({"step": [0, 0, 5], "sample0": [0, 8, 0], "n": [8, 2, 4]})
    >>> offsets([rank, rank])
             0   1
    step
    0        0  10
    5       20  24
    """
    ends = [(rank["sample0"] + rank["n"]).groupby(rank["step"]).max() for rank in chunks]
    lengths = pd.concat(ends, axis=1, keys=range(len(ends))).sort_index().fillna(0).astype("int64")
    before = np.cumsum(lengths.to_numpy().ravel()) - lengths.to_numpy().ravel()
    return pd.DataFrame(before.reshape(lengths.shape), index=lengths.index, columns=lengths.columns)


def moved(tables: Iterable[pa.Table], before: pd.Series[int]) -> Iterator[pa.Table]:
    """Yield `stats` rows with their samples numbered through all steps.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns step and sample0.
    before : Series of int
        By step, how many places come before its first sample.
    """
    steps, places = before.index.to_numpy(), before.to_numpy()
    for table in tables:
        of_step = places[np.searchsorted(steps, table["step"].to_numpy())]
        numbers = table["sample0"].to_numpy().astype(np.int64) + of_step
        at = table.schema.get_field_index("sample0")
        yield table.set_column(at, "sample0", pa.array(numbers))
