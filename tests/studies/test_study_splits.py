"""Splits, scaling, nested subsets and batches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.studies.settings import StudySettings
from activstats.studies.splits import (
    batches,
    split_table,
    training_set,
    with_random_labels,
)
from activstats.studies.table import Table


def table(n_samples=100, n_features=3):
    rng = np.random.default_rng(3)
    features = rng.normal(5, 3, size=(n_samples, n_features))
    features[:, 0] = np.arange(n_samples)  # tells the rows apart after scaling too
    return Table("toy", features, np.arange(n_samples) % 4, ("a", "b", "c", "d"))


def row_numbers(samples, order):
    return {int(row) for row in np.searchsorted(order, samples.features[:, 0])}


@given(
    n_samples=st.integers(20, 300),
    test_share=st.floats(0.05, 0.45),
    validation_share=st.floats(0.05, 0.45),
    seed=st.integers(0, 5),
)
@settings(deadline=None, max_examples=40)
def test_every_row_is_in_one_split_and_no_other(n_samples, test_share, validation_share, seed):
    config = StudySettings(
        test_share=test_share, validation_share=validation_share, split_seed=seed
    )
    splits = split_table(table(n_samples), config)
    marks = np.sort(splits.probe.features[:, 0])
    parts = [row_numbers(part, marks) for part in (splits.pool, splits.validation, splits.test)]
    assert sum(map(len, parts)) == n_samples
    assert set.union(*parts) == set(range(n_samples))


def test_scaling_uses_the_training_pool_only():
    config = StudySettings()
    splits = split_table(table(), config)
    np.testing.assert_allclose(splits.pool.features.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(splits.pool.features.std(axis=0), 1, atol=1e-6)

    changed = table()
    pool = {tuple(row) for row in splits.pool.features}
    outside = [
        row
        for row, scaled in zip(splits.probe_rows, splits.probe.features, strict=True)
        if tuple(scaled) not in pool
    ]
    changed.features[outside] *= 1000
    np.testing.assert_array_equal(split_table(changed, config).pool.features, splits.pool.features)


def test_a_constant_feature_is_only_centred():
    flat = table()
    flat.features[:, 1] = 7.0
    assert not split_table(flat, StudySettings()).probe.features[:, 1].any()


def test_a_feature_beyond_floating_point_is_refused():
    huge = table()
    huge.features[:, 2] *= 1e307
    with pytest.raises(InputError, match="too large"):
        split_table(huge, StudySettings())


def test_the_probe_is_the_whole_table_in_another_order():
    toy = table()
    splits = split_table(toy, StudySettings())
    assert sorted(splits.probe_rows) == list(range(toy.n_samples))
    assert splits.probe_rows.tolist() != sorted(splits.probe_rows)
    np.testing.assert_array_equal(splits.probe.labels, toy.labels[splits.probe_rows])


def test_subsets_of_one_seed_are_nested_and_differ_between_seeds():
    splits = split_table(table(), StudySettings())
    small, large = (training_set(splits, n, seed=1) for n in (16, 40))
    np.testing.assert_array_equal(small.features, large.features[:16])
    np.testing.assert_array_equal(small.labels, large.labels[:16])
    assert not np.array_equal(small.features, training_set(splits, 16, seed=2).features)


def test_random_labels_keep_the_classes_and_the_features():
    samples = training_set(split_table(table(), StudySettings()), 60, seed=0)
    shuffled = with_random_labels(samples, seed=0)
    np.testing.assert_array_equal(shuffled.features, samples.features)
    np.testing.assert_array_equal(np.bincount(shuffled.labels), np.bincount(samples.labels))
    assert not np.array_equal(shuffled.labels, samples.labels)


@given(n_train=st.integers(1, 200), steps=st.integers(1, 60), seed=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_batches_visit_every_sample_equally_often(n_train, steps, seed):
    rows = batches(n_train, steps=steps, batch_size=64, seed=seed)
    assert rows.shape == (steps, min(64, n_train))
    visits = np.bincount(rows.ravel(), minlength=n_train)
    assert visits.max() - visits.min() <= 1
    assert len(visits) == n_train


def test_a_batch_never_holds_a_sample_twice_when_the_set_is_a_multiple_of_it():
    rows = batches(128, steps=50, batch_size=64, seed=0)
    assert all(len(set(batch)) == 64 for batch in rows)


def test_size_grid_goes_from_two_to_the_whole_pool_in_nearly_equal_ratios():
    grid = StudySettings().size_grid(1079)
    assert (len(grid), grid[0], grid[-1]) == (13, 2, 1079)
    exact = 2 * (1079 / 2) ** (np.arange(13) / 12)
    np.testing.assert_array_equal(grid, np.rint(exact))
    assert StudySettings().size_grid(6) == (2, 3, 4, 5, 6)
    assert StudySettings(sizes=(64, 16)).size_grid(64) == (16, 64)


def test_a_pool_that_is_too_small_is_refused():
    with pytest.raises(DomainError, match="smaller than the training-set sizes"):
        StudySettings().size_grid(1)
    with pytest.raises(DomainError, match="smaller than the training-set sizes"):
        StudySettings(sizes=(16, 200)).size_grid(199)
    with pytest.raises(InputError, match="too few rows"):
        split_table(replace_rows(2), StudySettings())


def replace_rows(n_samples):
    toy = object.__new__(Table)  # a table this short is refused by Table itself
    whole = table()
    object.__setattr__(toy, "name", "tiny")
    object.__setattr__(toy, "features", whole.features[:n_samples])
    object.__setattr__(toy, "labels", whole.labels[:n_samples])
    object.__setattr__(toy, "classes", whole.classes)
    return toy


@pytest.mark.parametrize(
    "wrong",
    [
        {"widths": ()},
        {"widths": (64, 64)},
        {"widths": (1,)},
        {"widths": (64.5,)},
        {"seeds": (-1,)},
        {"sizes": 0},
        {"sizes": (1,)},
        {"steps": 0},
        {"batch_size": True},
        {"depths": (2, 3)},
        {"depths": (1, 0)},
        {"depths": 2},
        {"learners": ("oracle",)},
        {"learners": "random forest"},
        {"learners": ("random forest", "random forest")},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"test_share": 0.0},
        {"test_share": 0.6, "validation_share": 0.4},
        {"rules": ("most_of_them",)},
        {"rules": ("top1%", "top_fraction(0.01)")},
    ],
)
def test_settings_outside_their_domain_are_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        StudySettings(**wrong)


def test_equal_settings_have_equal_fingerprints_however_they_are_written():
    one = StudySettings(widths=[64, 128], rules=["top1%"])
    other = StudySettings(widths=(64, 128), rules=("top_fraction(0.01)",))
    assert one == other
    assert one.fingerprint("t") == other.fingerprint("t") != one.fingerprint("u")
    assert replace(one, steps=999).fingerprint("t") != one.fingerprint("t")
