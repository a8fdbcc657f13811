"""Calls of functions in a model: their names, and the patterns that choose them.

A call of `torch.nn.functional.relu`, `torch.relu` or `x.relu_()` has no module of its own. It is named by
the module in which it runs, then a slash, which module paths of PyTorch's own never carry, then the
operation: ``blocks.0.mlp/relu``, and ``blocks.0.mlp/relu@1`` for the second one in a call of the module.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F  # noqa: N812  (its name everywhere)
from torch import nn

from activstats.errors import LayerNotFoundError

WHOLE_MODEL = "model"
"""Name of the model itself, where none of its modules is called so."""

RECTIFIERS = (
    "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "celu", "selu", "gelu", "silu", "mish",
    "hardswish", "softplus", "glu", "threshold", "softshrink", "hardshrink", "tanhshrink",
)  # fmt: skip
"""Operations after which activations of hidden layers are read."""

SQUASHING = ("sigmoid", "hardsigmoid", "logsigmoid", "tanh", "hardtanh", "softsign")
"""Operations that bound their values, as those of gates do."""

ACTIVATIONS = (*RECTIFIERS, *SQUASHING)
"""What the wildcards of a pattern stand for; every other operation must be named."""

_ALSO = {"sigmoid": ("expit",)}
_SPELLING = re.compile(r"^__[ri]?(\w+?)__$|^(\w+?)_?$")
_HOMES = (torch, F, torch.Tensor, torch.special)


def functions_of(operation: str) -> tuple[Callable[..., Any], ...]:
    """Return the functions and methods that an operation stands for, in place or not.

    Examples
    --------
    >>> torch.relu in functions_of("relu"), torch.Tensor.relu_ in functions_of("relu")
    (True, True)
    """
    spellings = [operation, *_ALSO.get(operation, ())]
    forms = ("{}", "{}_", "__{}__", "__r{}__", "__i{}__")
    names = [form.format(spelling) for spelling in spellings for form in forms]
    found = (getattr(home, name, None) for home in _HOMES for name in names)
    return tuple(
        function for function in found if callable(function) and not isinstance(function, type)
    )


def operation_of(function: Callable[..., Any]) -> str:
    """Return the operation that a function or method stands for, empty where it has no name.

    Examples
    --------
    >>> operation_of(torch.Tensor.relu_), operation_of(torch.Tensor.__rmul__)
    ('relu', 'mul')
    """
    found = _SPELLING.match(getattr(function, "__name__", ""))
    name = (found[1] or found[2]) if found else ""
    return "sigmoid" if name == "special_expit" else name


class CallPattern(Protocol):
    """Says which calls of functions are recorded."""

    @property
    def shown(self) -> str:
        """What the user said."""
        ...

    @property
    def operations(self) -> frozenset[str]:
        """Operations to look out for."""
        ...

    @property
    def port(self) -> str:
        """``"out"`` for what a call returns, ``"in"`` for what it is given."""
        ...

    def matches(self, path: str, operation: str, index: int) -> bool:
        """Return whether a call is meant: the module's path, the operation, its index there."""
        ...


@dataclass(frozen=True)
class NamedCalls:
    """Calls chosen by name.

    Parameters
    ----------
    shown : str
        What the user said.
    name : re.Pattern
        Searched in the path of the module, or in the whole name if `whole`.
    operations : frozenset of str
    index : int, optional
        Which call within a call of the module; all of them if left out.
    port : {"out", "in"}
    whole : bool
        Whether `name` is searched in the whole name, such as ``mlp/relu@1``.
    """

    shown: str
    name: re.Pattern[str]
    operations: frozenset[str]
    index: int | None = None
    port: str = "out"
    whole: bool = False

    def matches(self, path: str, operation: str, index: int) -> bool:
        """Return whether a call is meant."""
        if operation not in self.operations or self.index not in (None, index):
            return False
        path = path or WHOLE_MODEL
        name = f"{path}/{operation}" + (f"@{index}" if index else "")
        return self.name.search(name if self.whole else path) is not None


_CALL = re.compile(r"(?P<glob>.*)/(?P<operation>[^/@:]*)(?:@(?P<index>\d+))?(?::(?P<port>in|out))?")


def read_call_glob(text: str, modules: Sequence[tuple[str, nn.Module]]) -> NamedCalls | None:
    """Return the calls that a glob such as ``"*.mlp/relu"`` stands for, None if it is of no such form.

    Raises
    ------
    LayerNotFoundError
        If no module or no operation has such a name.
    """
    parts = _CALL.fullmatch(text)
    if parts is None:
        return None
    path = re.compile(fnmatch.translate(parts["glob"]))
    names = [name or WHOLE_MODEL for name, _ in modules]
    if not any(map(path.match, names)):
        near = difflib.get_close_matches(parts["glob"], names, n=1, cutoff=0.4)
        raise LayerNotFoundError(
            f"the glob '{text}' matches no module of the model.",
            got=f"'{parts['glob']}' before the slash",
            hint=f"'{near[0]}/{parts['operation']}'" if near else None,
        )
    index = None if parts["index"] is None else int(parts["index"])
    return NamedCalls(text, path, _operations(parts["operation"]), index, parts["port"] or "out")


def _operations(glob: str) -> frozenset[str]:
    found = frozenset(fnmatch.filter(ACTIVATIONS, glob))
    if not found and glob.isidentifier() and functions_of(glob):
        return frozenset({glob})
    if not found:
        near = difflib.get_close_matches(glob, ACTIVATIONS, n=1, cutoff=0.4)
        raise LayerNotFoundError(
            f"torch has no operation '{glob}'.",
            allowed=", ".join(ACTIVATIONS) + ", or any other that is named without wildcards",
            hint=f"'{near[0]}'" if near else None,
        )
    return found
