"""What each seed of a study says by itself: its loss curves, and the laws of its layers' counts.

Runs of one seed share training sets and initial weights; only seeds are independent. Numbers that
intervals are made of are therefore kept seed by seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CurveOfSeed:
    """Losses of one learner and seed over the size of the training set.

    Parameters
    ----------
    kind : str
        What was trained: networks, or a learner without hidden neurons.
    width, seed : int
        Neurons of the hidden layer, 0 without any, and the seed.
    gain : float
        Share of the scatter about the best curve without scale that the crossover removes,
        1 − RSS1/RSS0; nan where too few sizes were trained.
    pvalue : float
        Of the test against curves without scale.
    d_star, b : float
        Scale and exponent of the crossover, of the form that all seeds of this width together
        allow: s = 1, or free where that is rejected.
    sharpness, width_decades : float
        s where it is free, and decades from 10 to 90 % of the drop with it.
    scatter : float
        Relative scatter of the losses about the crossover with free s.
    beta : float
        Exponent beyond D* where the width shows a transition, of the power law with a floor
        where it does not.
    """

    kind: str
    width: int
    seed: int
    gain: float = math.nan
    pvalue: float = math.nan
    d_star: float = math.nan
    b: float = math.nan
    sharpness: float = math.nan
    width_decades: float = math.nan
    scatter: float = math.nan
    beta: float = math.nan


@dataclass(frozen=True, kw_only=True)
class CountsOfSeed:
    """Power laws in the counts of one trained layer under the default rule.

    Parameters
    ----------
    width, seed : int
        Neurons of the layer, and the seed.
    b : float
        The growth law's constant.
    excess : float
        alpha − (1 − b), less what the growth law itself shows over the same range; nan where the
        counts allow no test, for which `reason` says why.
    reason : str
        In words; empty where there is a test.
    tail_alpha, xmin, largest : float
        Exponent and beginning of the power-law tail, and the largest count.
    n_tail, n_fired : int
        Neurons in the tail, and neurons that fired.
    tail_pvalue : float
        Of the tail's goodness of fit.
    beaten_by : tuple of str
        Laws that describe the tail significantly better.
    """

    width: int
    seed: int
    b: float = math.nan
    excess: float = math.nan
    reason: str = ""
    tail_alpha: float = math.nan
    xmin: float = math.nan
    largest: float = math.nan
    n_tail: int = 0
    n_fired: int = 0
    tail_pvalue: float = math.nan
    beaten_by: tuple[str, ...] = ()

    @property
    def tail_decades(self) -> float:
        """Decades of counts from the tail's beginning to the largest count; 0 without a tail."""
        if not self.n_tail or not self.xmin > 0 or not math.isfinite(self.largest):
            return 0.0
        return math.log10(self.largest / self.xmin)


@dataclass(frozen=True, kw_only=True)
class SeedEvidence:
    """A study, seed by seed.

    Parameters
    ----------
    curves : tuple of CurveOfSeed
        Of trained networks and of learners without hidden neurons.
    counts : tuple of CountsOfSeed
        Of trained layers on the largest training set.
    """

    curves: tuple[CurveOfSeed, ...] = ()
    counts: tuple[CountsOfSeed, ...] = ()

    def of_kind(self, kind: str) -> tuple[CurveOfSeed, ...]:
        """Return the curves of one kind of learner."""
        return tuple(one for one in self.curves if one.kind == kind)
