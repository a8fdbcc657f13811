"""One law set beside the bounded one, and how it is read back from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rival:
    """One law set beside the bounded one.

    Parameters
    ----------
    law : str
        Name.
    parameters : dict
        Best values by name.
    log_likelihood : float
        Of the counts in range, normalised over the support.
    aic_difference : float
        AIC of the rival less that of the bounded law: positive where the bounded law is better.
    log_ratio : float
        Log-likelihood of the bounded law less that of the rival.
    scatter : float
        Standard deviation of `log_ratio` by chance; nan for a nested rival.
    statistic : float
        Vuong's, `log_ratio` over `scatter`; twice `log_ratio` for a nested rival.
    pvalue : float
        That chance alone tells the two apart so well (two-sided); for a nested rival, that it is
        the true law.
    nested : bool
        Whether the rival is the bounded law with one parameter held.
    verdict : str
        The comparison in words.
    """

    law: str
    parameters: dict[str, float]
    log_likelihood: float
    aic_difference: float
    log_ratio: float
    scatter: float
    statistic: float
    pvalue: float
    nested: bool
    verdict: str


_NUMBERS = ("log_likelihood", "aic_difference", "log_ratio", "scatter", "statistic", "pvalue")


def read_rivals(content: list[dict[str, Any]]) -> tuple[Rival, ...]:
    """Return rivals from their form in JSON."""
    return tuple(_read(one) for one in content)


def _read(one: dict[str, Any]) -> Rival:
    return Rival(
        law=str(one["law"]),
        parameters={name: float(value) for name, value in one["parameters"].items()},
        nested=bool(one["nested"]),
        verdict=str(one["verdict"]),
        **{name: float(one[name]) for name in _NUMBERS},
    )
