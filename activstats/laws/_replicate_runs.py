"""Replicate runs, whatever form they come in, as one table of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._checks import sample_number, whole_numbers
from activstats.laws.bits import HasBits, checked, counts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]

_HINT = "replicate_agreement([run_1.counts('relu'), run_2.counts('relu')])"


def counts_of_runs(
    runs: Sequence[Any], n_samples: int | Sequence[int] | None
) -> tuple[IntArray, list[int]]:
    """Return the counts, shape (n_runs, n_neurons), and the samples of each run.

    Raises
    ------
    InputError
        If there are fewer than two runs, or they are no counts of the same neurons.
    """
    given = list(runs)
    if len(given) < 2:
        raise InputError("agreement needs two runs at least.", got=len(given), hint=_HINT)
    said = list(n_samples) if isinstance(n_samples, Sequence) else [n_samples] * len(given)
    if len(said) != len(given):
        raise InputError(
            "each run needs its number of samples.", got=f"{len(said)} for {len(given)} runs"
        )
    pairs = [_counts_of_run(run, samples) for run, samples in zip(given, said, strict=True)]
    widths = [counts.size for counts, _ in pairs]
    if len(set(widths)) > 1:
        raise InputError("the runs have not the same neurons.", got=f"N = {widths}")
    return np.stack([counts for counts, _ in pairs]), [samples for _, samples in pairs]


def _counts_of_run(run: Any, n_samples: int | None) -> tuple[IntArray, int]:
    if isinstance(run, HasBits):
        return counts_of(checked(run)), int(run.n_samples)
    if hasattr(run, "counts") and hasattr(run, "n_samples"):
        n_samples, run = run.n_samples, run.counts
    counts = whole_numbers(run, "counts", _HINT)
    samples = sample_number(n_samples)
    if counts.max() > samples:
        raise InputError(
            "a neuron fired in more samples than there are.", got=counts.max(), allowed=samples
        )
    return counts, samples
