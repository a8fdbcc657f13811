"""The numbers of a transition, and the places on the curve that follow from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.laws.loss._answer import CANNOT_TELL, TRANSITION
from activstats.laws.loss._sharpness import form_rejected
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.reading import read_curve
from activstats.laws.loss.shapes import drop_shift, steepest_shift, width_in_decades
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class TransitionNumbers(Result):
    """The numbers of a transition, and what follows from them alone.

    Parameters
    ----------
    curve : LossCurve
        The losses.
    noise, bootstrap : str
        Noise model, and how replicates were drawn.
    robust : bool
        Whether outliers were weighed down.
    answer : {"transition", "no transition", "cannot tell"}
        Whether there is a transition that these sizes can place.
    pvalue : float
        Of the test against curves without scale; nan where there was none.
    statistic : float
        T = m ln(RSS0/RSS1), with RSS1 the least on the grid of rivals that every replicate is compared
        on as well; the fit itself, which is not bound to the grid, may come nearer to the losses.
    n_boot : int
        Replicates, B.
    null_beta : float
        Exponent of the best curve without scale; 0 for a line in log D, nan for a flat one.
    d_star, d_star_low, d_star_high : float
        The crossover's scale D*, in samples, with its interval; nan unless the answer is that there
        is a transition, as is every number below. Ends are 0 or infinite where the interval is open;
        without a transition the interval holds every D* that the losses allow.
    b, b_low, b_high : float
        Exponent beyond D*, likewise.
    d_star_se_log, b_se_log : float
        Standard errors of ln D* and ln b.
    sharpness, sharpness_low, sharpness_high : float
        s where it is free, with its interval.
    sharpness_pvalue : float
        Of the F test of s = 1.
    sharpness_used : float
        s of the reported fit: 1, or the free one where s = 1 is rejected.
    loss_opt, loss_opt_se : float
        Loss that the curve falls to, and its standard error.
    drop, drop_se : float
        ΔL, from the plateau to `loss_opt`, and its standard error.
    noise_level : float
        Standard deviation of one run, relative to its loss or, with additive noise, absolute.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of runs.
    """

    curve: LossCurve
    noise: str
    bootstrap: str
    robust: bool
    answer: str = CANNOT_TELL
    pvalue: float = math.nan
    statistic: float = math.nan
    n_boot: int = 0
    null_beta: float = math.nan
    d_star: float = math.nan
    d_star_low: float = 0.0
    d_star_high: float = math.inf
    d_star_se_log: float = math.nan
    b: float = math.nan
    b_low: float = 0.0
    b_high: float = math.inf
    b_se_log: float = math.nan
    sharpness: float = math.nan
    sharpness_low: float = 0.0
    sharpness_high: float = math.inf
    sharpness_pvalue: float = math.nan
    sharpness_used: float = 1.0
    loss_opt: float = math.nan
    loss_opt_se: float = math.nan
    drop: float = math.nan
    drop_se: float = math.nan
    noise_level: float = math.nan

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "LossCurve": read_curve,
        "bool": bool,
    }

    @property
    def found(self) -> bool:
        """Whether the answer is that there is a transition."""
        return self.answer == TRANSITION

    @property
    def form_contradicted(self) -> bool:
        """Whether s = 1, the theory's form, is rejected at (1 − level)/5."""
        return form_rejected(self.sharpness_pvalue, self.level)

    @property
    def steepest(self) -> float:
        """Size D at which the loss falls fastest in log D; for s = 1 it is D*/b = N/c."""
        return self._place(float(steepest_shift(self.b, self.sharpness_used)))

    @property
    def half_drop(self) -> float:
        """Size D at which half of the drop has happened."""
        return self._place(float(drop_shift(0.5, self.b, self.sharpness_used)))

    @property
    def width_decades(self) -> float:
        """Decades of D from 10 % to 90 % of the drop."""
        return float(width_in_decades(self.b, self.sharpness_used))

    def _place(self, shift: float) -> float:
        return self.d_star * (math.exp(shift) if shift < 700 else math.inf)
