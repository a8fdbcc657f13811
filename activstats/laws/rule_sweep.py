"""The growth law under several activation rules: b is not one constant of a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws.growth import GrowthLaw
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.histogram import as_provenance
from activstats.laws.results import Status
from activstats.laws.swept import RuleSweep, tells

__all__ = ["SWEEP_RULES", "RuleSweep", "sweep"]

# About 0.1, 0.3, 1, 3 and 10 % of the layer for each sample, and the rule of the published law.
SWEEP_RULES = (
    "top_fraction(0.001)",
    "top_fraction(0.003)",
    "top_fraction(0.01)",
    "top_fraction(0.03)",
    "top_fraction(0.1)",
    "above(0)",
)


def sweep(
    counts_by_rule: Mapping[str, object] | Iterable[Any],
    *,
    law: GrowthLaw | None = None,
    n_boot: int = 0,
    rng: np.random.Generator | int | None = None,
) -> RuleSweep:
    """Fit the growth law under each of several rules.

    Parameters
    ----------
    counts_by_rule : mapping of str to counts, or iterable of Counts
        Counts of the same layer over the same samples by name of the rule; Counts of a recording
        know their rule themselves.
    law : GrowthLaw, optional
        The fit's settings; those of ``GrowthLaw()`` if left out.
    n_boot : int
        Replicates of a goodness-of-fit test for each rule; 0, the default, for none.
    rng : Generator or int, optional
        Randomness of that test.

    Returns
    -------
    RuleSweep

    Raises
    ------
    InputError
        If there is no rule, one stands twice, or the layers or samples are not the same.
    DomainError
        If `n_boot` is negative.

    Examples
    --------
    >>> from activstats.laws.histogram import Histogram, histogram_of
    >>> counts = {"above(0)": histogram_of([9, 9, 8, 7, 9, 6, 3, 9], n_samples=12),
    ...     "argmax": histogram_of([0, 0, 0, 1, 1, 2, 3, 5], n_samples=12)}
    >>> swept = sweep(counts)
    >>> swept.rules, [round(share, 3) for share in swept.shares]
    (('argmax', 'above(0)'), [0.125, 0.625])
    """
    if n_boot < 0:
        raise DomainError("there is no such number of replicates.", got=n_boot, allowed=">= 0")
    law = law or GrowthLaw()
    given = _by_rule(counts_by_rule)
    fits = {rule: law.fit(counts) for rule, counts in given.items()}
    _check_same_layer(fits)
    rules = sorted(fits, key=lambda rule: fits[rule].c)
    generator = np.random.default_rng(rng)
    chosen = tuple(fits[rule] for rule in rules)
    told = any(tells(fit) for fit in chosen)
    return RuleSweep(
        method=chosen[0].method,
        level=law.level,
        n_obs=chosen[0].n_neurons,
        status=Status.CONVERGED if told else Status.NOT_IDENTIFIABLE,
        reason="" if told else "no rule gives a finite b",
        warnings=_alike(rules, fits),
        provenance={k: v for k, v in chosen[0].provenance.items() if k != "rule"},
        rules=tuple(rules),
        fits=chosen,
        pvalues=tuple(_pvalue(fit, n_boot, generator) for fit in chosen),
    )


def _by_rule(given: Mapping[str, object] | Iterable[Any]) -> dict[str, object]:
    if isinstance(given, Mapping):
        by_rule = {str(rule): counts for rule, counts in given.items()}
        size = len(given)
    else:
        several = list(given)
        by_rule = {str(as_provenance(counts).get("rule", "")): counts for counts in several}
        size = len(several)
    if not by_rule or len(by_rule) < size or "" in by_rule:
        raise InputError(
            "a sweep needs counts under rules of different names.",
            got=", ".join(by_rule) or "no rule",
            hint='sweep({"top_fraction(0.01)": counts_a, "above(0)": counts_b})',
        )
    return by_rule


def _check_same_layer(fits: Mapping[str, GrowthLawResult]) -> None:
    for name, what in (("n_neurons", "N"), ("n_samples", "D")):
        sizes = {rule: getattr(fit, name) for rule, fit in fits.items()}
        if len(set(sizes.values())) > 1:
            raise InputError(
                "a sweep compares rules on the same neurons and samples.",
                got=", ".join(f"{what} = {size} under {rule}" for rule, size in sizes.items()),
            )
    layers = {str(fit.provenance["layer"]) for fit in fits.values() if "layer" in fit.provenance}
    if len(layers) > 1:
        raise InputError("a sweep looks at one layer.", got=", ".join(sorted(layers)))


def _alike(rules: list[str], fits: Mapping[str, GrowthLawResult]) -> tuple[str, ...]:
    """Return a warning for rules that came to the same, as small fractions of narrow layers do."""
    same: dict[Any, list[str]] = {}
    for rule in rules:
        same.setdefault(fits[rule].histogram, []).append(rule)
    return tuple(
        f"{' and '.join(names)} give the same counts: in a layer of {fits[names[0]].n_neurons} neurons "
        f"each activates {fits[names[0]].c:.3g} a sample"
        for names in same.values()
        if len(names) > 1
    )


def _pvalue(fit: GrowthLawResult, n_boot: int, rng: np.random.Generator) -> float:
    if not n_boot or not tells(fit):
        return math.nan
    from activstats.laws.goodness import goodness_of_fit

    return float(goodness_of_fit(fit, n_boot=n_boot, rng=rng).pvalue_misfit)
