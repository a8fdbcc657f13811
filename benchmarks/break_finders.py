"""Other packages that find breaks in curves, behind one face each: p-value and place in ln D."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Break:
    """What a finder says: whether there is a break (at the 5 % level), and where."""

    found: bool
    x: float


def piecewise(d: np.ndarray, loss: np.ndarray, seed: int) -> Break:
    """piecewise-regression's default: Muggeo's breakpoint by 100 bootstrap restarts, Davies' test."""
    import piecewise_regression

    # It starts from NumPy's global random state, and prints.
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            fit = piecewise_regression.Fit(np.log(d), loss, n_breakpoints=1)
            estimates = fit.get_results()["estimates"]
            place = estimates["breakpoint1"]["estimate"] if estimates else math.nan
            return Break(bool(fit.davies < 0.05), float(place))
    finally:
        np.random.set_state(before)  # noqa: NPY002


def ruptures(d: np.ndarray, loss: np.ndarray, sigma: float) -> Break:
    """ruptures' continuous piecewise line by dynamic programming, one break kept if BIC lowers.

    It has no test and no abscissa: sizes are taken as evenly spaced, which they are in ln D here,
    and the noise is told.
    """
    import ruptures as rpt

    finder = rpt.Dynp(model="clinear", min_size=2, jump=1).fit(loss)
    ends = finder.predict(n_bkps=1)
    gain = finder.cost.error(0, loss.size) - finder.cost.sum_of_costs(ends)
    # A break adds two parameters: its place and a slope.
    found = gain > 2 * sigma**2 * math.log(loss.size)
    return Break(found, float(np.log(d)[ends[0] - 1]))
