"""What all activation rules share: how they are called, named and checked."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NoReturn

from activstats.errors import RuleError

Array = Any  # a NumPy array or a torch tensor: whatever comes in decides what goes out


def namespace(array: Array) -> Any:
    """Return the functions of the library that an array belongs to."""
    from array_api_compat import array_namespace

    return array_namespace(array)


def written(value: float) -> str:
    """Write a number so that it reads well and reads back exactly."""
    return repr(value).removesuffix(".0")


def finite_or(activations: Array, fill: float) -> Array:
    """Return activations with another value where they are not finite."""
    xp = namespace(activations)
    if not xp.isdtype(activations.dtype, "real floating"):
        return activations  # integers are finite, and have no infinity to be filled with
    return xp.where(xp.isfinite(activations), activations, xp.full_like(activations, fill))


@dataclass(frozen=True)
class Rule(ABC):
    """Base of the activation rules; call it with activations of shape (..., n_neurons)."""

    keyword: ClassVar[str]

    @property
    def name(self) -> str:
        """Name that can be written to a file and read back by `parse_rule`."""
        values = [getattr(self, field.name) for field in fields(self)]
        return f"{self.keyword}({', '.join(written(v) for v in values)})"

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
        xp = namespace(activations)
        return self._active(activations) & xp.isfinite(activations)

    @abstractmethod
    def _active(self, activations: Array) -> Array: ...

    def _make_floats(self) -> None:
        """Turn every field into a plain float, which alone has a name that reads back.

        NumPy scalars, tensors of one number and truth values are numbers; anything else is refused.
        """
        for field in fields(self):
            object.__setattr__(self, field.name, self._float(field.name))

    def _float(self, parameter: str) -> float:
        given = getattr(self, parameter)
        scalar = given.item() if getattr(given, "shape", None) == () else given
        try:
            if isinstance(scalar, numbers.Real):
                return float(scalar)
        except OverflowError:
            pass
        raise RuleError(
            f"a rule {self.keyword}(…) needs a number for '{parameter}'.",
            got=repr(given),
            allowed="a number that a float can hold",
        )

    def _fail(self, what: str, *, got: str, allowed: str, hint: str) -> NoReturn:
        raise RuleError(f"rule '{self.name}' {what}.", got=got, allowed=allowed, hint=hint)
