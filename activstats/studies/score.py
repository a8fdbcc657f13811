"""How well predicted probabilities do: cross-entropy, accuracy and Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The smallest normal number: below it the logarithm would be that of a zero.
SMALLEST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Score:
    """Quality of the predictions on one set of samples.

    Parameters
    ----------
    loss : float
        Mean cross-entropy in nats.
    accuracy : float
        Share of samples whose most probable class is the right one.
    brier : float
        Mean squared distance between the predicted probabilities and the class as 0 and 1, summed
        over classes: 0 to 2, as in Brier (1950), Monthly Weather Review 78, eq. 2.
    """

    loss: float
    accuracy: float
    brier: float


def score_probabilities(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Score:
    """Return loss, accuracy and Brier score of predicted probabilities.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_samples, n_classes)
        Rows that sum to one.
    labels : ndarray of int, shape (n_samples,)
        Classes.

    Returns
    -------
    Score
        A probability that is too small for a float counts as the smallest one, 2e-308.

    Examples
    --------
    >>> score_probabilities(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])).brier
    0.3125
    """
    truth = np.eye(probabilities.shape[1])[labels]
    right = probabilities[np.arange(len(labels)), labels]
    return Score(
        loss=float(-np.log(np.maximum(right, SMALLEST)).mean()),
        accuracy=float((probabilities.argmax(axis=1) == labels).mean()),
        brier=float(np.square(probabilities - truth).sum(axis=1).mean()),
    )
