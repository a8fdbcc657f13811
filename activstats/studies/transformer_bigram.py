"""The learner without hidden neurons: what comes next, by the previous character alone.

A linear softmax on the previous character, as 0 and 1 for each, has as many weights as there are
pairs of characters, and its likelihood is highest at their counted frequencies: it needs no search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.studies.floor import Blended, choose
from activstats.studies.learners import Candidate
from activstats.studies.score import Score, score_probabilities
from activstats.studies.transformer_text import N_TOKENS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.studies.transformer_data import Windows

# Occurrences of a character's overall frequencies that are added to what was counted after another.
PRIORS = (0.1, 1.0, 10.0, 100.0)


class _Pairs:
    """Windows with the previous character as the only feature, as `choose` takes samples."""

    def __init__(self, windows: Windows) -> None:
        self.features = windows.features.reshape(-1, 1).astype(np.float32)
        self.labels = windows.labels.ravel()

    def __len__(self) -> int:
        return len(self.labels)


def fit_bigram(samples: Windows, validation: Windows) -> Blended:
    """Fit frequencies of pairs, with what they are blended with chosen on the validation split.

    Parameters
    ----------
    samples, validation : Windows
        The training set, and the split that chooses and is used for nothing else.

    Returns
    -------
    Blended
        Frequencies after each character, drawn towards those of all characters, with even odds below.
    """
    pairs = np.zeros((N_TOKENS, N_TOKENS))
    np.add.at(pairs, (samples.features.ravel(), samples.labels.ravel()), 1.0)
    overall = pairs.sum(axis=0) / pairs.sum()
    candidates = (
        Candidate(f"{prior:g} of all characters", _Frequencies(pairs, overall, prior))
        for prior in PRIORS
    )
    return choose(
        candidates,
        _Pairs(validation),  # type: ignore[arg-type]
        n_train=samples.n_tokens,
        n_classes=N_TOKENS,
    )


def score_bigram(learner: Blended, windows: Windows) -> Score:
    """Return how well the learner predicts every token of some windows."""
    pairs = _Pairs(windows)
    return score_probabilities(learner.predict(pairs.features), pairs.labels)


class _Frequencies:
    def __init__(
        self, pairs: NDArray[np.float64], overall: NDArray[np.float64], prior: float
    ) -> None:
        blended = pairs + prior * overall
        self.table = blended / blended.sum(axis=1, keepdims=True)

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.table[features[:, 0].astype(np.int64)]
        return found
