"""Counts of activations that are at hand as arrays, under several rules in one pass."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from activstats.counts.counts import Counts
from activstats.errors import ActivstatsWarning, InputError
from activstats.rules import Rule, parse_rule
from activstats.rules.base import namespace

# Samples judged at a time: the rules sort a copy of what they look at.
_BLOCK = 8192


def counts_of(
    activations: Any, rules: Sequence[str | Rule], **provenance: Any
) -> dict[str, Counts]:
    """Count activations under several rules, holding one block of samples at a time.

    Parameters
    ----------
    activations : array or tensor of float, shape (n_samples, n_neurons), or iterable of them
        Activations of one layer; blocks follow each other in the order of the samples. They are
        compared as they come, never cast.
    rules : sequence of str or Rule
        Rules, or their names.
    **provenance
        Where the activations come from, such as ``layer="relu"``.

    Returns
    -------
    dict of str to Counts
        Counts by name of the rule, in the order given.

    Raises
    ------
    InputError
        If there is no block or no rule, a rule stands twice, a block is no array of samples by
        neurons, or blocks differ in width.
    RuleError
        If there is no rule of a name, or one is not calibrated.

    Warns
    -----
    ActivstatsWarning
        If activations were NaN or infinite, which count as not activated.

    Examples
    --------
    >>> blocks = [np.array([[0.5, -1.0, 2.0]]), np.array([[1.0, 0.0, 3.0], [0.0, 0.0, 1.0]])]
    >>> counts = counts_of(blocks, ["argmax", "above(0)"])
    >>> counts["argmax"].counts, counts["above(0)"].counts
    (array([0, 0, 3]), array([2, 0, 3]))
    """
    parsed = _distinct(rules)
    totals: dict[str, Counts] = {}
    nonfinite = seen = 0
    for block in _blocks(activations):
        nonfinite += int((~namespace(block).isfinite(block)).sum())
        seen += int(block.shape[0]) * int(block.shape[1])
        for rule in parsed:
            counted = Counts.from_active(_as_numpy(rule(block)))
            totals[rule.name] = totals[rule.name] + counted if rule.name in totals else counted
    if not seen:
        raise InputError(
            "there are no activations to count.", hint="an array of samples by neurons"
        )
    if nonfinite:
        warnings.warn(
            f"{nonfinite} of {seen} activations were NaN or infinite; they count as not activated",
            ActivstatsWarning,
            stacklevel=2,
        )
    return {
        name: replace(counts, provenance={**provenance, "rule": name})
        for name, counts in totals.items()
    }


def _distinct(rules: Sequence[str | Rule]) -> list[Rule]:
    parsed = [parse_rule(rule) for rule in ([rules] if isinstance(rules, str | Rule) else rules)]
    names = [rule.name for rule in parsed]
    if not names or len(set(names)) < len(names):
        raise InputError(
            "counting needs rules, each once.",
            got=", ".join(names) or "no rule",
            hint='["top_fraction(0.01)", "above(0)"]',
        )
    return parsed


def _blocks(activations: Any) -> Iterator[Any]:
    """Yield blocks of bounded size, whatever sizes they come in."""
    parts: Iterable[Any] = [activations] if hasattr(activations, "shape") else activations
    if isinstance(parts, str | bytes) or not isinstance(parts, Iterable):
        raise InputError("these are no activations.", got=type(activations).__name__)
    for part in parts:
        _check_block(part)
        for start in range(0, int(part.shape[0]), _BLOCK):
            yield part[start : start + _BLOCK]


def _check_block(part: Any) -> None:
    try:
        shape = tuple(part.shape)
        real = namespace(part).isdtype(part.dtype, ("real floating", "integral"))
    except (AttributeError, TypeError):  # a list, a table, a sparse matrix
        shape, real = (), False
    if len(shape) != 2 or shape[1] == 0 or not real:  # noqa: PLR2004  (samples by neurons)
        kind = getattr(part, "dtype", type(part).__name__)
        raise InputError(
            "activations come as an array of samples by neurons, or as blocks of such.",
            got=f"{kind} of shape {shape}" if shape else type(part).__name__,
            allowed="real numbers in two dimensions",
            hint="numpy.asarray(rows) for a list of rows, frame.to_numpy() for a table",
        )


def _as_numpy(active: Any) -> Any:
    # Only truth values leave the library they were computed in, and the device they lie on.
    return np.asarray(active.cpu() if hasattr(active, "cpu") else active)
