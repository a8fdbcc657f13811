"""Likelihood ratios of a power-law tail against other laws, as numbers, table and text."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.laws._summary import WIDTH, grouped

if TYPE_CHECKING:
    import pandas as pd

# Clauset, Shalizi & Newman (2009), section 5.1: above this the sign of a ratio means nothing.
UNDECIDED = 0.1


@dataclass(frozen=True)
class TailRatio:
    """A power law against one other law.

    Parameters
    ----------
    law : str
        The other law.
    ratio : float
        Log-likelihood of the power law minus that of the other.
    normalised : float
        The ratio over its standard deviation, √n σ; nan for a law that contains the power law.
    pvalue : float
        How often chance makes a ratio so large, of either sign, where neither law is nearer.
    params : dict of str to float
        Of the other law.
    note : str
        What stands against the figure; empty if nothing does.
    """

    law: str
    ratio: float
    normalised: float
    pvalue: float
    params: dict[str, float]
    note: str = ""

    @property
    def favours(self) -> str:
        """The law that the ratio is for, or "neither" where chance would do as much."""
        if not self.pvalue < UNDECIDED or (self.note and self.ratio > 0):
            return "neither"
        return "power law" if self.ratio > 0 else self.law


@dataclass(frozen=True)
class TailComparison:
    """A power-law tail against other laws on the same numbers.

    Parameters
    ----------
    ratios : tuple of TailRatio
    n_tail, n : int
        Numbers in the tail, on which all laws are compared, and in all.
    """

    ratios: tuple[TailRatio, ...]
    n_tail: int
    n: int

    def __getitem__(self, law: str) -> TailRatio:
        return {ratio.law: ratio for ratio in self.ratios}[law]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each other law."""
        import pandas as pd

        names = ("law", "ratio", "normalised", "pvalue", "favours", "note")
        table = pd.DataFrame([[getattr(one, name) for name in names] for one in self.ratios])
        return table.set_axis(list(names), axis=1).assign(n_tail=self.n_tail, n=self.n)

    def summary(self) -> str:
        """Return the comparison as text, for reading."""
        lines = [
            f"Power law against other laws on the tail, n_tail/n = {grouped(self.n_tail)}/{grouped(self.n)}",
            f"{'':<22}{'ratio':>10}{'over SD':>9}{'p':>8}   favours",
        ]
        for one in self.ratios:
            normalised = "" if math.isnan(one.normalised) else f"{one.normalised:.2f}"
            line = f"{one.law:<22}{one.ratio:>10.2f}{normalised:>9}{one.pvalue:>8.3f}   "
            lines.append(line + one.favours)
        notes = [f"{one.law}: {one.note}." for one in self.ratios if one.note]
        notes.append(
            f"Ratios above 0 are for the power law; with p above {UNDECIDED} their sign means nothing."
        )
        return "\n".join(lines + [part for note in notes for part in textwrap.wrap(note, WIDTH)])
