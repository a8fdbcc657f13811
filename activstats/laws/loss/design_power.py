"""How often the transition test will find a transition with given sizes and seeds, by simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from activstats.errors import DomainError
from activstats.laws.loss._columns import finite_numbers
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.location_error import check_guess
from activstats.laws.loss.shapes import crossover
from activstats.laws.loss.transition import LossTransition

# p-values of the simulated curves are needed near 1 − level only.
_N_BOOT = 199
_LEVEL = 0.95


@dataclass(frozen=True)
class Power:
    """How often simulated curves were told to have a transition.

    Parameters
    ----------
    n_simulations : int
        Curves.
    detected : int
        Those whose test rejects curves without scale.
    placed : int
        Those whose answer is ``transition``: detected, with a D* that the sizes can place.
    """

    n_simulations: int
    detected: int
    placed: int

    @property
    def power(self) -> float:
        """Share that is detected."""
        return self.detected / self.n_simulations

    def interval(self, count: int, level: float = _LEVEL) -> tuple[float, float]:
        """Return the interval of a share, after Clopper & Pearson (1934)."""
        n, tail = self.n_simulations, (1 - level) / 2
        low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
        high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
        return low, high

    def words(self, level: float) -> str:
        """Return both shares in a sentence; `level` is that of the test."""
        low, high = self.interval(self.detected)
        low_placed, high_placed = self.interval(self.placed)
        return (
            f"Of {self.n_simulations} simulated curves the test at {100 * (1 - level):.3g} % found "
            f"a transition in {100 * self.power:.0f} % (95 % interval {100 * low:.0f} to "
            f"{100 * high:.0f} %) and could place D* in "
            f"{100 * self.placed / self.n_simulations:.0f} % ({100 * low_placed:.0f} to "
            f"{100 * high_placed:.0f} %)."
        )


def transition_power(
    d: ArrayLike,
    *,
    d_star: float,
    b: float,
    cv: float,
    floor_share: float = 0.2,
    n_simulations: int = 100,
    level: float = _LEVEL,
    rng: np.random.Generator | int | None = None,
) -> Power:
    """Return how often the transition test finds the theory's crossover in noisy runs.

    Parameters
    ----------
    d : array_like of float, shape (m,)
        Size of the training set of each run, in samples.
    d_star, b, cv, floor_share : float
        As in `expected_location_errors`; noise is lognormal.
    n_simulations : int
        Curves to draw; each costs some 20 ms.
    level : float
        The test's size is 1 − level.
    rng : Generator or int, optional
        Source of the noise, and of the test's replicates.

    Returns
    -------
    Power

    Examples
    --------
    >>> d = np.tile(np.geomspace(20, 20_000, 12), 3)
    >>> found = transition_power(d, d_star=200, b=1.0, cv=0.01, n_simulations=10, rng=0)
    >>> found.detected
    10
    """
    sizes = finite_numbers(d, "d", above=0.0)
    check_guess(d_star, b, cv, floor_share)
    if n_simulations < 1:
        raise DomainError("nothing is simulated.", got=n_simulations, allowed="1 curve at least")
    source = np.random.default_rng(rng)
    test = LossTransition(n_boot=_N_BOOT, level=level)
    expected = floor_share + (1 - floor_share) * crossover(np.log(sizes), np.log(d_star), b)
    detected = placed = 0
    for _ in range(n_simulations):
        losses = expected * np.exp(cv * source.standard_normal(sizes.size))
        found = test.fit(LossCurve(sizes, losses), rng=source)
        detected += found.pvalue <= 1 - level + 1e-12
        placed += found.found
    return Power(n_simulations, int(detected), int(placed))
