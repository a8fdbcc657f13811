"""What claims are judged by: the fits of a study's layers, each with the run it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from activstats.claims.examination import Examination
from activstats.claims.seed_evidence import SeedEvidence
from activstats.claims.words import counted
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.results import Status

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

TRAINED, UNTRAINED, RANDOM_LABELS = "trained", "untrained", "random labels"


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedLayer:
    """The growth law fitted to one layer of one run under one activation rule.

    Parameters
    ----------
    run, kind : str
        Name of the run, and what was done to its network: trained, untrained, random labels.
    layer : str
        Name of the layer in the recording.
    rule : str
        Name of the activation rule.
    width, n_train, seed, step : int
        Neurons of the layer, training samples, seed, training step of the weights.
    fit : GrowthLawResult
        The fit, which holds the histogram of counts.
    chance : ndarray of float, shape (n_draws,)
        Misfits that chance alone gives if the law is true; empty where they were not drawn.
    samples_to_half, samples_to_most : int or None
        Samples, in recorded order, after which 50 % and 90 % of K had been activated.
    ordered : pair of ndarray, shapes (m,)
        Samples seen and neurons activated at least once, in recorded order.
    """

    run: str
    kind: str
    layer: str
    rule: str
    width: int
    n_train: int
    seed: int
    step: int
    fit: GrowthLawResult
    chance: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    samples_to_half: int | None = None
    samples_to_most: int | None = None
    ordered: tuple[NDArray[np.int64], NDArray[np.int64]] = field(
        default_factory=lambda: (np.empty(0, np.int64), np.empty(0, np.int64))
    )

    @property
    def tells(self) -> bool:
        """Whether the growth curve says anything: there is a b, and K(D) is not saturated."""
        return self.fit.status in {Status.CONVERGED, Status.EQUAL_RATES}

    @property
    def has_b(self) -> bool:
        """Whether the counts tell b; where the curve is saturated they may still do so."""
        return self.fit.status is not Status.NOT_IDENTIFIABLE

    @property
    def dead_share(self) -> float:
        """Share of neurons that no sample activated."""
        return 1.0 - self.fit.k / self.fit.n_neurons

    @property
    def always_on_share(self) -> float:
        """Share of neurons that every sample activated."""
        counts = self.fit.histogram
        last = int(counts.values[-1]) == counts.n_samples > 0  # noqa: PD011  (no DataFrame)
        return float(counts.weights[-1] / counts.n_neurons) if last else 0.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that the claims and the report read of a study.

    Parameters
    ----------
    runs : DataFrame
        The runs table of the study.
    fits : tuple of FittedLayer
        Trained networks at the largest training size, and the controls, under every rule recorded.
    along : tuple of FittedLayer
        Layers recorded along training, in the order of their steps.
    examination : Examination
        What the counts say beyond the growth law's fit; empty where nobody looked.
    seeds : SeedEvidence
        The same study seed by seed, which intervals are made of; empty where nobody looked.
    """

    runs: pd.DataFrame
    fits: tuple[FittedLayer, ...]
    along: tuple[FittedLayer, ...] = ()
    examination: Examination = field(default_factory=Examination)
    seeds: SeedEvidence = field(default_factory=SeedEvidence)

    def trained(self, rule: str) -> tuple[FittedLayer, ...]:
        """Return the fits of trained networks on the largest training set under one rule."""
        fits = self.select(kind=TRAINED, rule=rule)
        largest = max((fit.n_train for fit in fits), default=0)
        return tuple(fit for fit in fits if fit.n_train == largest)

    def select(self, *, kind: str, rule: str) -> tuple[FittedLayer, ...]:
        """Return the fits of one kind of network under one rule."""
        return tuple(fit for fit in self.fits if fit.kind == kind and fit.rule == rule)

    @property
    def rules(self) -> tuple[str, ...]:
        """Rules that occur, in the order of the recording."""
        return tuple(dict.fromkeys(fit.rule for fit in self.fits))

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths that occur, ascending."""
        return tuple(sorted({fit.width for fit in self.fits}))


def counted_fits(fits: Collection[FittedLayer]) -> str:
    """Write how many fits there are: runs, or layers where a run has several of them."""
    runs = {(fit.run, fit.step) for fit in fits}
    return counted(len(fits), "layer" if len(runs) < len(fits) else "run")
