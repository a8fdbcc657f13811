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
                hint="encode it as numbers or leave it out; for a csv file without a header give "
                "the target as a column number",
            )
    return features.to_numpy(dtype=np.float64, na_value=np.nan)
