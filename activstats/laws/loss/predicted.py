"""Where the activations put the transition: D* = bN/c, from recordings, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.laws.growth_result import GrowthLawResult

_ONE_RECORDING = (
    "b and c come from one recording: the interval of b takes neurons to be independent, and c is "
    "taken as exact"
)


@dataclass(frozen=True, kw_only=True)
class PredictedTransition:
    """The prediction D* = bN/c for one width.

    Parameters
    ----------
    n_neurons : float
        Neurons of the layer that could fire, N.
    b : float
        Constant of the activation process, above 0 and finite.
    c : float
        Mean number of neurons that one sample activates, 0 < c ≤ N.
    b_se_log, c_se_log : float
        Standard errors of ln b and ln c; 0 where they count as known.
    b_df, c_df : float
        Degrees of freedom behind them; infinite where they are no estimates themselves.
    n_recordings : int
        Recordings that b and c come from; 0 if unknown.
    warnings : tuple of str
        What a reader must know of them.
    provenance : dict
        Where they come from, such as the activation rule.

    Raises
    ------
    DomainError
        If a number lies outside its domain.

    Examples
    --------
    >>> predicted = PredictedTransition(n_neurons=512, b=0.25, c=5.0, b_se_log=0.1)
    >>> predicted.d_star, [round(end, 1) for end in predicted.interval()]
    (25.6, [21.0, 31.1])
    """

    n_neurons: float
    b: float
    c: float
    b_se_log: float = 0.0
    c_se_log: float = 0.0
    b_df: float = math.inf
    c_df: float = math.inf
    n_recordings: int = 0
    warnings: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = ("n_neurons", "b", "c", "b_se_log", "c_se_log", "b_df", "c_df")
        for name in numbers:
            object.__setattr__(self, name, float(getattr(self, name)))
        for name in ("n_neurons", "b", "c"):
            if not 0 < getattr(self, name) < math.inf:
                raise DomainError(
                    f"a prediction needs a finite {name} above 0.", got=getattr(self, name)
                )
        if self.c > self.n_neurons:
            raise DomainError(
                "a sample cannot activate more neurons than there are.",
                got=f"c = {self.c:g}, N = {self.n_neurons:g}",
            )
        for name in ("b_se_log", "c_se_log"):
            if not 0 <= getattr(self, name) < math.inf:
                raise DomainError(
                    "this is no standard error.", got=f"{name} = {getattr(self, name)}"
                )
        for name in ("b_df", "c_df"):
            if not getattr(self, name) > 0:
                raise DomainError(
                    "degrees of freedom are above 0.", got=f"{name} = {getattr(self, name)}"
                )

    @property
    def d_star(self) -> float:
        """The predicted scale, D* = bN/c, in samples."""
        return self.b * self.steepest

    @property
    def steepest(self) -> float:
        """Size N/c at which the predicted loss falls fastest in log D."""
        return self.n_neurons / self.c

    @property
    def se_log(self) -> float:
        """Standard error of ln D*, errors of b and c taken as independent."""
        return math.hypot(self.b_se_log, self.c_se_log)

    @property
    def df(self) -> float:
        """Degrees of freedom behind it: the fewer of those of b and of c."""
        pairs = ((self.b_se_log, self.b_df), (self.c_se_log, self.c_df))
        return min((df for se, df in pairs if se > 0), default=math.inf)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the predicted D*, Student's in ln D*."""
        return _student(self.d_star, self.se_log, self.df, level)

    def b_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of b, Student's in ln b."""
        return _student(self.b, self.b_se_log, self.b_df, level)


def _student(value: float, se_log: float, df: float, level: float) -> tuple[float, float]:
    check_level(level)
    reach = float(stdtrit(df, (1 + level) / 2)) * se_log if se_log else 0.0
    # Two recordings can leave an interval that reaches beyond every number.
    factor = math.exp(min(reach, 600.0))
    return value / factor, value * factor


def predicted_transition(fits: Sequence[GrowthLawResult]) -> PredictedTransition:
    """Return what recordings of one width predict.

    Parameters
    ----------
    fits : sequence of GrowthLawResult
        The growth law fitted to recordings of networks of one width, under one activation rule;
        one for each seed.

    Returns
    -------
    PredictedTransition
        b: random-effects mean over the recordings, see `random_effects`; c: geometric mean, with
        the standard error over the recordings. Recordings whose b cannot be had, or whose growth
        curve is saturated, count for c alone.

    Raises
    ------
    InputError
        If there is no recording, their widths differ, or none tells b.

    Notes
    -----
    Recordings of several networks on the same samples share these: what another sample of the data
    would change is not in the errors.
    """
    if not fits:
        raise InputError("there is no recording to predict from.", got="an empty list")
    widths = sorted({fit.n_neurons for fit in fits})
    if len(widths) > 1:
        raise InputError("D* is predicted for one width at a time.", got=f"N = {widths}")
    told = [fit for fit in fits if fit.status is Status.CONVERGED and 0 < fit.bse < math.inf]
    if not told:
        reasons = sorted({fit.reason or str(fit.status) for fit in fits})
        raise InputError("no recording tells b.", got="; ".join(reasons))
    from activstats.laws.random_effects import random_effects

    log_b, variances = np.log([fit.b for fit in told]), np.square([fit.bse for fit in told])
    pooled = random_effects(log_b, variances)
    log_c = np.log([fit.could_fire / fit.steepest for fit in fits])
    several = len(fits) > 1
    rules = {str(fit.provenance["rule"]) for fit in fits if "rule" in fit.provenance}
    return PredictedTransition(
        n_neurons=float(np.mean([fit.could_fire for fit in told])),
        b=math.exp(pooled.mean),
        b_se_log=pooled.se,
        b_df=pooled.df or math.inf,
        c=math.exp(log_c.mean()),
        c_se_log=float(log_c.std(ddof=1)) / math.sqrt(len(fits)) if several else 0.0,
        c_df=len(fits) - 1 or math.inf,
        n_recordings=len(fits),
        warnings=_warnings(len(fits), len(told)),
        provenance={"rule": rules.pop()} if len(rules) == 1 else {},
    )


def _warnings(n_all: int, n_told: int) -> tuple[str, ...]:
    if n_all == 1:
        return (_ONE_RECORDING,)
    silent = n_all - n_told
    return (f"b comes from {n_told} of {n_all} recordings; the others do not tell it",) * bool(
        silent
    )
