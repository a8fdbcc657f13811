"""A power-law tail beside four other laws on the same numbers.

The laws are those of the `powerlaw` package, the only place where it is used: its densities, on
distinct values with their multiplicities, so that a histogram of any size will do. Its random numbers
are not used, nor its search for xmin. It is loaded when a comparison is made: it brings pyplot along.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from activstats.errors import InputError
from activstats.laws.tail_fit import TailFit
from activstats.laws.tail_ratios import TailComparison, TailRatio
from activstats.laws.tail_rivals import RIVALS, Rival, Tail
from activstats.laws.tail_sample import TailSample

FloatArray = NDArray[np.float64]

# Tolerance of the package's own fits; a second search from where the first stopped tells whether it
# stopped at a maximum, to within this much of the log-likelihood.
_TOLERANCE = 1e-4
_STILL_RISING = 0.1
# Beyond this many nats below the bulk of a law its densities lose all digits.
_DEEPEST = 300.0


def compare_tails(sample: TailSample, fit: TailFit, *, discrete: bool) -> TailComparison:
    """Compare the fitted power law with four others on its tail.

    Parameters
    ----------
    sample : TailSample
    fit : TailFit
        Of a tail with at least one number.
    discrete : bool
        Whether the laws are of whole numbers.

    Returns
    -------
    TailComparison

    Raises
    ------
    InputError
        If there is no tail.

    Notes
    -----
    Vuong's (1989) test as in Clauset, Shalizi & Newman (2009), appendix C: p = erfc(|R| / √(2nσ²)),
    σ² the variance of the single log-ratios. The power law is the law with cutoff at rate 0: there
    p = P(χ²₁ > 2|R|), as in the paper's section 5.1. Rate 0 being the end of its range, half of that
    might be expected; but the numbers of a heavy tail have no variance, and simulation shows that half
    rejects a true law twice as often as it says, while the whole does as it says
    (docs/calibration/powerlaw_tail.md). Discrete laws other than the power law with cutoff and the exponential are
    continuous ones rounded to whole numbers, as in the package. Lognormal and stretched exponential
    laws come as near to a power law as one likes; where the search runs off there, the note says so.
    """
    from activstats.laws._tail_zeta import scaled_zeta

    if fit.n_tail == 0:
        raise InputError("there is no tail to compare laws on.")
    start = int(np.searchsorted(sample.values, fit.xmin))
    often = sample.multiplicities[start:].astype(np.float64)
    tail = Tail(sample.values[start:], often, fit.xmin)
    norm = scaled_zeta(fit.alpha, fit.xmin) if discrete else fit.xmin / (fit.alpha - 1)
    logs = -fit.alpha * np.log(tail.x / fit.xmin) - math.log(norm)
    ratios = tuple(_ratio(rival, tail, logs, discrete=discrete) for rival in RIVALS)
    return TailComparison(ratios, fit.n_tail, sample.n)


def _ratio(rival: Rival, tail: Tail, power_law: FloatArray, *, discrete: bool) -> TailRatio:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        params, other, note = _fitted(rival, tail, discrete=discrete)
    single = power_law - other
    ratio = float(tail.often @ single)
    names = {name: float(value) for name, value in params.items()}
    if not math.isfinite(ratio):
        return TailRatio(rival.law, math.nan, math.nan, math.nan, names, "could not be fitted")
    if rival.contains:
        ratio = min(ratio, 0.0)
        pvalue = math.erfc(math.sqrt(abs(ratio)))
        return TailRatio(rival.law, ratio, math.nan, pvalue, names, note)
    spread = math.sqrt(float(tail.often @ (single - ratio / tail.n) ** 2))
    normalised = ratio / spread if spread > 0 else 0.0
    pvalue = math.erfc(abs(normalised) / math.sqrt(2))
    return TailRatio(rival.law, ratio, normalised, pvalue, names, note)


def _fitted(rival: Rival, tail: Tail, *, discrete: bool) -> tuple[dict[str, Any], FloatArray, str]:
    """Return the parameters of highest likelihood, the log-densities, and a note."""
    from scipy.optimize import minimize

    start = rival.start(tail)
    law = _law(rival, tail, start, discrete=discrete)

    def misfit(params: FloatArray) -> float:
        if rival.depth(list(params), tail.xmin) > _DEEPEST:
            return math.inf
        law.set_parameters(list(params))
        if not law.in_range():
            return math.inf
        total = float(tail.often @ law.loglikelihoods(tail.x))
        return -total if math.isfinite(total) else math.inf

    found = minimize(misfit, start, method="Nelder-Mead", tol=_TOLERANCE)
    note = ""
    if not rival.contains:
        again = minimize(misfit, found.x, method="Nelder-Mead", tol=_TOLERANCE)
        if again.fun < found.fun - _STILL_RISING:
            note = (
                "the search ran off towards a power law, to which this law comes as near as one "
                "likes: the ratio is too large"
            )
    law.set_parameters(list(found.x))
    return law.parameters, np.asarray(law.loglikelihoods(tail.x), dtype=np.float64), note


def _law(rival: Rival, tail: Tail, start: list[float], *, discrete: bool) -> Any:
    """Return a law of the package, with a normaliser of our own where theirs takes seconds."""
    import powerlaw

    from activstats.laws._tail_cutoff import cutoff_integral, cutoff_sum

    class Cutoff(powerlaw.Truncated_Power_Law):  # type: ignore[misc]  # the package has no types
        @property
        def _pdf_discrete_normalizer(self) -> float:
            return 1 / cutoff_sum(self.alpha, self.Lambda, self.xmin)

        @property
        def _pdf_continuous_normalizer(self) -> float:
            return 1 / cutoff_integral(self.alpha, self.Lambda, self.xmin)

    kind = Cutoff if rival.contains else getattr(powerlaw, rival.kind)
    ranges = {"alpha": [None, None]}
    return kind(
        xmin=tail.xmin, discrete=discrete, parameters=start, parameter_ranges=ranges, verbose=0
    )
