"""Running moments of one parameter over a window of steps, where the parameter lies."""

from __future__ import annotations

from typing import Any

import torch

from activstats.recording.parameter_tables import SUMS, FloatArray, rows_and_columns


class RunningMoments:
    """Mean, squared deviations and products with the step, weight by weight, in double precision.

    Parameters
    ----------
    shape : tuple of int
        Of the parameter.

    Notes
    -----
    With t the step, w a weight, and bars for the means over what was observed: M = Σ (w − w̄)² and
    T = Σ (t − t̄)(w − w̄) are kept up to date after Welford (Technometrics 4, 1962, p. 419) and Bennett
    et al. (2009, "Numerically stable, single-pass, parallel statistics algorithms", eq. II.4), so
    that neither large weights nor large steps cancel. What a line over the window leaves of M is
    M − T² / Σ (t − t̄)².
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._size = rows_and_columns(shape)
        self._sums: tuple[torch.Tensor, ...] = ()
        self._window: dict[str, Any] = {}

    @property
    def n(self) -> int:
        """Observations in the window that is open."""
        return int(self._window.get("n", 0))

    @property
    def last_step(self) -> int | None:
        """Last step of the window that is open."""
        return self._window.get("step")

    def add(self, step: int, values: torch.Tensor) -> None:
        """Take the parameter, or its gradient, at one step."""
        device = "cpu" if values.device.type == "mps" else values.device  # knows no doubles
        now = values.detach().to(device=device, dtype=torch.float64).reshape(self._size)
        if not self.n:
            self._sums = tuple(torch.zeros_like(now) for _ in SUMS)
            self._window = {"step0": step, "n": 0, "time_mean": 0.0, "time_m2": 0.0}
        window = self._window
        n = window["n"] + 1
        since = step - window["time_mean"]
        time_mean = window["time_mean"] + since / n
        window |= {"step": step, "n": n, "time_mean": time_mean}
        window["time_m2"] += since * (step - time_mean)
        mean, squares, trend = self._sums
        change = now - mean
        mean.add_(change, alpha=1 / n)
        trend.add_(change, alpha=step - time_mean)
        squares.addcmul_(change, now - mean)

    def close(self) -> tuple[dict[str, Any], dict[str, FloatArray]]:
        """Return the window and its sums, and begin anew."""
        window, sums = self._window, self._sums
        self._window, self._sums = {}, ()
        arrays = {name: one.cpu().numpy() for name, one in zip(SUMS, sums, strict=True)}
        return window, arrays
