"""The likelihoods by the names under which users know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.laws._large_counts import LargeBetaBinomial
from activstats.laws._likelihood import BetaBinomial, DirichletMultinomial, Likelihood

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.laws.histogram import Histogram

BETA_BINOMIAL = "beta-binomial"
DIRICHLET_MULTINOMIAL = "dirichlet-multinomial"
# Above this rounding error an interval, which ends 1.9 below the maximum, would begin to move.
_TOLERABLE_ROUNDING = 1e-3


def beta_binomial(histogram: Histogram) -> Likelihood:
    """Return the beta-binomial likelihood in the form that suits the size of the counts."""
    plain = BetaBinomial(histogram)
    return plain if plain.rounding < _TOLERABLE_ROUNDING else LargeBetaBinomial(histogram)


LIKELIHOODS: dict[str, Callable[[Histogram], Likelihood]] = {
    BETA_BINOMIAL: beta_binomial,
    DIRICHLET_MULTINOMIAL: DirichletMultinomial,
}
