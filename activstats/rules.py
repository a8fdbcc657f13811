"""When a neuron counts as activated: an array of activations in, a boolean array out.

A rule looks at activations of shape (..., n_neurons), the last axis being the layer, and works on
NumPy arrays and torch tensors alike. Each rule has a `name` that can be written to a file and read
back with `parse_rule`.

NaN and infinite activations never activate a neuron, and never take a place among the largest.
"""

from __future__ import annotations

import difflib
import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from activstats.errors import RuleError

Array = Any  # a NumPy array or a torch tensor: whatever comes in decides what goes out


def _namespace(array: Array) -> Any:
    from array_api_compat import array_namespace

    return array_namespace(array)


def _number(value: float) -> str:
    """Write a number so that it reads well and reads back exactly."""
    return repr(value).removesuffix(".0")


def _finite_or(activations: Array, fill: float) -> Array:
    xp = _namespace(activations)
    return xp.where(xp.isfinite(activations), activations, xp.full_like(activations, fill))


@dataclass(frozen=True)
class Rule(ABC):
    """Base of the activation rules; call it with activations of shape (..., n_neurons)."""

    keyword: ClassVar[str]

    @property
    def name(self) -> str:
        """Name that can be written to a file and read back by `parse_rule`."""
        values = [getattr(self, field.name) for field in fields(self)]
        return f"{self.keyword}({', '.join(_number(v) for v in values)})"

    def __str__(self) -> str:
        return self.name

    def __call__(self, activations: Array) -> Array:
        """Return which neurons are activated.

        Parameters
        ----------
        activations : array or tensor of float, shape (..., n_neurons)
            Activations, one sample a row.

        Returns
        -------
        array or tensor of bool, shape (..., n_neurons)
            True where the neuron is activated; of the same kind as the input.
        """
        xp = _namespace(activations)
        return self._active(activations) & xp.isfinite(activations)

    @abstractmethod
    def _active(self, activations: Array) -> Array: ...

    def _fail(self, what: str, *, got: str, allowed: str, hint: str) -> None:
        raise RuleError(f"rule '{self.name}' {what}.", got=got, allowed=allowed, hint=hint)


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
    >>> above(0)(np.array([[0.5, -1.0, np.nan]]))
    array([[ True, False, False]])
    """

    threshold: float = 0.0
    keyword: ClassVar[str] = "above"

    def __post_init__(self) -> None:
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
    >>> abs_above(0.5)(np.array([[0.4, -1.0]]))
    array([[False,  True]])
    """

    threshold: float
    keyword: ClassVar[str] = "abs_above"

    def __post_init__(self) -> None:
        if not 0 <= self.threshold < math.inf:
            self._fail(
                "has a negative or infinite threshold",
                got=f"t = {self.threshold}",
                allowed="0 <= t < inf",
                hint="abs_above(0.5)",
            )

    def _active(self, activations: Array) -> Array:
        return _namespace(activations).abs(activations) > self.threshold


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
    >>> top_k(2)(np.array([[3.0, 1.0, 2.0], [-1.0, -2.0, 4.0]]))
    array([[ True, False,  True],
           [False, False,  True]])
    """

    k: int
    keyword: ClassVar[str] = "top_k"

    def __post_init__(self) -> None:
        if self.k != int(self.k) or self.k < 1:
            self._fail(
                "keeps no neuron", got=f"k = {self.k}", allowed="k = 1, 2, 3, …", hint="top_k(10)"
            )
        object.__setattr__(self, "k", int(self.k))

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
    >>> top_fraction(0.01).name, top_fraction(0.01).k(512)
    ('top_fraction(0.01)', 5)
    """

    fraction: float = 0.01
    keyword: ClassVar[str] = "top_fraction"

    def __post_init__(self) -> None:
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
    >>> argmax()(np.array([[3.0, 1.0, 3.0]]))
    array([[ True, False, False]])
    """

    keyword: ClassVar[str] = "argmax"

    @property
    def name(self) -> str:
        """The name is the keyword alone: the rule has no parameters."""
        return self.keyword

    def _active(self, activations: Array) -> Array:
        xp = _namespace(activations)
        winner = xp.argmax(_finite_or(activations, -math.inf), axis=-1)
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
    >>> fraction_of_max(0.5)(np.array([[4.0, 1.9, 2.1]]))
    array([[ True, False,  True]])
    """

    fraction: float
    keyword: ClassVar[str] = "fraction_of_max"

    def __post_init__(self) -> None:
        if not 0 < self.fraction < 1:
            self._fail(
                "has a fraction that is no share of the maximum",
                got=f"f = {self.fraction}",
                allowed="0 < f < 1",
                hint="fraction_of_max(0.5)",
            )

    def _active(self, activations: Array) -> Array:
        xp = _namespace(activations)
        largest = xp.max(_finite_or(activations, -math.inf), axis=-1, keepdims=True)
        return (activations > self.fraction * largest) & (largest > 0)


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
    >>> rule = quantile(0.75).calibrate(np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]))
    >>> rule.name
    'quantile(0.75, 3.75)'
    >>> rule(np.array([[3.0, 4.0]]))
    array([[False,  True]])
    """

    q: float
    threshold: float = math.nan
    keyword: ClassVar[str] = "quantile"

    def __post_init__(self) -> None:
        if not 0 < self.q < 1:
            self._fail(
                "has no quantile level",
                got=f"q = {self.q}",
                allowed="0 < q < 1",
                hint="quantile(0.99)",
            )

    @property
    def name(self) -> str:
        """The level, and the threshold once it is calibrated."""
        return super().name if self.is_calibrated else f"{self.keyword}({_number(self.q)})"

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
        xp = _namespace(reference)
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
        below, above_ = float(values[low]), float(values[min(low + 1, size - 1)])
        return LayerQuantile(self.q, below + (place - low) * (above_ - below))

    def _active(self, activations: Array) -> Array:
        if not self.is_calibrated:
            raise RuleError(
                f"rule '{self.name}' has no threshold yet.",
                hint="rule.calibrate(activations of a fixed reference set), "
                "or activstats.recorder.calibrate(rule, model, batches, layers)",
            )
        return activations > self.threshold


def _among_largest(activations: Array, k: int) -> Array:
    xp = _namespace(activations)
    ordered = xp.sort(_finite_or(activations, -math.inf), axis=-1)
    kth = ordered[..., -min(k, activations.shape[-1])]
    return (activations >= xp.expand_dims(kth, axis=-1)) & (activations > 0)


above = Above
abs_above = AbsAbove
top_k = TopK
top_fraction = TopFraction
argmax = Argmax
fraction_of_max = FractionOfMax
quantile = LayerQuantile

RULES: dict[str, type[Rule]] = {
    kind.keyword: kind
    for kind in (Above, TopFraction, TopK, Argmax, AbsAbove, FractionOfMax, LayerQuantile)
}
DEFAULT_RULE = TopFraction(0.01)

_CALL = re.compile(r"\s*(?P<keyword>\w+)\s*(?:\((?P<arguments>[^()]*)\))?\s*")
_PERCENT = re.compile(r"\s*top\s*(?P<percent>[0-9.]+)\s*%\s*")


def parse_rule(name: str | Rule) -> Rule:
    """Return the rule that a name stands for.

    Parameters
    ----------
    name : str or Rule
        Such as ``"above(0)"``, ``"top_fraction(0.01)"``, ``"top1%"`` or ``"argmax"``; a rule is
        returned as it is.

    Returns
    -------
    Rule
        With ``parse_rule(rule.name) == rule``.

    Raises
    ------
    RuleError
        If the name is unknown (the message lists those that are allowed) or a parameter is outside
        its domain.

    Examples
    --------
    >>> parse_rule("top1%")
    TopFraction(fraction=0.01)
    """
    if isinstance(name, Rule):
        return name
    if percent := _PERCENT.fullmatch(name):
        # Through text, so that 1 % is the same number as 0.01 and not its neighbour.
        return TopFraction(float(f"{percent['percent']}e-2"))
    call = _CALL.fullmatch(name)
    if call is None or call["keyword"] not in RULES:
        _unknown(name, call["keyword"] if call else name)
    assert call is not None
    return _build(name, RULES[call["keyword"]], call["arguments"] or "")


def _build(name: str, kind: type[Rule], arguments: str) -> Rule:
    try:
        return kind(*(float(text) for text in arguments.split(",") if text.strip()))
    except (TypeError, ValueError) as error:
        if isinstance(error, RuleError):
            raise
        wanted = ", ".join(field.name for field in fields(kind))
        raise RuleError(
            f"rule '{name}' does not have the parameters of {kind.keyword}.",
            got=f"({arguments})",
            allowed=f"{kind.keyword}({wanted}), each a number",
        ) from error


def _unknown(name: str, keyword: str) -> None:
    near = difflib.get_close_matches(keyword, RULES, n=1)
    raise RuleError(
        f"'{name}' is no activation rule.",
        got=name,
        allowed=", ".join(sorted(RULES)) + "; top1% for top_fraction(0.01)",
        hint=f"{near[0]}(…)" if near else DEFAULT_RULE.name,
    )
