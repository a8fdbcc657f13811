"""A family fitted to a loss curve: estimates, their errors, and how well it fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.laws.loss.cells import Cells
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.family import Family, bounds_of, grid_of
from activstats.laws.loss.projection import Shape, sums_of_squares

FloatArray = NDArray[np.float64]

# Half-width of the central differences in θ.
_DIFFERENCE = 1e-5
_AT_EDGE = 1e-6


@dataclass(frozen=True, eq=False)
class FamilyFit:
    """A family fitted to a loss curve.

    Parameters
    ----------
    family : Family
    data : LossCurve
    cells : Cells
        The curve under the last weights.
    weights : ndarray of float, shape (m,)
        Last weight of each run.
    shape : Shape
        Best curve.
    kept : ndarray of float, shape (m,)
        Share of its weight that each run kept, 1 unless outliers were weighed down.
    """

    family: Family
    data: LossCurve
    cells: Cells
    weights: FloatArray
    shape: Shape
    kept: FloatArray

    @cached_property
    def landscape(self) -> tuple[FloatArray, FloatArray]:
        """The grid of shapes, (q, p), and the sum of squares over the means at each, (q,)."""
        grid = grid_of(self.family, self.cells.x)
        return grid, sums_of_squares(self.family, self.cells, grid)

    @property
    def rss(self) -> float:
        """Weighted sum of squares over the runs, pure error included."""
        return self.shape.rss + self.cells.pure_error

    @property
    def df(self) -> int:
        """Runs less parameters."""
        return self.data.n_runs - self.family.n_params

    @property
    def variance(self) -> float:
        """Variance of a run of weight 1; nan without degrees of freedom."""
        return self.rss / self.df if self.df > 0 else math.nan

    @property
    def noise(self) -> float:
        """Standard deviation of a run of mean weight: under proportional noise, the mean cv."""
        return math.sqrt(self.variance)

    @property
    def at_edge(self) -> tuple[str, ...]:
        """Names of coordinates that ended at a bound of the search."""
        low, high = bounds_of(self.family, self.cells.x)
        edge = np.minimum(self.shape.theta - low, high - self.shape.theta) < _AT_EDGE
        return tuple(c.name for c, at in zip(self.family.coordinates, edge, strict=True) if at)

    @property
    def params(self) -> dict[str, float]:
        """Estimates by name: coordinates of the shape in natural units, floor, slopes."""
        shape = {
            c.name: float(c.natural(value))
            for c, value in zip(self.family.coordinates, self.shape.theta, strict=True)
        }
        names = ("loss_opt",) * self.family.floor + self.family.slopes
        return shape | dict(zip(names, self.shape.linear.tolist(), strict=True))

    @cached_property
    def covariance(self) -> FloatArray:
        """Covariance of the coordinates θ, then floor and slopes, shape (p + 1 + k,) twice.

        From the curvature of the sum of squares at the estimates; coordinates that are logarithms
        stay logarithms.
        """
        jacobian = self.jacobian(self.cells.x)
        scaled = jacobian * np.sqrt(self.cells.weight)
        size = np.sqrt(np.einsum("pn,pn->p", scaled, scaled))
        size[size == 0] = 1.0
        unit = scaled / size[:, None]
        return np.asarray(self.variance * np.linalg.pinv(unit @ unit.T) / np.outer(size, size))

    @property
    def bse(self) -> dict[str, float]:
        """Standard errors by name, in natural units, by the delta method."""
        errors = np.sqrt(np.diag(self.covariance))
        factors = [
            value if c.logarithmic else 1.0
            for c, value in zip(self.family.coordinates, self.params.values(), strict=False)
        ]
        factors += [1.0] * (errors.size - len(factors))
        return dict(zip(self.params, (errors * factors).tolist(), strict=True))

    @property
    def log_likelihood(self) -> float:
        """Of Gaussian runs whose variance is σ²/weight, at the best σ²; comparable over families."""
        m = self.data.n_runs
        if self.rss <= 0:
            return math.inf
        spread = m * (math.log(2 * math.pi * self.rss / m) + 1)
        return 0.5 * (float(np.log(self.weights).sum()) - spread)

    @property
    def aicc(self) -> float:
        """Akaike's criterion, corrected for few runs (Hurvich & Tsai 1989); σ² is a parameter."""
        k, m = self.family.n_params + 1, self.data.n_runs
        penalty = 2 * k * (k + 1) / (m - k - 1) if m > k + 1 else math.inf
        return 2 * k - 2 * self.log_likelihood + penalty

    @property
    def bic(self) -> float:
        """Schwarz's criterion; σ² is a parameter."""
        return (self.family.n_params + 1) * math.log(self.data.n_runs) - 2 * self.log_likelihood

    def predict(self, d: ArrayLike) -> FloatArray:
        """Return the fitted loss at sizes D."""
        x = np.log(np.asarray(d, dtype=np.float64))
        columns = self._columns(x.ravel(), self.shape.theta[None])[0]
        return np.asarray(self.shape.linear @ self._with_floor(columns)).reshape(x.shape)

    def jacobian(self, x: FloatArray) -> FloatArray:
        """Return derivatives of the curve at x = ln D by θ, floor and slopes, shape (…, len(x))."""
        theta = self.shape.theta
        steps = _DIFFERENCE * np.eye(theta.size)
        sides = [self._columns(x, theta + step) for step in (steps, -steps)]
        change = (sides[0] - sides[1]) / (2 * _DIFFERENCE)
        slopes = self.shape.linear[int(self.family.floor) :]
        columns = self._with_floor(self._columns(x, theta[None])[0])
        return np.vstack([np.einsum("k,pkn->pn", slopes, change), columns])

    def _columns(self, x: FloatArray, theta: FloatArray) -> FloatArray:
        # A family measures from its first size, which has to stay the same.
        return self.family.columns(np.append(self.cells.x[0], x), theta)[:, :, 1:]

    def _with_floor(self, columns: FloatArray) -> FloatArray:
        return np.vstack([np.ones((int(self.family.floor), columns.shape[1])), columns])
