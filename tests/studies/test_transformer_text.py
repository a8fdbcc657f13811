"""The text of the study of transformers: its documents, splits and windows."""

from collections import Counter

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.studies.transformer_data import (
    split_text,
    training_windows,
    windows,
    with_shuffled_text,
)
from activstats.studies.transformer_settings import TransformerSettings
from activstats.studies.transformer_text import (
    CHARACTERS,
    N_TOKENS,
    OTHER,
    Text,
    encode,
    help_topics,
)

SETTINGS = TransformerSettings(context=16, scored_tokens=640, probe_windows=200)


@pytest.fixture(scope="module")
def text():
    return help_topics()


@pytest.fixture(scope="module")
def splits(text):
    return split_text(text, SETTINGS)


def test_the_help_topics_of_python_are_there_and_read_as_characters(text):
    assert sum(map(len, text.documents)) > 200_000
    assert "assert" in text.names
    shown = "".join(CHARACTERS[i] for i in encode("a\nB~ ").tolist())
    assert shown == "a\nB~ "
    assert encode("é").tolist() == [OTHER]
    assert max(tokens.max() for tokens in text.tokens) < N_TOKENS


def test_splits_share_no_document_and_windows_stay_within_theirs(text, splits):
    whole = [tokens.tobytes() for tokens in text.tokens]
    pool = b"|".join(tokens.tobytes() for tokens in splits.pool)
    for part in (splits.validation, splits.test):
        assert part.n_tokens <= SETTINGS.scored_tokens
        for x, y in zip(part.features[:20], part.labels[:20], strict=True):
            piece = np.append(x, y[-1]).tobytes()
            assert np.array_equal(x[1:], y[:-1])
            assert any(piece in document for document in whole)
    in_pool = sum(tokens.tobytes() in pool for tokens in text.tokens)
    assert in_pool == len(splits.pool) < len(text.names)


def test_no_paragraph_stands_in_two_documents(text):
    # Topics such as that of `for` are chapters of others: they would be trained on and tested on.
    paragraphs = Counter(
        " ".join(one.split()) for document in text.documents for one in document.split("\n\n")
    )
    assert max(paragraphs.values()) == 1
    assert "for" not in text.names
    assert "compound" in text.names


def test_every_document_is_recorded_from_its_beginning(text, splits):
    probe = splits.probe
    assert sorted(set(probe.documents.tolist())) == list(range(len(text.names)))
    assert len(probe) <= SETTINGS.probe_windows
    for number in np.unique(probe.documents)[:10]:
        read = probe.features[probe.documents == number].ravel()
        np.testing.assert_array_equal(read, text.tokens[number][: read.size])


def test_training_sets_of_a_seed_are_nested_and_shuffling_keeps_the_characters(splits):
    small, large = (training_windows(splits, n, 1, 16) for n in (64, 256))
    np.testing.assert_array_equal(small.features, large.features[: len(small)])
    assert training_windows(splits, 5, 1, 16).labels.shape == (1, 5)
    shuffled = with_shuffled_text(large, 1)
    np.testing.assert_array_equal(
        np.bincount(np.append(shuffled.features.ravel(), shuffled.labels[-1, -1])),
        np.bincount(np.append(large.features.ravel(), large.labels[-1, -1])),
    )
    assert not np.array_equal(shuffled.features, large.features)


def test_texts_that_are_too_short_are_refused():
    short = Text(("a", "b", "c"), ("x" * 5,) * 3, "made")
    with pytest.raises(InputError, match="longer than a window"):
        split_text(short, SETTINGS)
    with pytest.raises(InputError, match="too few documents"):
        split_text(Text(("a",), ("x" * 500,), "made"), SETTINGS)


def test_windows_do_not_overlap_and_their_labels_come_next():
    found = windows([np.arange(10), np.arange(3), np.arange(100, 108)], 4, [7, 8, 9])
    assert found.features.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [100, 101, 102, 103]]
    assert found.labels.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8], [101, 102, 103, 104]]
    assert found.documents.tolist() == [7, 7, 9]
