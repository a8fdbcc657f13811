"""Rules with one threshold for all samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from activstats.rules.base import Array, Rule


@dataclass(frozen=True)
class Above(Rule):
    """A neuron is activated when its activation is above a threshold.

    ``above(0)`` is the rule of Zhang & Sui 2024 (arXiv 2412.18073).

    Parameters
    ----------
    threshold : float
        In units of the activation.

    Examples
    --------
    >>> import numpy as np
    >>> Above(0)(np.array([[0.5, -1.0, np.nan]]))
    array([[ True, False, False]])
    """

    threshold: float = 0.0
    keyword: ClassVar[str] = "above"

    def __post_init__(self) -> None:
        self._make_floats()
        if not math.isfinite(self.threshold):
            self._fail(
                "has no finite threshold",
                got=f"t = {self.threshold}",
                allowed="a finite number",
                hint="above(0)",
            )

    def _active(self, activations: Array) -> Array:
        return activations > self.threshold


@dataclass(frozen=True)
class AbsAbove(Rule):
    """A neuron is activated when the size of its activation is above a threshold.

    For activations that carry both signs (tanh, GELU inputs, residual streams).

    Parameters
    ----------
    threshold : float
        In units of the activation, not negative.

    Examples
    --------
    >>> import numpy as np
    >>> AbsAbove(0.5)(np.array([[0.4, -1.0]]))
    array([[False,  True]])
    """

    threshold: float
    keyword: ClassVar[str] = "abs_above"

    def __post_init__(self) -> None:
        self._make_floats()
        if not 0 <= self.threshold < math.inf:
            self._fail(
                "has a negative or infinite threshold",
                got=f"t = {self.threshold}",
                allowed="0 <= t < inf",
                hint="abs_above(0.5)",
            )

    def _active(self, activations: Array) -> Array:
        # Not by its size: the lowest of the whole numbers of a type has none within it.
        return (activations > self.threshold) | (activations < -self.threshold)
