"""The best loss that networks of several widths reach, as a curve over N."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from activstats.errors import InputError
from activstats.laws.loss.curve import LossCurve


def fitted_floors(results: Mapping[Any, Any] | Iterable[Any]) -> LossCurve:
    """Return the losses that fitted curves fall to, over the widths of their networks.

    Parameters
    ----------
    results : mapping from width to result, or iterable of results
        Each with `loss_opt` and its standard error `loss_opt_se`, such as those of `LossTransition`
        and `LossDecay`; without a mapping, with ``width`` in their provenance.

    Returns
    -------
    LossCurve
        With N in place of D, and the standard errors. Results without an error of their floor, or
        with a floor of 0, which was not told from none, are left out and counted in the provenance
        as ``left_out``.

    Raises
    ------
    InputError
        If no result has a floor, or one has no width.
    """
    pairs = list(results.items()) if isinstance(results, Mapping) else _with_width(results)
    found = [(n, _number(one, "loss_opt"), _number(one, "loss_opt_se")) for n, one in pairs]
    kept = [row for row in found if math.isfinite(row[1]) and row[1] > 0 and 0 < row[2] < math.inf]
    if not kept:
        raise InputError(
            "none of these results knows the loss that its curve falls to.",
            got=f"{len(found)} results",
            hint="losses_at_largest(curve) takes the runs on the largest training set instead",
        )
    n, loss, se = zip(*kept, strict=True)
    known = {"d": "width", "loss": "fitted L_opt", "left_out": len(found) - len(kept)}
    return LossCurve(n, loss, se=se, provenance=known)  # type: ignore[arg-type]


def losses_at_largest(curve: LossCurve) -> LossCurve:
    """Return the losses on the largest training set that every width was trained on, over N.

    Parameters
    ----------
    curve : LossCurve
        Runs of several widths.

    Returns
    -------
    LossCurve
        With N in place of D, replicates kept; the size D in the provenance as ``n_train``.

    Raises
    ------
    InputError
        If the runs have no width, or no size is common to all.
    """
    parts = curve.by_width()
    common = set.intersection(*(set(part.sizes.tolist()) for part in parts.values()))
    if not common:
        raise InputError(
            "no size of the training set was given to every width.",
            got=", ".join(f"width {n}: up to {part.sizes[-1]:g}" for n, part in parts.items()),
        )
    largest = max(common)
    chosen = curve.only(np.asarray(curve.d == largest))
    columns = {name: getattr(chosen, name) for name in ("loss", "seed", "weight", "se")}
    known = curve.provenance | {"d": "width", "n_train": largest}
    return LossCurve(chosen.width, **columns, provenance=known)  # type: ignore[arg-type]


def _with_width(results: Iterable[Any]) -> list[tuple[Any, Any]]:
    pairs = []
    for one in results:
        known = getattr(one, "provenance", None)
        if not isinstance(known, Mapping) or "width" not in known:
            raise InputError(
                "a result does not say how wide its networks are.",
                got=type(one).__name__,
                hint="{width: result, …}, or curves of LossCurve.by_width()",
            )
        pairs.append((known["width"], one))
    return pairs


def _number(result: Any, name: str) -> float:
    value = getattr(result, name, math.nan)
    return float(value) if isinstance(value, int | float | np.number) else math.nan
