"""What training needs to know of its samples and of the settings of a study."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Labelled(Protocol):
    """Samples with labels, as arrays."""

    @property
    def features(self) -> NDArray[Any]:
        """Inputs of the network, shape (n_samples, n_features)."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """Classes, shape (n_samples,), or one at each position."""

    def __len__(self) -> int: ...


class TrainingSettings(Protocol):
    """What settings of a study say about training."""

    @property
    def steps(self) -> int:
        """Optimiser steps."""

    @property
    def batch_size(self) -> int:
        """Samples of a step."""

    @property
    def learning_rate(self) -> float:
        """Learning rate of Adam."""

    @property
    def validation_every(self) -> int:
        """Steps between two looks at the validation split."""
