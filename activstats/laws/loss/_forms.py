"""A few forms fitted to one curve over N, weighed against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from activstats.laws.loss.families import FLAT, LINE, POWER_LAW
from activstats.laws.loss.family_fit import FamilyFit

# Here x is log N, and a line may rise as well as fall.
FORMS = (FLAT, replace(LINE, name="line in log N", falling=False), POWER_LAW)
AICC, QAIC = "AICc", "QAIC"


@dataclass(frozen=True)
class Form:
    """How well one family describes a curve.

    Parameters
    ----------
    family : str
    n_params : int
        Of the curve; the noise is one more.
    value : float
        Of the criterion; infinite where there are too few runs for so many parameters.
    delta : float
        Less that of the best family.
    weight : float
        Akaike weight among the families compared; nan if none of them could be weighed.
    """

    family: str
    n_params: int
    value: float
    delta: float
    weight: float

    @property
    def known(self) -> bool:
        """Whether there are runs enough for the criterion."""
        return self.value < math.inf


def criterion_of(fits: Sequence[FamilyFit]) -> str:
    """Return the criterion that weighs fits: QAIC where the errors of the losses are known."""
    return AICC if fits[0].data.se is None else QAIC


def compared(fits: Sequence[FamilyFit]) -> tuple[Form, ...]:
    """Return the families, the best first; of equals the one with fewer parameters.

    Parameters
    ----------
    fits : sequence of FamilyFit
        Of one curve.

    Notes
    -----
    AICc (Hurvich & Tsai 1989) where the size of the noise is a parameter like the others. Where the
    standard errors are known it is χ²/ĉ + 2k, with ĉ = χ²/df of the largest family, at least 1, for
    losses that scatter by more than their errors (Burnham & Anderson 2002, sec. 2.5).
    """
    values = _by_errors(fits) if criterion_of(fits) == QAIC else [fit.aicc for fit in fits]
    pairs = sorted(
        zip(values, fits, strict=True), key=lambda pair: (pair[0], pair[1].family.n_params)
    )
    best = pairs[0][0]
    deltas = [0.0 if value == best else value - best for value, _ in pairs]
    shares = [math.exp(-delta / 2) for delta in deltas]
    known = best < math.inf
    return tuple(
        Form(
            fit.family.name,
            fit.family.n_params,
            value,
            delta if known else math.nan,
            share / sum(shares) if known else math.nan,
        )
        for (value, fit), delta, share in zip(pairs, deltas, shares, strict=True)
    )


def _by_errors(fits: Sequence[FamilyFit]) -> list[float]:
    se = fits[0].data.se
    assert se is not None  # asked for only where there are errors
    # Weights are relative to the mean standard error.
    squares = [fit.rss / float(se.mean()) ** 2 for fit in fits]
    largest = max((fit for fit in fits if fit.df > 0), key=lambda fit: fit.family.n_params)
    inflation = max(1.0, squares[list(fits).index(largest)] / largest.df)
    return [
        chi2 / inflation + 2 * fit.family.n_params if fit.df >= 0 else math.inf
        for chi2, fit in zip(squares, fits, strict=True)
    ]


def read_forms(rows: Sequence[Mapping[str, Any]]) -> tuple[Form, ...]:
    """Return the forms that JSON holds."""
    names = ("value", "delta", "weight")
    return tuple(
        Form(row["family"], int(row["n_params"]), *(float(row[n]) for n in names)) for row in rows
    )
