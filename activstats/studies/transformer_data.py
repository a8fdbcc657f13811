"""A text cut by documents into training pool, validation and test, and into windows of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from activstats.errors import InputError
from activstats.studies.split_settings import SplitSettings
from activstats.studies.splits import PROBE, RANDOM_LABELS, SPLIT, SUBSET, stream
from activstats.studies.transformer_text import Text

Tokens = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Windows:
    """Pieces of text, equally long, and at each place the token that comes next.

    Parameters
    ----------
    features, labels : ndarray of int, shape (n_windows, length)
        Tokens, and the tokens after them.
    documents : ndarray of int, shape (n_windows,)
        Document that each window is from, its number in the text; −1 where nobody asks.
    """

    features: Tokens
    labels: Tokens
    documents: Tokens

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_tokens(self) -> int:
        """Tokens that are predicted."""
        return int(self.labels.size)

    def rows(self, places: slice) -> Windows:
        """Return some of the windows."""
        return Windows(self.features[places], self.labels[places], self.documents[places])


@dataclass(frozen=True, eq=False)
class TextSplits:
    """Everything that the runs of the study read.

    Parameters
    ----------
    pool : tuple of ndarray of int
        Documents to train on.
    validation, test : Windows
        Of other documents: to choose the checkpoint by, and to report on.
    probe : Windows
        What is recorded: the beginning of every document, in a fixed random order of the documents.
    """

    pool: tuple[Tokens, ...]
    validation: Windows
    test: Windows
    probe: Windows


class TextSplitSettings(SplitSettings, Protocol):
    """What the settings of the study say about its text."""

    @property
    def context(self) -> int:
        """Tokens of a window."""

    @property
    def scored_tokens(self) -> int:
        """Most tokens of validation, and of test, that are scored."""

    @property
    def probe_windows(self) -> int:
        """Most windows that are recorded."""


def split_text(text: Text, settings: TextSplitSettings) -> TextSplits:
    """Split a text by whole documents, so that none is trained on and reported on.

    Documents are taken in a random order until each split has its share of the characters. At most
    `scored_tokens` of validation and of test are scored, spread evenly over their windows.

    Raises
    ------
    InputError
        If the text has too few documents, or they are too short.
    """
    order = stream(SPLIT, settings.split_seed).permutation(len(text.tokens))
    sizes = np.cumsum([text.tokens[i].size for i in order])
    before = (sizes - [text.tokens[i].size for i in order]) / sizes[-1]
    test = before < settings.test_share
    validation = ~test & (before < settings.test_share + settings.validation_share)
    parts = [order[test], order[validation], order[~test & ~validation]]
    if any(not part.size for part in parts):
        raise InputError("the text has too few documents to be split.", got=len(text.tokens))
    tested, validated, pool = ([text.tokens[i] for i in part] for part in parts)
    most = settings.scored_tokens // settings.context
    return TextSplits(
        pool=tuple(pool),
        validation=_spread(windows(validated, settings.context), most),
        test=_spread(windows(tested, settings.context), most),
        probe=_probe(text, settings),
    )


def windows(documents: Sequence[Tokens], length: int, numbers: Sequence[int] = ()) -> Windows:
    """Cut documents into windows that do not overlap; none reaches over the end of a document.

    Raises
    ------
    InputError
        If no document is longer than a window.

    Examples
    --------
    >>> windows([np.arange(8)], 3).labels.tolist()
    [[1, 2, 3], [4, 5, 6]]
    """
    features, labels, from_ = [], [], []
    for place, tokens in enumerate(documents):
        n = (tokens.size - 1) // length
        if n < 1:
            continue
        features.append(tokens[: n * length].reshape(n, length))
        labels.append(tokens[1 : n * length + 1].reshape(n, length))
        from_.append(np.full(n, numbers[place] if numbers else -1, dtype=np.int64))
    if not features:
        raise InputError(
            "no document is longer than a window.",
            got=f"windows of {length} tokens",
            hint="context",
        )
    return Windows(np.concatenate(features), np.concatenate(labels), np.concatenate(from_))


def training_windows(splits: TextSplits, n_tokens: int, seed: int, context: int) -> Windows:
    """Return the first `n_tokens` tokens of the pool in the order of documents that a seed gives.

    The sets of a seed are nested. Windows are `context` tokens long, fewer where the whole set is.
    """
    documents = stream(SUBSET, seed).permutation(len(splits.pool))
    joined = np.concatenate([splits.pool[i] for i in documents])[: n_tokens + 1]
    return windows([joined], min(context, n_tokens))


def with_shuffled_text(samples: Windows, seed: int) -> Windows:
    """Return windows of the same characters in a random order: nothing says what comes next."""
    text = np.append(samples.features.ravel(), samples.labels[-1, -1])
    shuffled = stream(RANDOM_LABELS, seed).permutation(text)
    return windows([shuffled], samples.features.shape[1])


def pool_tokens(splits: TextSplits) -> int:
    """Return how many tokens of the pool can be predicted."""
    return sum(document.size for document in splits.pool) - 1


def _spread(found: Windows, most: int) -> Windows:
    return found.rows(slice(None, None, max(-(-len(found) // max(most, 1)), 1)))


def _probe(text: Text, settings: TextSplitSettings) -> Windows:
    """Take the beginnings of all documents, as many windows of each as it has, up to one number."""
    length, order = (
        settings.context,
        stream(PROBE, settings.split_seed).permutation(len(text.tokens)),
    )
    each = 1
    available = np.array([(tokens.size - 1) // length for tokens in text.tokens])
    while (
        np.minimum(available, each + 1).sum() <= settings.probe_windows and each < available.max()
    ):
        each += 1
    beginnings = [text.tokens[i][: each * length + 1] for i in order]
    return windows(beginnings, length, [int(i) for i in order])
