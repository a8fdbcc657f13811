"""Does the order of the samples matter? Four tests against the same rows shuffled.

Samples that come in random order are exchangeable: no rearrangement of them is more likely than
another. Drift, blocks of alike samples and training break that. Fixed unequal firing rates do not,
and neither does the reinforcement process: it gives each order of the same activations the same
probability (de Finetti), so that no test of order can see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError, InputError
from activstats.laws._checks import check_level
from activstats.laws._order_rows import rows_of_mask, rows_of_table
from activstats.laws._order_statistics import NAMES, Statistics, shuffled
from activstats.laws.bits import HasBits
from activstats.laws.histogram import as_provenance
from activstats.laws.order_result import OrderTest, OrderTests
from activstats.laws.results import Status

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["OrderTest", "OrderTests", "order_tests"]

# 4! = 24 orders cannot give a p-value below .05 to a family of four tests.
_FEWEST_ROWS = 5
# Differences smaller than this share of an effect are rounding.
_TIE = 1e-9


def order_tests(
    rows: HasBits | ArrayLike,
    *,
    groups: ArrayLike | str | None = None,
    samples_per_row: ArrayLike | None = None,
    along_training: bool | None = None,
    n_permutations: int = 999,
    max_rows: int = 4096,
    level: float = 0.95,
    rng: np.random.Generator | int | None = None,
) -> OrderTests:
    """Test whether rows of activations come in an order that matters.

    Parameters
    ----------
    rows : HasBits, or array_like of int with shape (n_rows, n_neurons)
        Single activations, as `Recording.mask` gives them, or counts of each neuron by step.
    groups : array_like with shape (n_samples,), or "steps", optional
        For a mask: label of the sequence that each sample belongs to, one run of samples a label;
        ``"steps"`` takes the steps of a mask read with ``step=None``. Tokens of one sequence are not
        exchangeable with others, so groups are permuted as wholes: each is one row.
    samples_per_row : array_like of int, shape (n_rows,), optional
        For a table: samples behind each row of counts, where they differ; rates are compared then.
    along_training : bool, optional
        Whether weights changed from row to row; only the words of the result depend on it. A mask
        knows it from its steps.
    n_permutations : int
        Random orders, B.
    max_rows : int
        Above so many rows, neighbours are summed in blocks of equal number first.
    level : float
        Confidence level: 1 − level is the error of the whole family of tests.
    rng : Generator, int or None
        Source of the orders.

    Returns
    -------
    OrderTests
        Four tests with their effects and Holm-adjusted p-values, or a status and the reason.

    Raises
    ------
    InputError
        If the rows are no activations, or the groups do not fit.
    DomainError
        If a number of permutations or rows, or the level, makes no sense.

    Notes
    -----
    p = (1 + #{permuted effect ≥ effect}) / (B + 1), exact under exchangeability whatever the
    correlation between neurons (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, 39). lag-1:
    correlation of neighbouring rows; trend and halves: share of the rows' scatter that a straight
    line or a step in the middle explains; curve: largest distance of K(D) from its rarefied curve.
    All but the curve need the products of the rows with each other alone (derived). Adjusted after
    Holm 1979 (Scand. J. Stat. 6, 65).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> by_step = rng.poisson(np.linspace(1, 3, 40)[:, None], size=(40, 30))  # rates that grow
    >>> found = order_tests(by_step, n_permutations=199, rng=0)
    >>> {test.name: test.pvalue_holm for test in found.tests}
    {'lag-1': 0.02, 'trend': 0.02, 'halves': 0.02, 'curve': 0.115}
    """
    _check_settings(n_permutations, max_rows, level)
    if isinstance(rows, HasBits):
        if samples_per_row is not None:
            raise InputError("a mask knows its samples.", hint="leave samples_per_row out")
        made = rows_of_mask(rows, groups, max_rows)
    else:
        if groups is not None:
            raise InputError("rows of counts have no groups.", hint="sum the rows of each group")
        made = rows_of_table(rows, samples_per_row, max_rows)
    statistics = Statistics(made)
    status, reason = _what_hides_order(statistics)
    tests: tuple[OrderTest, ...] = ()
    if status is Status.CONVERGED:
        tests = _tests(statistics, n_permutations, level, np.random.default_rng(rng))
    return OrderTests(
        method="permutation",
        level=level,
        n_obs=made.n_rows,
        status=status,
        reason=reason,
        warnings=made.notes,
        provenance=as_provenance(rows),
        tests=tests,
        unit=made.unit,
        n_neurons=made.n_neurons,
        n_permutations=n_permutations,
        setting=_setting(rows, along_training=along_training),
    )


def _tests(
    statistics: Statistics, n_permutations: int, level: float, rng: np.random.Generator
) -> tuple[OrderTest, ...]:
    recorded = statistics.of(np.arange(statistics.rows.n_rows)[None])[0]
    chance = shuffled(statistics, n_permutations, rng)
    as_large = (chance >= recorded - _TIE * np.abs(recorded)).sum(axis=0)
    pvalues = (1 + as_large) / (n_permutations + 1)
    adjusted = _holm(pvalues)
    ends = np.quantile(chance, [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = (recorded, chance.mean(axis=0), chance.std(axis=0), *ends, pvalues, adjusted)
    rows = zip(NAMES, *(column.tolist() for column in columns), strict=True)
    return tuple(OrderTest(*row) for row in rows)


def _holm(pvalues: FloatArray) -> FloatArray:
    # statsmodels' multipletests says the same, but collects all garbage of the process in every call.
    order = np.argsort(pvalues, kind="stable")
    raised = np.maximum.accumulate(pvalues[order] * np.arange(pvalues.size, 0, -1))
    adjusted = np.empty_like(pvalues)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted


def _what_hides_order(statistics: Statistics) -> tuple[Status, str]:
    n = statistics.rows.n_rows
    if n < _FEWEST_ROWS:
        return Status.TOO_FEW, f"{n} {statistics.rows.unit} have too few orders to tell any apart"
    largest = float(np.trace(statistics.rows.gram))
    if statistics.total <= _TIE * largest or largest == 0:
        return Status.NOT_IDENTIFIABLE, f"all {statistics.rows.unit} are alike in every neuron"
    return Status.CONVERGED, ""


def _setting(rows: object, *, along_training: bool | None) -> str:
    if along_training is not None:
        return "training" if along_training else "frozen"
    steps = len(getattr(rows, "steps", ()))
    return "unknown" if steps == 0 else "training" if steps > 1 else "frozen"


def _check_settings(n_permutations: int, max_rows: int, level: float) -> None:
    if n_permutations < 1:
        raise DomainError(
            "a permutation test needs permutations.", got=n_permutations, allowed=">= 1"
        )
    if max_rows < _FEWEST_ROWS:
        raise DomainError(
            "so few rows cannot tell orders apart.", got=max_rows, allowed=f">= {_FEWEST_ROWS}"
        )
    check_level(level)
