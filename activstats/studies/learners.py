"""Learners that have no hidden neurons: linear softmax, nearest neighbours, random forest.

They are the controls of everything that is said of loss over the number of training samples: a
curve with a plateau and a knee is no sign of free neurons where these learners show one, too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from activstats.studies.kinds import Kind
from activstats.studies.shape import n_softmax_parameters
from activstats.studies.splits import FOREST, stream

if TYPE_CHECKING:
    from activstats.studies.splits import Samples

Features = NDArray[np.float64]
Probabilities = NDArray[np.float64]

# From weights that hardly leave zero to weights that are hardly held back.
INVERSE_PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
NEIGHBOURS = (1, 2, 4, 8, 16, 32)
TREES = 100  # more change the loss by less than another seed does
MOST_ITERATIONS = 1000


@dataclass(frozen=True)
class Candidate:
    """A fitted learner under one value of its hyper-parameter.

    Parameters
    ----------
    setting : str
        The hyper-parameter in words.
    predict : callable
        Features of shape (n_samples, n_features) to probabilities of shape (n_samples, n_classes).
    needs_floor : bool
        Whether it gives some classes no probability at all.
    n_parameters : int
        Weights and biases; 0 if it has none.
    """

    setting: str
    predict: Callable[[Features], Probabilities]
    needs_floor: bool = True
    n_parameters: int = 0


def candidates(kind: Kind, samples: Samples, n_classes: int, seed: int) -> Iterator[Candidate]:
    """Fit a learner under each value of its hyper-parameter.

    - Linear softmax: logistic regression with the penalty |w|²/2C beside the sum of the
      cross-entropies, biases free; C of a thousandth to a hundred.
    - Nearest neighbours: shares of the classes among the k nearest by Euclidean distance, k of 1 to
      32.
    - Random forest: mean of the shares in the leaves of 100 full-grown trees (Breiman 2001, Machine
      Learning 45, 5–32), as scikit-learn sets it up. There is nothing to choose.

    Parameters
    ----------
    kind : Kind
        One of `LEARNERS`.
    samples : Samples
        The training set; it need not hold every class.
    n_classes : int
        Classes of the table.
    seed : int
        Of the forest.

    Yields
    ------
    Candidate
    """
    fit = {Kind.LINEAR: _linear, Kind.NEIGHBOURS: _neighbours, Kind.FOREST: _forest}[kind]
    yield from fit(as_float64(samples.features), samples.labels, n_classes, seed)


def as_float64(features: NDArray[np.float32]) -> Features:
    """Return features in the precision in which these learners work."""
    return np.asarray(features, dtype=np.float64)


def _linear(x: Features, y: NDArray[np.int64], n_classes: int, _seed: int) -> Iterator[Candidate]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    n_parameters = n_softmax_parameters(x.shape[1], n_classes)
    if len(np.unique(y)) == 1:
        only = partial(_always, int(y[0]), n_classes)
        yield Candidate("one class only", only, n_parameters=n_parameters)
        return
    for inverse in INVERSE_PENALTIES:
        with _small_sets_are_meant():
            # Features with far outliers can take longer; validation judges what was reached.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(C=inverse, max_iter=MOST_ITERATIONS).fit(x, y)
        yield Candidate(
            f"C = {inverse:g}",
            partial(_with_every_class, model, n_classes),
            needs_floor=len(model.classes_) < n_classes,
            n_parameters=n_parameters,
        )


def _neighbours(
    x: Features, y: NDArray[np.int64], n_classes: int, _seed: int
) -> Iterator[Candidate]:
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors().fit(x)
    for k in NEIGHBOURS:
        if k <= len(y):
            yield Candidate(f"k = {k}", partial(_shares_of_nearest, index, y, n_classes, k))


def _forest(x: Features, y: NDArray[np.int64], n_classes: int, seed: int) -> Iterator[Candidate]:
    from sklearn.ensemble import RandomForestClassifier

    state = int(stream(FOREST, seed, len(y)).integers(2**32))
    with _small_sets_are_meant():
        model = RandomForestClassifier(TREES, random_state=state, n_jobs=1).fit(x, y)
    yield Candidate(f"{TREES} trees", partial(_with_every_class, model, n_classes))


@contextmanager
def _small_sets_are_meant() -> Iterator[None]:
    """Keep scikit-learn from wondering, tree by tree, whether so many classes are labels at all."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="The number of unique classes", category=UserWarning
        )
        yield


def _always(only: int, n_classes: int, features: Features) -> Probabilities:
    return np.tile(np.eye(n_classes)[only], (len(features), 1))


def _with_every_class(model: Any, n_classes: int, features: Features) -> Probabilities:
    """Predict, with a column of zeros for each class that the training set did not hold."""
    found = np.zeros((len(features), n_classes))
    found[:, model.classes_] = model.predict_proba(features)
    return found


def _shares_of_nearest(
    index: Any, y: NDArray[np.int64], n_classes: int, k: int, features: Features
) -> Probabilities:
    nearest = y[index.kneighbors(features, k, return_distance=False)]
    cells = nearest + n_classes * np.arange(len(features))[:, None]
    votes = np.bincount(cells.ravel(), minlength=len(features) * n_classes)
    return votes.reshape(-1, n_classes) / k
