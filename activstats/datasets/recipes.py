"""What the shipped data are made of: one study, or one series of checkpoints, a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from activstats.datasets.makers import (
    first_recording,
    make_checkpoints,
    make_digits,
    make_learning_rates,
    make_stamina,
    make_tipping,
    no_recording,
    with_controls,
)

DIGITS = (
    "Activations of small networks on the Optical Recognition of Handwritten Digits (E. Alpaydin, "
    "C. Kaynak, 1998, UCI Machine Learning Repository, CC BY 4.0) as scikit-learn carries them; no "
    "picture is among the files."
)
SHAPES = "Figures of networks trained on pictures of shapes that activstats draws itself."


@dataclass(frozen=True)
class Part:
    """One study or recording of a dataset, under a name of its own.

    Parameters
    ----------
    name : str
        What it is asked for by.
    kind : str
        ``"study"`` or ``"recording"``.
    place : str
        Folder within the dataset's, ``"."`` for the whole.
    reader : str
        The command that reads it: ``"growth"``, ``"tipping"``, …
    what : str
        What it holds, in a sentence.
    """

    name: str
    kind: str
    place: str
    reader: str
    what: str


@dataclass(frozen=True)
class Recipe:
    """How a dataset is made.

    Parameters
    ----------
    name : str
        Name of its folder.
    make : callable
        Takes an empty folder and the number of processes, and fills the folder.
    parts : tuple of Part
        What is in it.
    source : str
        Where the samples are from, and their licence.
    keep : callable or None
        Takes the runs table; returns, for each of its rows, whether recordings are shipped. All are
        if this is left out.
    """

    name: str
    make: Callable[[Path, int], Any]
    parts: tuple[Part, ...]
    source: str
    keep: Callable[[Any], Any] | None = None


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "digits",
            make_digits,
            (
                Part(
                    "digits", "study", ".", "validate",
                    "Losses over training size, width and seed, a linear softmax and controls beside "
                    "them; masks of the networks trained on everything.",
                ),
                Part(
                    "digits-trained", "recording", "trained-w0256-n001079-s0", "growth",
                    "Mask of 256 trained neurons on 1,797 digits under four rules.",
                ),
                Part(
                    "digits-untrained", "recording", "untrained-w0256-n000000-s0", "growth",
                    "The same network before training: a control.",
                ),
                Part(
                    "digits-random-labels", "recording", "random-labels-w0256-n001079-s0", "growth",
                    "The same network trained on random labels: a control.",
                ),
                Part(
                    "digits-along", "recording", "trained-w0256-n001079-s0-along", "tipping",
                    "The same network at eleven times of its training, on 512 digits.",
                ),
            ),
            DIGITS,
            with_controls,
        ),
        Recipe(
            "checkpoints",
            make_checkpoints,
            (
                Part(
                    "checkpoints", "recording", "series", "inspect",
                    "Nine saved checkpoints of one training replayed on 600 digits, two of them equal.",
                ),
                Part(
                    "weights", "recording", "weights", "fluctuation",
                    "Moments of every weight of the same training, in windows of 80 steps.",
                ),
            ),
            DIGITS,
        ),
        Recipe(
            "learning-rates",
            make_learning_rates,
            (
                Part(
                    "learning-rates", "study", ".", "fluctuation",
                    "Table of runs: fluctuation of weights, firing and losses at nine learning rates.",
                ),
            ),
            f"{SHAPES} {DIGITS}",
            no_recording,
        ),
        Recipe(
            "tipping",
            make_tipping,
            (
                Part(
                    "tipping", "study", ".", "tipping",
                    "Table of runs: firing rates and losses over learning rates, widths and masks.",
                ),
            ),
            DIGITS,
            no_recording,
        ),
        Recipe(
            "stamina",
            make_stamina,
            (
                Part(
                    "stamina", "study", ".", "stamina",
                    "Table of Hebbian layers made smaller by stamina and by pruning; one recording.",
                ),
            ),
            DIGITS,
            first_recording,
        ),
    )
}  # fmt: skip
