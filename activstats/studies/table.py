"""Tables to study: scikit-learn's digits, or a file of the user's, as features and labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LEAST_ROWS_PER_CLASS = 4  # fewer on average: the target is a measurement or an identifier


@dataclass(frozen=True, eq=False)
class Table:
    """Samples with labels.

    Parameters
    ----------
    name : str
        Where it comes from, for the runs table.
    features : ndarray of float64, shape (n_samples, n_features)
        As they stand in the source, not yet standardised.
    labels : ndarray of int64, shape (n_samples,)
        Index into `classes`.
    classes : tuple of str
        Names of the classes, sorted.

    Raises
    ------
    InputError
        If there is no sample or feature, a feature is not finite, or there are fewer than two
        classes, or so many that the target is no label.
    """

    name: str
    features: NDArray[np.float64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.n_samples == 0 or self.n_features == 0:
            raise InputError(
                f"the table {self.name} has no features.",
                got=f"{self.n_samples} rows of {self.n_features} features",
                hint="a table of numeric columns beside the target",
            )
        _check_finite(self)
        _check_classes(self)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return int(self.features.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.features.shape[1])

    def fingerprint(self) -> str:
        """Return the hash of everything that a study depends on."""
        digest = hashlib.sha256(repr((self.name, self.features.shape, self.classes)).encode())
        digest.update(np.ascontiguousarray(self.features).tobytes())
        digest.update(np.ascontiguousarray(self.labels).tobytes())
        return digest.hexdigest()


def _check_finite(table: Table) -> None:
    rows, columns = np.nonzero(~np.isfinite(table.features))
    if len(rows):
        raise InputError(
            f"{len(rows)} values of the table {table.name} are missing or infinite.",
            got=f"the first one in row {rows[0]}, feature {columns[0]} (both from 0)",
            hint="fill them in or leave those rows out; nothing is dropped silently",
        )


def _check_classes(table: Table) -> None:
    n_classes = len(table.classes)
    if n_classes < 2:  # noqa: PLR2004  (there is nothing to tell apart)
        raise InputError(
            f"the target of the table {table.name} has one class only.",
            got=table.classes,
            allowed="at least two classes",
        )
    if n_classes * LEAST_ROWS_PER_CLASS > table.n_samples:
        raise InputError(
            f"the target of the table {table.name} looks like a measurement or an identifier.",
            got=f"{n_classes} different values in {table.n_samples} rows",
            allowed=f"at least {LEAST_ROWS_PER_CLASS} rows a class on average",
            hint="name the column of labels",
        )


def digits_table() -> Table:
    """Return scikit-learn's digits: 1,797 images of 8 by 8 pixels, ten classes.

    Examples
    --------
    >>> digits_table().features.shape
    (1797, 64)
    """
    from sklearn.datasets import load_digits

    features, labels = load_digits(return_X_y=True)
    return Table(
        name="digits",
        features=np.asarray(features, dtype=np.float64),
        labels=np.asarray(labels, dtype=np.int64),
        classes=tuple(str(digit) for digit in range(10)),
    )


def load_table(data: Path | str | None, target: str | int | None) -> Table:
    """Return the table to study: a file of the user's, or the digits.

    Parameters
    ----------
    data : path or None
        A csv or Parquet file; None for scikit-learn's digits.
    target : str or int or None
        Column of the labels, by name or number; needed with `data`, and only then.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        If the file cannot be read or used as a table.
    """
    if (data is None) != (target is None):
        raise UsageError(
            "a table of your own needs both a file and a target column.",
            got=f"data = {data}, target = {target}",
            hint="--data FILE --target COLUMN",
        )
    if data is None or target is None:
        return digits_table()
    from activstats.studies.tablefile import read_table

    return read_table(data, target)
