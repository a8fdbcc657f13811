"""The rule whose threshold is a quantile of a reference set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from activstats.errors import RuleError
from activstats.rules.base import Array, Rule, namespace, written


@dataclass(frozen=True)
class LayerQuantile(Rule):
    """A neuron is activated above a quantile of the whole layer on a fixed reference set.

    The threshold belongs to the reference set, not to the samples being judged, so it is calibrated
    once and stored in the name.

    Parameters
    ----------
    q : float
        Quantile level, 0 < q < 1.
    threshold : float, optional
        The calibrated threshold in units of the activation; NaN until `calibrate` was called.

    Examples
    --------
    >>> import numpy as np
    >>> rule = LayerQuantile(0.75).calibrate(np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]))
    >>> rule.name
    'quantile(0.75, 3.75)'
    >>> rule(np.array([[3.0, 4.0]]))
    array([[False,  True]])
    """

    q: float
    threshold: float = math.nan
    keyword: ClassVar[str] = "quantile"

    def __post_init__(self) -> None:
        self._make_floats()
        if not 0 < self.q < 1:
            self._fail(
                "has no quantile level",
                got=f"q = {self.q}",
                allowed="0 < q < 1",
                hint="quantile(0.99)",
            )
        if math.isinf(self.threshold):
            self._fail(
                "has no finite threshold",
                got=f"threshold = {self.threshold}",
                allowed="a finite number, or none before it is calibrated",
                hint=f"quantile({written(self.q)})",
            )

    @property
    def name(self) -> str:
        """The level, and the threshold once it is calibrated."""
        return super().name if self.is_calibrated else f"{self.keyword}({written(self.q)})"

    @property
    def is_calibrated(self) -> bool:
        """Whether the rule has a threshold."""
        return not math.isnan(self.threshold)

    def calibrate(self, reference: Array) -> LayerQuantile:
        """Return the same rule with its threshold taken from a reference set.

        Parameters
        ----------
        reference : array or tensor of float, shape (n_samples, n_neurons)
            Activations of one layer on the reference set; values that are not finite are left out.
        """
        xp = namespace(reference)
        values = xp.sort(reference[xp.isfinite(reference)])
        size = int(values.shape[0])
        if size == 0:
            raise RuleError(
                f"rule '{self.name}' cannot be calibrated on a reference set without a finite value.",
                hint="check the reference inputs for NaN",
            )
        # Linear interpolation between order statistics, as numpy.quantile does by default.
        place = self.q * (size - 1)
        low = math.floor(place)
        below, above = float(values[low]), float(values[min(low + 1, size - 1)])
        return LayerQuantile(self.q, below + (place - low) * (above - below))

    def _active(self, activations: Array) -> Array:
        if not self.is_calibrated:
            raise RuleError(
                f"rule '{self.name}' has no threshold yet.",
                hint="rule.calibrate(activations of a fixed reference set), "
                "or activstats.recorder.calibrate(rule, model, batches, layers)",
            )
        return activations > self.threshold
