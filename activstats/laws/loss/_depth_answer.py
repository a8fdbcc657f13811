"""From runs at several depths to ratios of losses and an answer."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from activstats.laws.loss._depth_model import DepthModel, DepthRuns, Estimate, f_test
from activstats.laws.loss.depth_cells import DepthCell, DepthRatio
from activstats.laws.loss.depth_result import (
    BETTER,
    DEPENDS,
    DIFFER,
    SAME,
    WORSE,
    DepthComparison,
)
from activstats.laws.results import Status

# Beyond this share, networks of one budget are no longer of equal size.
_UNEQUAL = 0.05


def compared(
    runs: DepthRuns, n_parameters: NDArray[np.float64], margin: float, level: float
) -> DepthComparison:
    """Return the comparison of runs; without an answer, but with a reason, where there is none."""
    several = [b for b in runs.budgets if np.unique(runs.depth[runs.budget == b]).size > 1]
    usable = np.isin(runs.budget, several)
    left_out = len(runs.budgets) - len(several)
    known = DepthComparison(
        method="least squares of log loss on budget, seed and depth",
        level=level,
        n_obs=int(usable.sum()),
        status=Status.TOO_FEW,
        cells=_cells(runs, n_parameters, math.nan, 0, level),
        margin=margin,
        warnings=_warnings(left_out),
    )
    if not several:
        return replace(known, reason="no budget was given to networks of more than one depth")
    return _fitted(known, runs.only(usable), n_parameters[usable])


def _fitted(
    known: DepthComparison, runs: DepthRuns, n_parameters: NDArray[np.float64]
) -> DepthComparison:
    model = _matched(runs)
    if not model.full_rank:
        reason = "some depths were never trained at the budgets of others"
        return replace(known, status=Status.NOT_IDENTIFIABLE, reason=reason)
    if model.df <= 0:
        return replace(known, reason="as many numbers to tell as runs: train more seeds or budgets")
    full = DepthModel(model.runs, interaction=True)
    has_scatter = full.full_rank and full.df > 0 and len(runs.budgets) > 1
    scatter = full if has_scatter else model
    statistic, pvalue = model.depth_test()
    found = replace(
        known,
        status=Status.CONVERGED,
        cells=_cells(model.runs, n_parameters, scatter.sd, scatter.df, known.level),
        ratios=_ratios(model, [None], known.level),
        ratios_by_budget=_ratios(full, runs.budgets, known.level) if has_scatter else (),
        statistic=statistic,
        pvalue=pvalue,
        df=len(runs.depths) - 1,
        df_residual=model.df,
        interaction_pvalue=f_test(model.rss, model.df, full)[1] if has_scatter else math.nan,
        matched=model.runs.seed is not None,
        noise_level=scatter.sd,
    )
    return _answered(found)


def _matched(runs: DepthRuns) -> DepthModel:
    """Return the model with seeds, or without where they tell nothing apart from the runs."""
    model = DepthModel(runs)
    if runs.seed is not None and not (model.full_rank and model.df > 0):
        model = DepthModel(replace(runs, seed=None))
    return model


def _ratios(
    model: DepthModel, budgets: list[float] | list[None], level: float
) -> tuple[DepthRatio, ...]:
    others = model.runs.depths[1:]
    # Bonferroni's, over the depths that are compared with the smallest.
    shared = 1 - (1 - level) / len(others)
    found = []
    for budget, depth in product(budgets, others):
        outer = _exp(model.difference(depth, budget, shared))
        inner = _exp(model.difference(depth, budget, 2 * level - 1))
        at = math.nan if budget is None else budget
        found.append(DepthRatio(depth, model.runs.depths[0], at, *outer, *inner[1:]))
    return tuple(found)


def _exp(one: Estimate) -> tuple[float, float, float]:
    ends = (one.estimate, one.low, one.high)
    return tuple(math.exp(min(end, 700.0)) if end < math.inf else end for end in ends)  # type: ignore[return-value]


def _cells(
    runs: DepthRuns, n_parameters: NDArray[np.float64], sd: float, df: int, level: float
) -> tuple[DepthCell, ...]:
    cells = []
    for depth, budget in product(runs.depths, runs.budgets):
        here = (runs.depth == depth) & (runs.budget == budget)
        if not here.any():
            continue
        logs = runs.log_loss[here]
        middle = float(logs.mean())
        reach = math.inf
        if df > 0 and math.isfinite(sd):
            reach = float(stdtrit(df, (1 + level) / 2)) * sd / math.sqrt(logs.size)
        ends = (math.exp(middle - reach), math.exp(middle + reach) if reach < 700 else math.inf)
        own = float(n_parameters[here].mean())
        losses = tuple(np.exp(logs).tolist())
        cells.append(DepthCell(depth, budget, own, losses, math.exp(middle), *ends))
    return tuple(cells)


def _answered(found: DepthComparison) -> DepthComparison:
    alpha, bound = 1 - found.level, 1 + found.margin
    within = all(1 / bound < one.inner_low and one.inner_high < bound for one in found.ratios)
    depends = found.interaction_pvalue <= alpha
    below = any(one.high < 1 for one in found.ratios)
    above = any(one.low > 1 for one in found.ratios)
    warnings = found.warnings + _unequal(found)
    if within and not depends:
        small = "the depths do differ, but by less than the margin"
        return replace(found, answer=SAME, warnings=warnings + (small,) * (found.pvalue <= alpha))
    if depends:
        reason = "the effect of depth is not the same at every budget: read the ratios of each"
        return replace(found, answer=DEPENDS, reason=reason, warnings=warnings)
    if found.pvalue <= alpha:
        answer = BETTER if below and not above else WORSE if above and not below else DIFFER
        return replace(found, answer=answer, warnings=warnings)
    reason = (
        "an effect of depth is not shown, but one beyond "
        f"±{100 * found.margin:g} % is not excluded either"
    )
    return replace(found, reason=reason, warnings=warnings)


def _warnings(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    some = "budget was" if left_out == 1 else "budgets were"
    return (f"{left_out} {some} left out, with networks of a single depth",)


def _unequal(found: DepthComparison) -> tuple[str, ...]:
    if not found.most_unequal > _UNEQUAL:
        return ()
    return (
        f"numbers of parameters differ from their budget by up to {100 * found.most_unequal:.0f} %",
    )
