"""What stands against fitting a tail, and what a reader of the fit must know: in words."""

from __future__ import annotations

import math

import numpy as np

from activstats.laws._summary import grouped, significant
from activstats.laws.tail_fit import TailFit
from activstats.laws.tail_resamples import Resamples
from activstats.laws.tail_sample import TailSample
from activstats.laws.tail_settings import TailSettings

# Clauset, Shalizi & Newman (2009), section 3: below this the exponent is biased.
ENOUGH = 50
# An exponent so near 1 can only come from a body that falls off more slowly than any tail.
_FLAT = 1.1


def what_hides_the_tail(sample: TailSample, settings: TailSettings) -> str:
    """Return why there is no tail to fit.

    Examples
    --------
    >>> from activstats.laws.tail_sample import tail_sample
    >>> what_hides_the_tail(tail_sample([7, 7, 7]), TailSettings())
    'all numbers are alike (7)'
    """
    if sample.n == 0:
        return "there is no number above 0"
    distinct, largest = sample.values.size, f"{sample.largest:.10g}"
    lowest = max(settings.xmin_range[0], min(settings.candidates, default=0.0))
    needed = 2 if settings.fixed else 3
    beyond = int(np.count_nonzero(sample.values >= lowest))
    cases = (
        (distinct == 1, f"all numbers are alike ({largest})"),
        (beyond == 0, f"no number reaches xmin = {lowest:.10g}: the largest is {largest}"),
        (
            settings.min_tail > sample.n,
            f"there are {grouped(sample.n)} numbers, fewer than min_tail = {settings.min_tail}",
        ),
        (
            beyond < needed,
            f"a tail needs {needed} distinct numbers, and only {beyond} reach xmin",
        ),
        (
            sample.values[0] > settings.xmin_range[1],
            f"no number may begin the tail: xmin is at most {settings.xmin_range[1]:.10g}",
        ),
    )
    least = f"{settings.min_tail} numbers, " if settings.min_tail else ""
    otherwise = f"no xmin leaves {least}{needed} of them distinct, with a spread"
    return next((reason for applies, reason in cases if applies), otherwise)


def what_to_know(
    sample: TailSample, fit: TailFit, settings: TailSettings, resamples: Resamples
) -> tuple[str, ...]:
    """Return what a reader of the fit must know."""
    whole = not settings.discrete and bool(np.all(sample.values == np.floor(sample.values)))
    unfitted = resamples.alpha.size - resamples.n_fitted
    cases = (
        (
            sample.n_zeros > 0,
            f"{grouped(sample.n_zeros)} zeros were left out: a power law has no place for them",
        ),
        (
            fit.n_tail < ENOUGH,
            f"only {fit.n_tail} numbers reach xmin: below about {ENOUGH} alpha is biased and p weak",
        ),
        (
            fit.alpha < _FLAT,
            "alpha is next to 1, its lower end, as for laws with a smaller exponent and an end",
        ),
        (whole, "all numbers are whole: discrete=True is the law for them"),
        (settings.is_grid, f"xmin was chosen from a grid of {len(settings.candidates)} values"),
        (
            unfitted > 0,
            (
                f"{unfitted} of {resamples.alpha.size} resamples left no tail to fit; intervals take them as "
                "beyond both ends"
            ),
        ),
    )
    return tuple(words for applies, words in cases if applies)


def finite_size(sample: TailSample, fit: TailFit) -> str:
    """Return in words how far the tail reaches, and how far an endless one would.

    The largest of n numbers of the law is typically xmin · n^(1/(alpha-1)) (Newman 2005, Contemporary
    Physics 46, 323); a tail that stops well below has an end of its own.
    """
    decades = math.log10(sample.largest / fit.xmin)
    power = math.log10(fit.n_tail) / (fit.alpha - 1)
    reach = math.log10(fit.xmin) + power
    typical = significant(10.0**reach, 2) if reach < 300 else f"10^{reach:.0f}"
    return (
        f"The tail holds {grouped(fit.n_tail)} of {grouped(sample.n)} numbers "
        f"({significant(100 * fit.n_tail / sample.n, 2)} %) and spans {decades:.1f} decades, from "
        f"{significant(fit.xmin)} to {significant(sample.largest)}; the largest of as many numbers of "
        f"the endless law would be about {typical}."
    )
