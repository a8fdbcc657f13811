"""A table cut into training pool, validation split and test split, and put on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.studies.split_settings import SplitSettings
    from activstats.studies.table import Table

# Each use of randomness has a stream of its own, so that none depends on what another one drew.
SPLIT, PROBE, SUBSET, BATCHES, RANDOM_LABELS, WEIGHTS, FOREST, PRUNING = range(8)


def stream(purpose: int, *key: int) -> np.random.Generator:
    """Return the random numbers of one purpose, the same for the same key."""
    return np.random.default_rng([purpose, *key])


@dataclass(frozen=True, eq=False)
class Samples:
    """Standardised features and their labels.

    Parameters
    ----------
    features : ndarray of float32, shape (n_samples, n_features)
        In standard deviations of the training pool.
    labels : ndarray of int64, shape (n_samples,)
        Class of each sample.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.int64]) -> Samples:
        """Return the given rows, in that order."""
        return Samples(self.features[rows], self.labels[rows])

    def first(self, n_samples: int) -> Samples:
        """Return the first rows, all of them if there are fewer."""
        return Samples(self.features[:n_samples], self.labels[:n_samples])


@dataclass(frozen=True, eq=False)
class Splits:
    """Everything that the runs of a study read.

    Parameters
    ----------
    pool, validation, test : Samples
        Rows to train on, to choose the checkpoint by, and to report on; no row is in two of them.
    probe : Samples
        All rows of the table in one fixed random order: the set that is recorded.
    probe_rows : ndarray of int64, shape (n_samples,)
        Row of the table at each place of the probe.
    table : str
        Name of the table.
    n_classes : int
        Number of classes.
    """

    pool: Samples
    validation: Samples
    test: Samples
    probe: Samples
    probe_rows: NDArray[np.int64]
    table: str
    n_classes: int

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.pool.features.shape[1])


def split_table(table: Table, settings: SplitSettings) -> Splits:
    """Split a table at random and standardise it by its training pool.

    Every feature is centred and divided by its standard deviation, both taken from the training
    pool alone; a feature that is constant there is only centred. The classes fall into the splits
    as chance has it: nothing is stratified.

    Parameters
    ----------
    table : Table
        The samples.
    settings : SplitSettings
        Shares of the splits and the seed.

    Returns
    -------
    Splits

    Raises
    ------
    InputError
        If a split would stay empty, or a feature cannot be standardised.
    """
    order = stream(SPLIT, settings.split_seed).permutation(table.n_samples)
    n_test, n_validation = split_lengths(table.n_samples, settings)
    test, validation, pool = np.split(order, [n_test, n_test + n_validation])
    whole = Samples(_standardised(table.features, pool), table.labels)
    probe_rows = stream(PROBE, settings.split_seed).permutation(table.n_samples)
    return Splits(
        pool=whole.take(pool),
        validation=whole.take(validation),
        test=whole.take(test),
        probe=whole.take(probe_rows),
        probe_rows=probe_rows,
        table=table.name,
        n_classes=len(table.classes),
    )


def split_lengths(n_samples: int, settings: SplitSettings) -> tuple[int, int]:
    """Return the number of test and of validation samples.

    Raises
    ------
    InputError
        If a split would stay empty.

    Examples
    --------
    >>> from activstats.studies.settings import StudySettings
    >>> split_lengths(1797, StudySettings())
    (359, 359)
    """
    n_test = round(n_samples * settings.test_share)
    n_validation = round(n_samples * settings.validation_share)
    if min(n_test, n_validation, n_samples - n_test - n_validation) < 1:
        raise InputError("the table has too few rows to be split.", got=f"{n_samples} rows")
    return n_test, n_validation


def _standardised(features: NDArray[np.float64], pool: NDArray[np.int64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        centre, scale = features[pool].mean(axis=0), features[pool].std(axis=0)
        scaled: NDArray[np.float32] = np.divide(
            features - centre, np.where(scale > 0, scale, 1.0), dtype=np.float64
        ).astype(np.float32)
    overflow = ~np.isfinite(scaled).all(axis=0)
    if overflow.any():
        raise InputError(
            "a feature is too large to be standardised.",
            got=f"feature {int(np.argmax(overflow))} (from 0)",
            hint="scale it down, or take its logarithm",
        )
    return scaled


def training_set(
    splits: Splits, n_train: int, seed: int, another_order: int | None = None
) -> Samples:
    """Return the first `n_train` samples of the training pool in the order of a seed, or another.

    The sets of one seed are nested: a larger one holds every sample of a smaller one. Classes come
    in the proportions that chance gives them.
    """
    order = stream(SUBSET, *_key(seed, another_order)).permutation(len(splits.pool))
    return splits.pool.take(order).first(n_train)


def with_random_labels(samples: Samples, seed: int) -> Samples:
    """Return the same samples with their labels permuted at random."""
    return Samples(samples.features, stream(RANDOM_LABELS, seed).permutation(samples.labels))


def batches(
    n_train: int, *, steps: int, batch_size: int, seed: int, order: int | None = None
) -> NDArray[np.int64]:
    """Return the rows of every step, shape (steps, min(batch_size, n_train)).

    Epochs are random permutations put end to end and cut into batches, so that no sample is seen
    twice before every other one was seen.

    Examples
    --------
    >>> batches(5, steps=3, batch_size=2, seed=0).shape
    (3, 2)
    """
    size = min(batch_size, n_train)
    epochs = -(-steps * size // n_train)
    rng = stream(BATCHES, *_key(seed, order), n_train)
    rows = rng.permuted(np.tile(np.arange(n_train), (epochs, 1)), axis=1)
    return rows.ravel()[: steps * size].reshape(steps, size)


def _key(seed: int, order: int | None) -> tuple[int, ...]:
    return (seed,) if order is None else (seed, order)
