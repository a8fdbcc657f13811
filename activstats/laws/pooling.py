"""Is b one constant? Pooling the values of b of several layers, runs or rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from activstats.errors import InputError
from activstats.laws._pooled_words import cautions, left_out_in_words
from activstats.laws.between_groups import Between, between_groups
from activstats.laws.poolable import Entry, LeftOut, collect
from activstats.laws.pooled import Pooled
from activstats.laws.random_effects import (
    MODIFIED_HARTUNG_KNAPP,
    PAULE_MANDEL,
    RandomEffects,
    random_effects,
)
from activstats.laws.results import Status

__all__ = ["Between", "LeftOut", "Pooled", "RandomEffects", "pool", "random_effects"]


def pool(
    results: object,
    by: str | Sequence[str] | None = None,
    *,
    level: float = 0.95,
    method: str = PAULE_MANDEL,
    interval: str = MODIFIED_HARTUNG_KNAPP,
    keep_saturated: bool = False,
) -> Pooled:
    """Pool the constant b of several fits by random effects on log b.

    Parameters
    ----------
    results : iterable or mapping of results, or DataFrame
        Fits of the growth law, by name if a mapping; or a table with the column `b` and `bse`
        (standard error of log b), or `b_low` and `b_high`. Columns `status`, `level` (of the
        intervals, 0.95 where missing), `label`, `recording` or `run` and `rule` are understood.
    by : str or sequence of str, optional
        Column, entry of the provenance or attribute of the results whose values, or combinations
        of values, make groups: ``"width"``, ``["layer", "rule"]``.
    level : float
        Confidence level.
    method : {"paule-mandel", "dersimonian-laird"}
        Estimator of tau².
    interval : {"modified-hartung-knapp", "hartung-knapp", "normal"}
        Interval of the pooled mean, see `random_effects`.
    keep_saturated : bool
        Whether results whose growth curve is saturated are pooled too: their b rests on the counts
        alone.

    Returns
    -------
    Pooled
        With b and its interval, heterogeneity, the interval for a new result, one pooled b for each
        group with the test between groups, and what was left out, with the reasons.

    Raises
    ------
    InputError
        If there is no result, nothing of that name to group by, a b that is no positive number, or
        a standard error that is zero or unknown.
    DomainError
        If there is no such method, interval or level.

    Notes
    -----
    Where a standard error is missing it is log(b_high/b_low)/(2 z), z the normal quantile of the
    interval's level; a result without one whose interval is open at an end is left out. Results
    must be independent: several rules, layers or steps of one recording are not, and a warning
    says so.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"b": [0.20, 0.22, 0.19, 0.35, 0.33], "bse": 0.06, "width": [64, 64, 64, 512, 512]}
    ... )
    >>> pooled = pool(table, by="width")
    >>> round(pooled.b, 3), round(pooled.overall.pvalue, 5), round(pooled.between.pvalue, 3)
    (0.249, 0.0, 0.003)
    >>> pooled.groups_frame()[["group", "k", "b"]].round(3)
         group  k      b
    0  width 64  3  0.203
    1 width 512  2  0.340
    """
    names = _names(by)
    entries, left_out = collect(results, names, keep_saturated=keep_saturated)
    effects = np.array([entry.log_b for entry in entries])
    variances = np.array([entry.se for entry in entries]) ** 2
    group_of, group_names = _grouped(entries, names)

    def pooled(chosen: Any) -> RandomEffects:
        how = {"method": method, "interval": interval}
        return random_effects(effects[chosen], variances[chosen], level=level, **how)

    overall = pooled(slice(None))
    status, reason = _status(overall.k, left_out)
    return Pooled(
        method=f"{method}, {interval}",
        level=level,
        n_obs=overall.k,
        status=status,
        reason=reason,
        warnings=tuple(cautions(overall, entries, names)),
        labels=tuple(entry.label for entry in entries),
        log_b=tuple(effects.tolist()),
        se=tuple(entry.se for entry in entries),
        by=names,
        group_of=tuple(group_of.tolist()),
        group_names=group_names,
        overall=overall,
        groups=tuple(pooled(group_of == i) for i in range(len(group_names))),
        between=between_groups(effects, variances, group_of) if names else None,
        left_out=tuple(left_out),
        tau_method=method,
        interval_method=interval,
    )


def _names(by: object) -> tuple[str, ...]:
    if by is None:
        return ()
    names = tuple(by) if isinstance(by, list | tuple) else (by,)
    if not all(isinstance(name, str) and name for name in names):
        hint = 'by="width", by=["layer", "rule"]'
        raise InputError("groups are made by name.", got=repr(by), hint=hint)
    return names


def _grouped(entries: list[Entry], names: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """Return the number of each entry's group, and the groups' names in order of their values."""
    if not names:
        return np.zeros(len(entries), dtype=np.intp), ()
    keys = {str(entry.group): entry.group for entry in entries}
    try:
        order = sorted(keys, key=lambda key: keys[key])
    except TypeError:  # values of several kinds have no order
        order = sorted(keys)
    titles = tuple(
        ", ".join(f"{n} {value}" for n, value in zip(names, keys[key], strict=True))
        for key in order
    )
    group_of = [order.index(str(entry.group)) for entry in entries]
    return np.array(group_of, dtype=np.intp), titles


def _status(k: int, left_out: list[LeftOut]) -> tuple[Status, str]:
    if k == 0:
        why = left_out_in_words(left_out, len(left_out))
        return Status.NOT_IDENTIFIABLE, f"no result holds a b that can be pooled: {why}"
    if k == 1:
        return Status.TOO_FEW, "one result: the numbers are its own, nothing was pooled"
    return Status.CONVERGED, ""
