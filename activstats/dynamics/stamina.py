"""The stamina ledger: which neurons of a recording would have died when, for any penalty.

Nothing is trained anew. The recording says which sample activated which neuron, and the ledger keeps
the stamina that each would have had. In a layer that is really trained with stamina, deaths change
what the others do; the ledger does not know of that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.dynamics._stamina_book import Book, checked_gains, unit_of, word_blocks
from activstats.dynamics._stamina_booked import ledger_result
from activstats.dynamics._stamina_kernels import ledger_of_masks
from activstats.dynamics._stamina_kernels_values import ledger_of_values
from activstats.dynamics._stamina_stream import MEMORY_LIMIT, OutputStream
from activstats.dynamics.stamina_drift import (
    CAP,
    LIFE,
    FloatArray,
    balancing_penalty,
    check_penalties,
    typical_penalty,
)
from activstats.dynamics.stamina_result import StaminaLedgerResult
from activstats.errors import DomainError
from activstats.laws.bits import HasBits, checked

# Useful ratios are .3 to 2; a decade each way shows where none and all would have died.
RATIOS = tuple(np.geomspace(0.1, 10, 41).round(6).tolist())


@dataclass(frozen=True)
class StaminaLedger:
    """Deaths of neurons for many penalties, from a recording alone.

    Parameters
    ----------
    ratios : array_like of float, optional
        Penalties as multiples of the median p* of the neurons that fire; the default unless
        `penalties` are given.
    penalties : array_like of float, optional
        Penalties in units of the output.
    life : float
        Samples that a neuron lives in silence from the start, so that it starts with life·p.
    cap : float
        Most stamina, in starts.
    start : float, optional
        Stamina at the start in units of the output, the same under every penalty, in place of
        `life`: the absolute form.
    level : float
        Confidence level of intervals over neurons.

    Examples
    --------
    >>> from activstats.counts import ActivationMask
    >>> active = np.tile([[True, True, False], [False, True, False]], (300, 1))
    >>> mask = ActivationMask.from_active(active)
    >>> ledger = StaminaLedger(penalties=[0.5, 2.0], life=100).fit(mask)
    >>> ledger.died_at  # a row a neuron, a column a penalty; -1 lives
    array([[ -1, 399],
           [ -1,  -1],
           [ 99,  99]])
    >>> ledger.balancing, ledger.survivors
    (array([ 1., inf,  0.]), array([2, 1]))
    """

    ratios: tuple[float, ...] | None = None
    penalties: tuple[float, ...] | None = None
    life: float = LIFE
    cap: float = CAP
    start: float | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in ("ratios", "penalties"):
            if getattr(self, name) is not None:
                found = tuple(check_penalties(getattr(self, name)).tolist())
                object.__setattr__(self, name, found)
        if self.ratios is not None and self.penalties is not None:
            raise DomainError("penalties are relative or absolute, not both.")
        for name, least in (("life", 0.0), ("start", 0.0)):
            value = getattr(self, name)
            if value is not None and not least < value < math.inf:
                raise DomainError(f"'{name}' must be positive and finite.", got=value)
        if not 1 <= self.cap < math.inf:
            raise DomainError("stamina starts below its cap.", got=self.cap, allowed="1 <= cap < ∞")
        if not 0 < self.level < 1:
            raise DomainError("a level lies between 0 and 1.", got=self.level)

    def fit(
        self,
        mask: HasBits,
        gain: ArrayLike | None = None,
        *,
        gain_words: str = "",
        provenance: Mapping[str, Any] | None = None,
    ) -> StaminaLedgerResult:
        """Keep the ledger of a mask, which knows when neurons fired but not with which output.

        Parameters
        ----------
        mask : HasBits
            Packed activations, such as `Recording.mask` gives.
        gain : array_like of float, shape (n_neurons,), optional
            Gained at every firing: the neuron's mean output when it fires. 1 if left out: then only
            the frequency of firing counts.
        gain_words : str
            What the gain is, for the summary.
        provenance : mapping, optional
            Where the mask comes from; by default what it says itself.

        Returns
        -------
        StaminaLedgerResult

        Raises
        ------
        InputError
            If the mask is none or the gains do not fit it.
        """
        bits = checked(mask)
        n_neurons, n = len(bits.bits), int(bits.n_samples)
        gains = checked_gains(gain, n_neurons)
        counts = np.bitwise_count(bits.bits).sum(axis=1, dtype=np.int64)
        book = self._book(counts * gains / n, counts / n, n)
        for rows, words in word_blocks(bits.bits):
            last = n - 64 * (words.shape[1] - 1)
            ledger_of_masks(
                words, np.bitwise_count(words), last, gains[rows], *book.rules, unit_of(n),
                book.relative, book.died_at[rows], book.critical[rows],
            )  # fmt: skip
        told = gain_words or ("1 at every firing" if gain is None else "a mean output each")
        known = getattr(mask, "provenance", {}) if provenance is None else provenance
        return ledger_result(self, book, method=f"mask, gain {told}", provenance=dict(known))

    def fit_values(
        self, outputs: ArrayLike, *, provenance: Mapping[str, Any] | None = None
    ) -> StaminaLedgerResult:
        """Keep the ledger of outputs in memory, shape (n_samples, n_neurons); see `fit_stream`."""
        return self.fit_stream(lambda: (outputs,), memory_limit=None, provenance=provenance)

    def fit_stream(
        self,
        blocks: Callable[[], Iterable[ArrayLike]],
        *,
        memory_limit: int | None = MEMORY_LIMIT,
        provenance: Mapping[str, Any] | None = None,
    ) -> StaminaLedgerResult:
        """Keep the ledger of single outputs, which need not fit into memory.

        A neuron fires where its output is above 0 and finite, and gains it.

        Parameters
        ----------
        blocks : callable
            Gives the outputs from the first sample on, anew at each call: arrays of shape (n_samples,
            n_neurons), block after block, such as ``lambda: recording.values("relu")``.
        memory_limit : int or None
            Bytes of outputs held at a time. Where they do not fit, they are read once for the sums and
            once more for each part of the neurons that fits; None holds all.
        provenance : mapping, optional
            Where the outputs come from.

        Returns
        -------
        StaminaLedgerResult

        Raises
        ------
        InputError
            If there is no neuron or no sample, or blocks differ in their neurons.
        """
        stream = OutputStream(blocks, memory_limit)
        sums = stream.sums()
        book = self._book(sums.total / sums.n_samples, sums.fired / sums.n_samples, sums.n_samples)
        for rows, by_neuron in stream.by_neuron(sums):
            ledger_of_values(
                by_neuron, *book.rules, book.relative, book.died_at[rows], book.critical[rows]
            )
        return ledger_result(
            self, book, method="values, gain the output", provenance=dict(provenance or {})
        )

    def _book(self, mean_output: FloatArray, rates: FloatArray, n_samples: int) -> Book:
        start = self.life if self.start is None else self.start
        balancing = balancing_penalty(mean_output, rates)
        typical = typical_penalty(balancing)
        # Without a typical p* nobody can say what a ratio is; the ledger is kept, and says so.
        scale = typical if math.isfinite(typical) else 1.0
        ratios = np.asarray(RATIOS if self.ratios is None else self.ratios)
        asked = ratios * scale if self.penalties is None else np.asarray(self.penalties)
        stamina, relative = (start, self.cap * start), self.start is None
        return Book(mean_output, rates, n_samples, asked, typical, relative, stamina)
