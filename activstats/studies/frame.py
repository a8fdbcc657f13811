"""A data frame as a table to study: every column but the target is a numeric feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

from activstats.errors import InputError
from activstats.studies.table import Table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_MARKS = 20  # values of a target with fractions that can still be classes, such as 1, 1.5, …, 5


def table_from_frame(frame: pd.DataFrame, target: Any, *, name: str) -> Table:
    """Split a frame into numeric features and labels.

    Parameters
    ----------
    frame : DataFrame, shape (n_samples, n_features + 1)
        Every column but the target is a feature.
    target : hashable
        Column of the labels, which can be of any kind.
    name : str
        Name of the table.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        If labels are missing, features are not numeric, or as for `Table`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"size": [1.0, 2.0] * 4, "kind": ["cat", "dog"] * 4})
    >>> table_from_frame(frame, "kind", name="pets").classes
    ('cat', 'dog')
    """
    if frame.empty:
        raise InputError(f"the table {name} has no rows.", got=f"columns {list(frame.columns)}")
    labels = frame[target]
    missing = labels.isna().to_numpy()
    if missing.any():
        raise InputError(
            f"{int(missing.sum())} labels of the table {name} are missing.",
            got=f"the first one in row {int(np.argmax(missing))} (from 0) of column '{target}'",
            hint="leave those rows out",
        )
    _refuse_measurement(labels, name)
    classes, codes = np.unique(
        labels.astype(str).str.strip().to_numpy(dtype=str), return_inverse=True
    )
    return Table(
        name=name,
        features=_numeric(frame.drop(columns=target), name),
        labels=codes.astype(np.int64),
        classes=tuple(classes.tolist()),
    )


def _numeric(features: pd.DataFrame, name: str) -> NDArray[np.float64]:
    for column, kind in features.dtypes.items():
        numeric = is_bool_dtype(kind) or (is_numeric_dtype(kind) and not is_complex_dtype(kind))
        if not numeric:
            raise InputError(
                f"column '{column}' of the table {name} is not numeric.",
                got=f"{kind}, for example {features[column].iloc[0]!r}",
                allowed="numbers in every column but the target",
                hint="encode it as numbers, such as 0 and 1 for each of its values, or leave it out; for a csv file without a header give "
                "the target as a column number",
            )
    values = features.to_numpy(dtype=np.float64, na_value=np.nan)
    rows, places = np.nonzero(~np.isfinite(values))
    if len(rows):
        raise InputError(
            f"{len(rows)} values of the table {name} are missing or infinite.",
            got=f"the first one in row {rows[0]}, feature {places[0]} (both from 0), "
            f"column '{features.columns[places[0]]}'",
            hint="fill them in or leave those rows out; nothing is dropped silently",
        )
    return values


def _refuse_measurement(labels: pd.Series[Any], name: str) -> None:
    """Refuse labels with fractions, of more values than any scale of marks has."""
    numbers = _numbers(labels)
    finite = np.empty(0) if numbers is None else numbers[np.isfinite(numbers)]
    if not np.any(finite % 1):
        return
    n_values = len(np.unique(finite))
    if n_values > MOST_MARKS:
        raise InputError(
            f"the target of the table {name} is a measurement, and classes are wanted.",
            got=f"{n_values} different numbers with fractions",
            allowed=f"words, whole numbers, or at most {MOST_MARKS} different numbers",
            hint="cut it into classes, such as low, middle and high",
        )


def _numbers(labels: pd.Series[Any]) -> NDArray[np.float64] | None:
    """Return labels as numbers, None where one of them is none."""
    try:
        return labels.to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        return None
