"""What kind of module or operation it is, as far as its name and its sizes tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from torch import nn

from activstats.recorder.call_patterns import RECTIFIERS, SQUASHING

Kind = Literal["rectifier", "squashing", ""]

_RECTIFIER = re.compile(r"relu|gelu|silu|swish|mish|elu|softplus|shrink|threshold|^glu$")
_SQUASHING = re.compile(r"tanh|sigmoid|softsign")
# Libraries keep the functions of their configurations there, one class each.
_ACTIVATION_FILE = re.compile(r"(^|\.)activations?$")


def kind_of(module: nn.Module) -> Kind:
    """Return whether a module is an activation function, and which sort of one.

    Rectifiers stand behind hidden layers; squashing functions mostly make gates and outputs.

    Examples
    --------
    >>> kind_of(nn.GELU()), kind_of(nn.Sigmoid()), kind_of(nn.Linear(2, 2))
    ('rectifier', 'squashing', '')
    """
    if next(module.children(), None) is not None:
        return ""
    kind = type(module)
    name = kind.__name__.lower()
    if _RECTIFIER.search(name):
        return "rectifier"
    if _SQUASHING.search(name):
        return "squashing"
    from_library = _ACTIVATION_FILE.search(kind.__module__) and name.endswith("activation")
    return "rectifier" if from_library and not name.startswith("linear") else ""


def kind_of_call(operation: str) -> Kind:
    """Return which sort of activation an operation is, if it is one."""
    return "rectifier" if operation in RECTIFIERS else "squashing" if operation in SQUASHING else ""


_GATED_BY_NAME = (
    ({"gate_proj", "up_proj"}, "down_proj"),
    ({"gate_up_proj"}, "down_proj"),
    ({"wi_0", "wi_1"}, "wo"),
    ({"w1", "w3"}, "w2"),
    ({"w12"}, "w3"),
)


def gated_consumer(block: nn.Module) -> str | None:
    """Return the name of the linear layer that takes a gated block's product, None if it is no such block.

    Two linear layers side by side, or one of twice the width, feed a product of equal width, as in
    Shazeer 2020 (arXiv 2002.05202); known by the usual names or, where widths tell, by the widths.

    Examples
    --------
    >>> gated_consumer(nn.ModuleDict({"gate": nn.Linear(4, 9), "up": nn.Linear(4, 9), "down": nn.Linear(9, 4)}))
    'down'
    """
    sizes = {name: size for name, child in block.named_children() if (size := _size(child))}
    for producers, consumer in _GATED_BY_NAME:
        if producers <= sizes.keys() and consumer in sizes:
            return consumer
    if len(sizes) == 3:  # noqa: PLR2004  (gate, up and down)
        first, second, last = sizes.values()
        return list(sizes)[2] if first == second != last and _follows(last, first) else None
    if len(sizes) == 2:  # noqa: PLR2004  (gate and up in one, and down)
        first, last = sizes.values()
        return list(sizes)[1] if first[1] == 2 * last[0] else None
    return None


def _follows(last: tuple[int, int], first: tuple[int, int]) -> bool:
    """Whether a layer can take what layers of another size give, but not what they take."""
    return last[0] == first[1] != first[0]


def _size(module: nn.Module) -> tuple[int, int] | None:
    """Return how many features a linear layer takes and gives, None for other modules."""
    sizes = (getattr(module, "in_features", None), getattr(module, "out_features", None))
    if isinstance(sizes[0], int) and isinstance(sizes[1], int):
        return sizes[0], sizes[1]
    weight = getattr(module, "weight", None)
    if type(module).__name__ == "Conv1D" and getattr(weight, "ndim", 0) == 2:  # noqa: PLR2004
        return tuple(weight.shape)  # type: ignore[union-attr]  # that of GPT-2: a transposed linear layer
    return None


def names_in_code(model: nn.Module) -> set[str]:
    """Return the names that the code of a model's own classes uses, but for those of its parts."""
    names: set[str] = set()
    for kind in {type(module) for module in model.modules()}:
        if not kind.__module__.startswith("torch.nn.modules."):
            names |= {name for function in _functions(kind) for name in function.co_names}
    parts = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    held = {
        getattr(value, "__name__", "")
        for module in model.modules()
        for value in vars(module).values()
        if callable(value)
    }
    return {name.rstrip("_") for name in names} - parts | held


def _functions(kind: type[Any]) -> Iterator[Any]:
    for base in kind.__mro__:
        if base.__module__.startswith("torch.") or base is object:
            continue
        for value in vars(base).values():
            code = getattr(value, "__code__", None)
            if code is not None:
                yield code
