"""Compiled inner loops over the values of a chunk: counting and gathering those that are not 0."""

from __future__ import annotations

from activstats.compiled import compiled


@compiled
def count_nonzero(bits, but_sign, found):  # type: ignore[no-untyped-def]
    """Count the values of each row that are not 0, floating-point numbers seen as whole ones."""
    rows, n_neurons = bits.shape
    for row in range(rows):
        n = 0
        for j in range(n_neurons):
            n += (bits[row, j] & but_sign) != 0
        found[row] = n


@compiled
def gather_nonzero(bits, but_sign, indices, kept):  # type: ignore[no-untyped-def]
    """Write the values that are not 0 and their neurons; both need a place more than there are."""
    rows, n_neurons = bits.shape
    place = 0
    for row in range(rows):
        for j in range(n_neurons):
            value = bits[row, j]
            # Written before it is known whether to keep: a branch would be guessed wrong too often.
            indices[place] = j
            kept[place] = value
            place += (value & but_sign) != 0
