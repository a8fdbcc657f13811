"""The transition test: whether a loss curve has a scale, where, and whether in the theory's form.

The crossover is L = L_opt + ΔL · (1 + (D/D*)^s)^(−b/s); s = 1 is the form of the theory. A curve
has a transition if it is better described by it than by any curve without a scale: flat, a line in
ln D, or a power law with a floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.laws._checks import check_level
from activstats.laws.loss._answer import LEAST_SIZES, answered, constant, exists, too_few
from activstats.laws.loss._sharpness import form_rejected, sharpness_test
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.existence import Existence, existence
from activstats.laws.loss.families import CROSSOVER
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.noise import MULTIPLICATIVE, check_noise, grows_with_loss
from activstats.laws.loss.profile import profile_interval
from activstats.laws.loss.reading import loss_curve
from activstats.laws.loss.replicates import PARAMETRIC, check_bootstrap, check_replicates
from activstats.laws.loss.transition_result import LossTransitionResult

MIXED = "runs of several widths are taken for one curve: `LossCurve.by_width()` takes them apart"


@dataclass(frozen=True)
class LossTransition:
    """Test of whether the loss has a transition in the size of the training set, and where.

    Parameters
    ----------
    n_boot : int
        Replicates behind the p-value, B; 0 for no test.
    noise : {"multiplicative", "additive"}
        Whether the noise of a run is proportional to its expected loss, or the same at every size.
        Standard errors in the curve go before either.
    bootstrap : {"parametric", "wild"}
        Gaussian noise, or the residuals with their signs drawn anew, which allows noise of unequal
        variance.
    robust : bool
        Whether runs far off the curve lose weight (Huber 1981).
    level : float
        Confidence level of the intervals. Curves without scale are rejected at 1 − level; the form
        s = 1, whose rejection changes the fit that is reported, at a fifth of that.

    Raises
    ------
    DomainError
        If a setting has another value.

    Notes
    -----
    The test is a likelihood ratio T = m ln(RSS0/RSS1) of weighted sums of squares, RSS1 the least over a
    grid of crossovers, its p-value from curves drawn under the best curve without scale and searched on
    the same grid. A transition found is no evidence for free
    neurons by itself: any learner whose loss starts on a plateau shows one. Runs count as
    independent; nested training sets and test sets in common tie their losses together, which the
    scatter between seeds shows only in part.

    Examples
    --------
    >>> d = np.repeat(np.geomspace(10, 20_000, 12), 2)
    >>> noise = np.random.default_rng(0).normal(1, 0.02, d.size)
    >>> result = LossTransition().fit(d, (0.3 + 2 * (1 + d / 200) ** -0.6) * noise, rng=0)
    >>> result.answer, result.pvalue
    ('transition', 0.001)
    >>> result.d_star_low < 200 < result.d_star_high
    True
    """

    n_boot: int = 999
    noise: str = MULTIPLICATIVE
    bootstrap: str = PARAMETRIC
    robust: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        check_noise(self.noise)
        check_bootstrap(self.bootstrap)
        check_replicates(self.n_boot)
        check_level(self.level)

    def fit(
        self,
        d: object,
        loss: ArrayLike | None = None,
        *,
        rng: np.random.Generator | int | None = None,
    ) -> LossTransitionResult:
        """Test a curve for a transition.

        Parameters
        ----------
        d : LossCurve, DataFrame or array_like of float, shape (m,)
            A curve, a table with a row for each run, or sizes of the training sets in samples;
            sizes may repeat.
        loss : array_like of float, shape (m,) or (m, seeds), optional
            Loss of each run, where `d` are sizes.
        rng : Generator or int, optional
            Source of the replicates.

        Returns
        -------
        LossTransitionResult
            With an answer: ``transition``, ``no transition`` or ``cannot tell``.

        Raises
        ------
        InputError
            If these are no loss curve, or losses are not above 0 under multiplicative noise.
        """
        curve = loss_curve(d, loss)
        proportional = grows_with_loss(curve, self.noise)
        if curve.n_sizes < LEAST_SIZES:
            return self._result(curve, too_few(curve))
        if np.ptp(curve.loss) == 0:
            return self._result(curve, constant(curve))
        smooth = fit_family(CROSSOVER, curve, noise=self.noise, robust=self.robust)
        test = existence(
            curve,
            smooth.kept,
            proportional=proportional,
            n_boot=int(self.n_boot),
            bootstrap=self.bootstrap,
            rng=np.random.default_rng(rng),
        )
        sharpness = sharpness_test(smooth, self.level) if self._looks_on(test) else None
        # Where s = 1 is rejected, a D* that is forced to it can be far off.
        contradicted = sharpness is not None and form_rejected(sharpness.pvalue, self.level)
        best = sharpness.fit if sharpness is not None and contradicted else smooth
        ends = {name: profile_interval(best, name, self.level) for name in ("d_star", "b")}
        return self._result(curve, answered(best, ends, test, sharpness, self))

    def _looks_on(self, test: Existence) -> bool:
        """Return whether there is, or may be, a crossover whose form is worth a look."""
        return self.n_boot == 0 or exists(test, self.level)

    def _result(self, curve: LossCurve, found: dict[str, Any]) -> LossTransitionResult:
        if curve.width is not None and np.unique(curve.width).size > 1:
            found["warnings"] = (MIXED, *found.get("warnings", ()))
        return LossTransitionResult(
            level=self.level,
            n_obs=curve.n_runs,
            provenance=dict(curve.provenance),
            curve=curve,
            method="crossover against curves without scale",
            noise=self.noise,
            bootstrap=self.bootstrap,
            robust=self.robust,
            **found,
        )
