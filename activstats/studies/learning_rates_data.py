"""Data of the study of learning rates: shapes for the autoencoder, digits for the classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from activstats.studies.learning_rates_settings import AUTOENCODER
from activstats.studies.shapes import shape_pictures
from activstats.studies.splits import Samples, split_lengths, split_table
from activstats.studies.table import digits_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.studies.learning_rates_settings import LearningRatesSettings


@dataclass(frozen=True, eq=False)
class TaskData:
    """Samples of one task; an autoencoder has its own inputs as targets.

    Parameters
    ----------
    train, validation, test : Samples
        No row is in two of them.
    """

    train: Samples
    validation: Samples
    test: Samples


def task_data(task: str, settings: LearningRatesSettings) -> TaskData:
    """Return the samples of a task."""
    if task == AUTOENCODER:
        pictures, labels = shape_pictures(settings.n_pictures, seed=settings.split_seed)
        return _cut(_centred(pictures, settings), labels, settings)
    splits = split_table(digits_table(), settings)
    return TaskData(splits.pool, splits.validation, splits.test)


def _order(n: int, settings: LearningRatesSettings) -> NDArray[np.int64]:
    return np.random.default_rng([7927, settings.split_seed]).permutation(n)


def _centred(pictures: NDArray[np.float32], settings: LearningRatesSettings) -> NDArray[np.float32]:
    """Bring all pixels to mean 0 and SD 1 over the training set, taken together."""
    n_test, n_validation = split_lengths(len(pictures), settings)
    train = pictures[_order(len(pictures), settings)[n_test + n_validation :]]
    return np.asarray((pictures - train.mean()) / train.std(), dtype=np.float32)


def _cut(
    pictures: NDArray[np.float32], labels: NDArray[np.int64], settings: LearningRatesSettings
) -> TaskData:
    order = _order(len(pictures), settings)
    n_test, n_validation = split_lengths(len(pictures), settings)
    test, validation, train = np.split(order, [n_test, n_test + n_validation])
    whole = Samples(pictures, labels)
    return TaskData(whole.take(train), whole.take(validation), whole.take(test))
