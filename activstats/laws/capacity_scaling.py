"""How samples per working neuron change when layers grow along with the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from activstats.errors import InputError
from activstats.laws._summary import significant
from activstats.laws.capacity import Capacity, capacity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from activstats.laws._gamma import FloatArray

DISCREPANCY = (
    "with N ∝ D^s and a fixed number c of neurons activated by a sample, the law of Zhang & Sui 2024 "
    "gives R ∝ D^(1−s) for s < 1, a constant R at s = 1, and an R that falls to 1 for s > 1; their "
    "summary says the opposite for s > 1"
)
# A share c/N that is the same at every size makes R depend on D alone.
_C_CHANGES = 0.1


@dataclass(frozen=True, eq=False)
class CapacityScaling:
    """Samples per working neuron over runs of several sizes.

    Parameters
    ----------
    runs : tuple of Capacity
        One a run, at all its samples.
    s, s_low, s_high : float
        Exponent of N ∝ D^s over the runs, with its interval; nan where it cannot be had.
    slope, slope_low, slope_high : float
        Exponent of R ∝ D^slope as measured.
    slope_law : float
        The same of the R that the fitted laws give at the same sizes.
    c_slope : float
        Exponent of c ∝ N^c_slope; the theory's statement takes it as 0.
    notes : tuple of str
        What the theory says beside it, in words.
    level : float
        Confidence level.
    """

    runs: tuple[Capacity, ...]
    s: float
    s_low: float
    s_high: float
    slope: float
    slope_low: float
    slope_high: float
    slope_law: float
    c_slope: float
    notes: tuple[str, ...]
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each run."""
        import pandas as pd

        return pd.concat([run.to_frame() for run in self.runs], ignore_index=True)


def capacity_scaling(layers: Sequence[object], level: float = 0.95) -> CapacityScaling:
    """Return how samples per working neuron go with the size of data and layer.

    Parameters
    ----------
    layers : sequence of GrowthLawResult or Counts
        Fits or counts of runs over sizes N and D, each knowing its number of samples.
    level : float
        Confidence level.

    Returns
    -------
    CapacityScaling
        With the measured exponents beside the theory's, and the discrepancy between the law and
        its own summary in words.

    Raises
    ------
    InputError
        If there is no run.

    Notes
    -----
    Exponents are least-squares slopes between logarithms over the runs, intervals Student's; with
    fewer than three runs, or all of one D, they are nan. See `samples_per_working_neuron` for the
    theory.

    Examples
    --------
    >>> from activstats.laws.histogram import histogram_of
    >>> runs = [histogram_of([0, 1, 2, 9], 20), histogram_of([0, 2, 5, 40], 80)]
    >>> found = capacity_scaling(runs)
    >>> found.to_frame()["per_neuron"].round(2).tolist()
    [4.0, 15.67]
    """
    if not layers:
        raise InputError("there is no run to compare.", got="an empty list")
    runs = tuple(capacity(layer, level=level) for layer in layers)
    d, n = (np.log([getattr(run.fit, name) for run in runs]) for name in ("n_samples", "n_neurons"))
    r, by_law = (np.log([getattr(run, name)[-1, 0] for run in runs])
                 for name in ("per_neuron", "per_neuron_law"))  # fmt: skip
    sizes, measured = _slope(d, n, level), _slope(d, r, level)
    c_slope = _slope(n, np.log([run.fit.c for run in runs]), level)[0]
    return CapacityScaling(
        runs,
        *sizes,
        *measured,
        slope_law=_slope(d, by_law, level)[0],
        c_slope=c_slope,
        notes=_notes(sizes[0], measured, c_slope),
        level=level,
    )


def _slope(x: FloatArray, y: FloatArray, level: float) -> tuple[float, float, float]:
    """Return slope and interval of a straight line; nan where points are too few or in a column."""
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known] - x[known].mean() if known.any() else x[known], y[known]
    spread = float((x * x).sum())
    if x.size < 3 or spread < 1e-12:
        return math.nan, math.nan, math.nan
    slope = float((x * y).sum()) / spread
    left = y - y.mean() - slope * x
    error = math.sqrt(float((left * left).sum()) / (x.size - 2) / spread)
    reach = float(stdtrit(x.size - 2, (1 + level) / 2)) * error
    return slope, slope - reach, slope + reach


def _notes(s: float, measured: tuple[float, float, float], c_slope: float) -> tuple[str, ...]:
    if math.isnan(s):
        return ("fewer than three sizes of data: no exponent", DISCREPANCY)
    predicted = (
        "1 − s = " + significant(1 - s, 2) if s < 1 else "0, falling to R = 1" if s > 1 else "0"
    )
    slope, low, high = (significant(value, 2) for value in measured)
    notes = [
        (
            f"N ∝ D^{significant(s, 2)}, R ∝ D^{slope} [{low}, {high}]; the law's exponent where "
            f"samples abound: {predicted}"
        ),
        DISCREPANCY,
    ]
    if not math.isnan(c_slope) and abs(c_slope) > _C_CHANGES:
        notes.append(
            f"here c grows like N^{significant(c_slope, 2)}, so that the statement for fixed c "
            "does not apply as it stands"
        )
    return tuple(notes)
