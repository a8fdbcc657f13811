"""Text to train on that is there wherever Python is: the help topics of `pydoc`, a document each."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from activstats.errors import StudyError

NAME = "help topics of Python"
LICENCE = "Python Software Foundation License Version 2"

# Tokens are characters: the printable ones of ASCII, the end of a line, and one for all others.
CHARACTERS = "".join(map(chr, range(32, 127))) + "\n"
OTHER = len(CHARACTERS)
N_TOKENS = OTHER + 1


@dataclass(frozen=True)
class Text:
    """Documents, in alphabetical order of their names.

    Parameters
    ----------
    names : tuple of str
        Of the documents.
    documents : tuple of str
        What they say.
    source : str
        Where the text is from, in words.
    """

    names: tuple[str, ...]
    documents: tuple[str, ...]
    source: str

    @property
    def fingerprint(self) -> str:
        """Hash of names and documents."""
        digest = hashlib.sha256()
        for name, document in zip(self.names, self.documents, strict=True):
            digest.update(f"{name}\0{document}\0".encode())
        return digest.hexdigest()

    @cached_property
    def tokens(self) -> tuple[NDArray[np.int64], ...]:
        """The documents as tokens, shapes (n_characters,)."""
        return tuple(encode(document) for document in self.documents)


def encode(text: str) -> NDArray[np.int64]:
    """Return a text as tokens, one a character.

    Examples
    --------
    >>> encode("a b…").tolist()
    [65, 0, 66, 96]
    """
    place = {character: number for number, character in enumerate(CHARACTERS)}
    return np.array([place.get(character, OTHER) for character in text], dtype=np.int64)


def help_topics() -> Text:
    """Return the help topics that ship with Python as `pydoc_data.topics`.

    They are the language reference in pieces, under the licence of Python itself. Many topics are
    chapters of others; each paragraph is kept once. Other versions of Python have other wording, and so
    another fingerprint.

    Raises
    ------
    StudyError
        If this Python was installed without them.

    Examples
    --------
    >>> text = help_topics()
    >>> text.names[0], "if" in text.names
    ('assert', False)
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise StudyError(
            "this Python was installed without its help topics.",
            got="no module pydoc_data.topics",
            hint="install the whole standard library",
        ) from error
    documents = without_repeats(topics)
    version = ".".join(map(str, sys.version_info[:3]))
    return Text(
        names=tuple(documents),
        documents=tuple(documents.values()),
        source=f"pydoc_data.topics of Python {version}, {LICENCE}",
    )


def without_repeats(documents: Mapping[str, str]) -> dict[str, str]:
    r"""Return documents with each paragraph in one of them alone, the longest that has it.

    What is trained on would come up again in the test split otherwise. Documents of which less than
    half is left are left out.

    Parameters
    ----------
    documents : mapping of str to str
        Paragraphs stand apart by empty lines; how their lines are broken does not matter.

    Returns
    -------
    dict of str to str
        In alphabetical order of the names.

    Examples
    --------
    >>> without_repeats({"a": "One.\n\nTwo.\n\nThree.", "b": "Two.\n\nFour, five.", "c": "Two."})
    {'a': 'One.\n\nTwo.\n\nThree.', 'b': 'Four, five.'}
    """
    met: set[str] = set()
    found = {}
    for name in sorted(documents, key=lambda name: (-len(documents[name]), name)):
        kept = []
        for paragraph in documents[name].split("\n\n"):
            words = " ".join(paragraph.split())
            if words and words not in met:
                kept.append(paragraph)
            met.add(words)
        left = "\n\n".join(kept)
        if 2 * len(left) >= len(documents[name]):
            found[name] = left
    return dict(sorted(found.items()))
