"""Probabilities that are never zero: a learner blended with even odds, as validation chooses.

A class that is given no probability and comes up makes the cross-entropy infinite. Clipping puts a
wall of arbitrary height there. Here even odds over the C classes of the table count like `a` more
samples beside the D that the learner was trained on, as in Laplace's rule of succession:
p = (D q + a/C) / (D + a), and validation chooses a. No probability is below a / (C (D + a)).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activstats.studies.learners import Candidate, as_float64
from activstats.studies.score import SMALLEST
from activstats.studies.splits import Samples

# Samples that even odds are worth. None of them is on offer only to learners without zeros.
EVEN_ODDS = (1, 4, 16, 64, 256, 1024)


@dataclass(frozen=True)
class Blended:
    """A learner with a floor under its probabilities.

    Parameters
    ----------
    candidate : Candidate
        The learner under the value of its hyper-parameter that validation chose.
    even_odds : int
        Samples that even odds are worth, a.
    n_train : int
        Samples it was trained on, D.
    n_classes : int
        Classes of the table, C.
    """

    candidate: Candidate
    even_odds: int
    n_train: int
    n_classes: int

    @property
    def weight(self) -> float:
        """Share of even odds in the blend, a / (D + a)."""
        return self.even_odds / (self.n_train + self.even_odds)

    @property
    def floor(self) -> float:
        """Probability that no class is given less than; 0 without even odds."""
        return self.weight / self.n_classes

    @property
    def words(self) -> str:
        """What was chosen, for the runs table."""
        if not self.even_odds:
            return self.candidate.setting
        return f"{self.candidate.setting}, even odds worth {self.even_odds}"

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of every class, shape (n_samples, n_classes)."""
        sure = self.candidate.predict(as_float64(features))
        return (1 - self.weight) * sure + self.floor


def choose(
    candidates: Iterable[Candidate], validation: Samples, *, n_train: int, n_classes: int
) -> Blended:
    """Return the candidate and the worth of even odds with the least validation loss.

    Parameters
    ----------
    candidates : iterable of Candidate
        A learner under each value of its hyper-parameter; the first one wins a tie.
    validation : Samples
        Chooses, and is used for nothing else.
    n_train, n_classes : int
        Samples the learner was trained on, and classes of the table.

    Returns
    -------
    Blended
    """
    best, least = None, np.inf
    rows = np.arange(len(validation))
    for candidate in candidates:
        right = candidate.predict(as_float64(validation.features))[rows, validation.labels]
        for even_odds in EVEN_ODDS if candidate.needs_floor else (0, *EVEN_ODDS):
            blended = Blended(candidate, even_odds, n_train, n_classes)
            blend = (1 - blended.weight) * right + blended.floor
            loss = -np.log(np.maximum(blend, SMALLEST)).mean()
            if loss < least:
                best, least = blended, loss
    assert best is not None, "every loss is finite"
    return best
