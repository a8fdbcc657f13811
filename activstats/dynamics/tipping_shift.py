"""How the tipping rate goes with the width: a slope in decades per decade, over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.dynamics.estimated import Estimated
from activstats.dynamics.estimates import over_units
from activstats.errors import InputError
from activstats.laws._checks import check_level
from activstats.laws.results import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TippingShiftResult(Estimated):
    """Shift of the tipping point: estimate `slope`, of log10 rate over log10 width.

    Parameters
    ----------
    widths : tuple of float
        Neurons.
    places : tuple of tuple of float
        Decimal logarithm of the tipping rate, a row for each seed; infinite where open.

    Notes
    -----
    The remaining parameters are those of `Estimated`.
    """

    widths: tuple[float, ...] = ()
    places: tuple[tuple[float, ...], ...] = ()

    title: ClassVar[str] = "Shift of the tipping point with width"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the tipping rate over the width, a mark for each seed."""
        from activstats.figures.tipping import over_widths

        label = str(self.provenance.get("arm", ""))
        return over_widths(self.widths, self.places, label=label, ax=ax)


@dataclass(frozen=True)
class TippingShift:
    """Slope of the tipping rate over the width, on logarithms.

    Least squares within each seed, then mean and Student's interval over the seeds. A seed with an
    open place is left out as a whole: without its open end the slope would be flattened. −1/2 would
    be a rate that falls like the root of the width.

    Parameters
    ----------
    level : float
        Confidence level.

    Examples
    --------
    >>> found = TippingShift().fit([10, 100, 1000], [[-1.0, -1.5, -2.0], [-1.1, -1.6, -2.1]])
    >>> round(found["slope"].value, 6)
    -0.5
    """

    level: float = 0.95

    def __post_init__(self) -> None:
        check_level(self.level)

    def fit(
        self,
        widths: ArrayLike,
        places: ArrayLike,
        *,
        provenance: Mapping[str, Any] | None = None,
    ) -> TippingShiftResult:
        """Return the slope.

        Parameters
        ----------
        widths : array_like of float, shape (n_widths,)
            Positive, ascending.
        places : array_like of float, shape (n_seeds, n_widths)
            Decimal logarithms of tipping rates, see `TippingPointResult.places`.
        provenance : mapping, optional
            Kept with the result.

        Returns
        -------
        TippingShiftResult
            Status TOO_FEW with fewer than two widths or two seeds without an open place;
            AT_BOUNDARY where some seeds had to be left out.

        Raises
        ------
        InputError
            If shapes do not fit, or widths are not positive and ascending.
        """
        n, y = np.asarray(widths, dtype=np.float64), np.asarray(places, dtype=np.float64)
        if y.ndim != 2 or n.shape != y.shape[1:]:  # noqa: PLR2004  (seeds by widths)
            raise InputError(
                "places must have a row for each seed and a column for each width.",
                got=f"places of shape {y.shape}, {n.size} widths",
            )
        if not (np.isfinite(n).all() and (n > 0).all() and (np.diff(n) > 0).all()):
            raise InputError("widths must be positive and ascend.", got=n.tolist())
        complete = y[np.isfinite(y).all(axis=1)]
        left_out = len(y) - len(complete)
        slopes = _slopes(np.log10(n), complete)
        status, reason = _status(int(slopes.size), left_out, n.size)
        return TippingShiftResult(
            method="least squares on logarithms within seeds",
            level=self.level,
            n_obs=int(np.isfinite(y).sum()),
            n_seeds=int(slopes.size),
            status=status,
            reason=reason,
            provenance=dict(provenance or {}),
            estimates=(over_units("slope", slopes),),
            widths=tuple(n.tolist()),
            places=tuple(map(tuple, y.tolist())),
        )


def _slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    if x.size < 2 or not len(y):  # noqa: PLR2004  (a slope needs two)
        return np.empty(0)
    centred = x - x.mean()
    return np.asarray(y @ centred / (centred @ centred))


def _status(n_seeds: int, left_out: int, n_widths: int) -> tuple[Status, str]:
    if n_seeds < 2:  # noqa: PLR2004  (one seed has no spread)
        return Status.TOO_FEW, (
            f"{n_widths} widths and {n_seeds} seeds whose places are all inside the range; "
            "at least 2 of each are needed"
        )
    if left_out:
        return Status.AT_BOUNDARY, f"{left_out} seeds with an open place are left out"
    return Status.CONVERGED, ""
