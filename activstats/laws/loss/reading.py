"""Loss curves in whatever form users have them."""

from __future__ import annotations

import numbers
from typing import Any

from numpy.typing import ArrayLike

from activstats.errors import InputError
from activstats.laws.loss.curve import LossCurve


def loss_curve(d: object, loss: ArrayLike | None = None) -> LossCurve:
    """Return a loss curve, whatever form it comes in.

    Parameters
    ----------
    d : LossCurve, DataFrame or array_like
        A curve, a table that `LossCurve.from_frame` reads with its default columns (or columns
        called ``d`` and ``loss``), or sizes.
    loss : array_like, optional
        Losses, where `d` are sizes.

    Returns
    -------
    LossCurve
    """
    if isinstance(d, LossCurve) or hasattr(d, "columns"):
        if loss is not None:
            raise InputError("these runs have their losses already.", hint="leave loss out")
        return d if isinstance(d, LossCurve) else _of_table(d)
    if loss is None or isinstance(d, numbers.Number):
        raise InputError(
            "a loss curve needs sizes and losses.",
            got=type(d).__name__,
            hint="fit(d, loss), fit(LossCurve(...)) or fit(table)",
        )
    return LossCurve.from_arrays(d, loss)  # type: ignore[arg-type]


def _of_table(frame: Any) -> LossCurve:
    named: dict[str, Any] = {name: name for name in ("d", "loss", "weight", "se") if name in frame}
    return LossCurve.from_frame(frame, **named)


def read_curve(content: dict[str, Any]) -> LossCurve:
    """Return the curve whose fields JSON holds."""
    return LossCurve(**content)
