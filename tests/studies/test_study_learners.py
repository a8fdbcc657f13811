"""Learners without hidden neurons: the same as scikit-learn's, with floors that are told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss
from sklearn.neighbors import KNeighborsClassifier

from activstats.studies.floor import EVEN_ODDS, Blended, choose
from activstats.studies.kinds import LEARNERS, Kind
from activstats.studies.learnerrun import perform_learner
from activstats.studies.learners import Candidate, candidates
from activstats.studies.planned import PlannedRun
from activstats.studies.score import score_probabilities
from activstats.studies.settings import StudySettings
from activstats.studies.splits import Samples, split_table, training_set
from activstats.studies.table import digits_table

CONFIG = StudySettings()


@pytest.fixture(scope="module")
def splits():
    return split_table(digits_table(), CONFIG)


def fitted(kind, samples, n_classes=10, seed=0):
    return {found.setting: found for found in candidates(kind, samples, n_classes, seed)}


def row(splits, kind, n_train, seed=0):
    return perform_learner(PlannedRun(kind, 0, n_train, seed, depth=0), splits, CONFIG)


def test_linear_softmax_is_the_logistic_regression_of_scikit_learn(splits):
    samples = training_set(splits, 200, seed=0)
    x = splits.test.features.astype(float)
    found = fitted(Kind.LINEAR, samples)["C = 0.1"]
    model = LogisticRegression(C=0.1, max_iter=1000).fit(
        samples.features.astype(float), samples.labels
    )
    np.testing.assert_allclose(found.predict(x), model.predict_proba(x), rtol=1e-10)
    assert not found.needs_floor
    assert found.n_parameters == model.coef_.size + model.intercept_.size


def test_linear_softmax_minimises_the_penalised_cross_entropy(splits):
    """The same minimum by another route: the formula written out, and a general minimiser."""
    samples = training_set(splits, 60, seed=0)
    x, y = samples.features[:, 20:24].astype(float), samples.labels % 3
    truth = np.eye(3)[y]

    def cost(flat):
        weights, bias = flat[:12].reshape(4, 3), flat[12:]
        logits = log_softmax(x @ weights + bias, axis=1)
        errors = np.exp(logits) - truth
        slope = np.concatenate([(x.T @ errors + weights / 0.1).ravel(), errors.sum(axis=0)])
        return -(logits * truth).sum() + np.square(weights).sum() / (2 * 0.1), slope

    best = minimize(cost, np.zeros(15), jac=True, options={"gtol": 1e-8}).x
    expected = np.exp(log_softmax(x @ best[:12].reshape(4, 3) + best[12:], axis=1))
    found = fitted(Kind.LINEAR, Samples(x.astype(np.float32), y), n_classes=3)["C = 0.1"]
    np.testing.assert_allclose(found.predict(x), expected, atol=2e-3)


def test_nearest_neighbours_of_a_toy_are_counted_by_hand():
    features = np.array([[0.0], [1.0], [2.0], [10.0]], dtype=np.float32)
    found = fitted(Kind.NEIGHBOURS, Samples(features, np.array([0, 0, 1, 2])), n_classes=4)
    assert list(found) == ["k = 1", "k = 2", "k = 4"]
    near = np.array([[1.6], [9.0]])
    np.testing.assert_array_equal(found["k = 1"].predict(near), [[0, 1, 0, 0], [0, 0, 1, 0]])
    np.testing.assert_array_equal(
        found["k = 2"].predict(near), [[0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0]]
    )
    np.testing.assert_array_equal(found["k = 4"].predict(near), [[0.5, 0.25, 0.25, 0]] * 2)


def test_nearest_neighbours_are_those_of_scikit_learn(splits):
    samples = training_set(splits, 300, seed=1)
    x = splits.test.features.astype(float)
    model = KNeighborsClassifier(8).fit(samples.features.astype(float), samples.labels)
    found = fitted(Kind.NEIGHBOURS, samples)["k = 8"].predict(x)
    np.testing.assert_allclose(found, model.predict_proba(x), rtol=1e-12)


@pytest.mark.parametrize("kind", LEARNERS)
@pytest.mark.parametrize("n_train", [2, 5, 100])
def test_probabilities_sum_to_one_and_keep_to_the_floor(splits, kind, n_train):
    samples = training_set(splits, n_train, seed=0)
    learner = choose(
        candidates(kind, samples, 10, 0), splits.validation, n_train=n_train, n_classes=10
    )
    found = learner.predict(splits.test.features)
    assert found.shape == (len(splits.test), 10)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert found.min() >= learner.floor
    assert learner.floor == learner.even_odds / (n_train + learner.even_odds) / 10
    missing = len(np.unique(samples.labels)) < 10
    assert (learner.floor > 0) or not (missing or learner.candidate.needs_floor)


def test_score_agrees_with_scikit_learn(rng):
    probabilities, labels = rng.dirichlet(np.ones(5), size=200), rng.integers(0, 5, 200)
    found, classes = score_probabilities(probabilities, labels), np.arange(5)
    assert found.loss == pytest.approx(log_loss(labels, probabilities, labels=classes))
    assert found.accuracy == accuracy_score(labels, probabilities.argmax(axis=1))
    brier = brier_score_loss(labels, probabilities, labels=classes, scale_by_half=False)
    assert found.brier == pytest.approx(brier)
    sure = score_probabilities(np.eye(5)[labels], (labels + 1) % 5)
    assert (sure.accuracy, sure.brier) == (0.0, 2.0)
    assert sure.loss == pytest.approx(708.396, abs=0.001)  # −log of the smallest normal number


@given(
    right=st.lists(st.floats(0, 1), min_size=1, max_size=30),
    n_train=st.integers(1, 10**6),
    needs_floor=st.booleans(),
)
@settings(max_examples=60)
def test_validation_chooses_the_best_worth_of_even_odds(right, n_train, needs_floor):
    """Two classes, class 0 right everywhere: the loss of each blend is written out."""
    right = np.array(right)
    one = Candidate("one", lambda _: np.column_stack([right, 1 - right]), needs_floor)
    validation = Samples(np.zeros((len(right), 1), np.float32), np.zeros(len(right), np.int64))
    chosen = choose([one, one], validation, n_train=n_train, n_classes=2)
    odds = EVEN_ODDS if needs_floor else (0, *EVEN_ODDS)
    tiny = np.finfo(float).tiny
    losses = [
        -np.log(np.maximum((n_train * right + a / 2) / (n_train + a), tiny)).mean() for a in odds
    ]
    blend = chosen.predict(np.zeros((len(right), 1), np.float32))[:, 0]
    assert -np.log(np.maximum(blend, tiny)).mean() <= min(losses) * (1 + 1e-9) + 1e-12


def test_what_was_chosen_is_told_in_words(splits):
    sure = Candidate("k = 1", lambda x: np.eye(2)[np.zeros(len(x), int)])
    assert Blended(sure, 4, 12, 2).words == "k = 1, even odds worth 4"
    assert Blended(sure, 4, 12, 2).floor == 0.125
    assert Blended(sure, 0, 12, 2).words == "k = 1"
    found = row(splits, Kind.LINEAR, 1079)
    assert found["chosen"] == "C = 1"
    assert (found["probability_floor"], found["n_parameters"]) == (0.0, 650)


def test_hyper_parameters_are_chosen_without_a_look_at_the_test_split(splits):
    other = replace(splits, test=Samples(splits.test.features, (splits.test.labels + 1) % 10))
    for kind in LEARNERS:
        one, another = row(splits, kind, 60), row(other, kind, 60)
        assert one["chosen"] == another["chosen"]
        assert one["validation_loss"] == another["validation_loss"]
        assert one["test_loss"] < another["test_loss"]


@pytest.mark.parametrize("kind", LEARNERS)
def test_rows_are_the_same_for_a_seed_and_differ_between_seeds(splits, kind):
    assert row(splits, kind, 40) == row(splits, kind, 40)
    assert row(splits, kind, 40)["test_loss"] != row(splits, kind, 40, seed=1)["test_loss"]


@pytest.mark.parametrize("kind", LEARNERS)
def test_a_training_set_of_one_class_guesses(splits, kind):
    same = np.flatnonzero(splits.pool.labels == 3)
    pool = splits.pool.take(same[:2])
    learner = choose(candidates(kind, pool, 10, 0), splits.validation, n_train=2, n_classes=10)
    found = score_probabilities(learner.predict(splits.test.features), splits.test.labels)
    assert abs(found.loss - np.log(10)) < 0.02
    assert found.accuracy == (splits.test.labels == 3).mean()


@pytest.mark.parametrize("kind", LEARNERS)
def test_more_classes_than_half_of_the_samples_are_no_reason_to_warn(kind, rng):
    samples = Samples(rng.normal(size=(30, 3)).astype(np.float32), np.arange(30) % 20)
    for found in candidates(kind, samples, 24, 0):
        assert found.predict(samples.features.astype(float)).shape == (30, 24)


def test_far_outliers_are_no_error_and_no_silent_nan():
    rng = np.random.default_rng(5)
    features = rng.standard_cauchy(size=(40, 3)).astype(np.float32) * np.float32(1e4)
    samples = Samples(features, rng.integers(0, 2, size=40))
    for kind in LEARNERS:
        learner = choose(candidates(kind, samples, 2, 0), samples, n_train=40, n_classes=2)
        assert np.isfinite(score_probabilities(learner.predict(features), samples.labels).loss)
