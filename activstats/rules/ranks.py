"""Rules that compare the neurons of one sample with each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from activstats.rules.base import Array, Rule, finite_or, namespace

_MOST = 2**62  # fits the integers of compiled code, and no layer is as wide


@dataclass(frozen=True)
class TopK(Rule):
    """A neuron is activated when it is among the k largest of its sample, and above 0.

    Neurons that tie with the k-th largest are all activated, so that the answer does not depend on
    the order of the neurons.

    Parameters
    ----------
    k : int
        Neurons a sample activates at most, ties aside; a layer of fewer neurons gives them all.

    Examples
    --------
    >>> import numpy as np
    >>> TopK(2)(np.array([[3.0, 1.0, 2.0], [-1.0, -2.0, 4.0]]))
    array([[ True, False,  True],
           [False, False,  True]])
    """

    k: int
    keyword: ClassVar[str] = "top_k"

    def __post_init__(self) -> None:
        # Whole numbers stay as they are; a float has too few digits for the largest of them.
        k = self.k if type(self.k) is int else self._float("k")
        if not 1 <= k <= _MOST or k != int(k):
            self._fail(
                "keeps no neuron", got=f"k = {k}", allowed="k = 1, 2, 3, …", hint="top_k(10)"
            )
        object.__setattr__(self, "k", int(k))

    def _active(self, activations: Array) -> Array:
        return _among_largest(activations, self.k)


@dataclass(frozen=True)
class TopFraction(Rule):
    """A neuron is activated when it is in the top fraction of its sample, and above 0.

    The number of neurons kept is the fraction times the width, rounded, and at least one. Written
    ``top1%`` for short. This is the default rule for the growth law: c is fixed and scale-free.

    Parameters
    ----------
    fraction : float
        Share of the layer, 0 < f <= 1.

    Examples
    --------
    >>> import numpy as np
    >>> TopFraction(0.01).name, TopFraction(0.01).k(512)
    ('top_fraction(0.01)', 5)
    """

    fraction: float = 0.01
    keyword: ClassVar[str] = "top_fraction"

    def __post_init__(self) -> None:
        self._make_floats()
        if self.fraction > 1:
            what = "asks for more than the whole layer"
        elif not self.fraction > 0:
            what = "keeps no neuron"
        else:
            return
        self._fail(
            what,
            got=f"f = {self.fraction}",
            allowed="0 < f <= 1",
            hint="top_fraction(0.01), the default",
        )

    def k(self, n_neurons: int) -> int:
        """Return how many neurons a sample activates in a layer of `n_neurons`."""
        return max(1, math.floor(self.fraction * n_neurons + 0.5))

    def _active(self, activations: Array) -> Array:
        return _among_largest(activations, self.k(activations.shape[-1]))


@dataclass(frozen=True)
class Argmax(Rule):
    """The one neuron with the largest activation is activated: c = 1 to the letter.

    In a tie the neuron with the lowest index wins, as in `numpy.argmax`; a sample without any
    finite activation has no winner.

    Examples
    --------
    >>> import numpy as np
    >>> Argmax()(np.array([[3.0, 1.0, 3.0]]))
    array([[ True, False, False]])
    """

    keyword: ClassVar[str] = "argmax"

    @property
    def name(self) -> str:
        """The name is the keyword alone: the rule has no parameters."""
        return self.keyword

    def _active(self, activations: Array) -> Array:
        xp = namespace(activations)
        winner = xp.argmax(finite_or(activations, -math.inf), axis=-1)
        # The device keyword keeps an accelerator's tensor where it is.
        index = xp.arange(activations.shape[-1], device=getattr(activations, "device", None))
        return xp.expand_dims(winner, axis=-1) == index


@dataclass(frozen=True)
class FractionOfMax(Rule):
    """A neuron is activated when it exceeds a fraction of its sample's largest activation.

    A sample whose largest activation is not above 0 activates nothing.

    Parameters
    ----------
    fraction : float
        Share of the sample's maximum, 0 < f < 1.

    Examples
    --------
    >>> import numpy as np
    >>> FractionOfMax(0.5)(np.array([[4.0, 1.9, 2.1]]))
    array([[ True, False,  True]])
    """

    fraction: float
    keyword: ClassVar[str] = "fraction_of_max"

    def __post_init__(self) -> None:
        self._make_floats()
        if not 0 < self.fraction < 1:
            self._fail(
                "has a fraction that is no share of the maximum",
                got=f"f = {self.fraction}",
                allowed="0 < f < 1",
                hint="fraction_of_max(0.5)",
            )

    def _active(self, activations: Array) -> Array:
        xp = namespace(activations)
        largest = xp.max(finite_or(activations, -math.inf), axis=-1, keepdims=True)
        return (activations > self.fraction * largest) & (largest > 0)


def _among_largest(activations: Array, k: int) -> Array:
    xp = namespace(activations)
    ordered = xp.sort(finite_or(activations, -math.inf), axis=-1)
    kth = ordered[..., -min(k, activations.shape[-1])]
    return (activations >= xp.expand_dims(kth, axis=-1)) & (activations > 0)
