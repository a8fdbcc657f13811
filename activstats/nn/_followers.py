"""What follows a layer in a model, as far as its neurons can be followed one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from activstats.errors import InputError, LayerNotFoundError
from activstats.nn.balanced_relu import BalancedReLU
from activstats.nn.hebbian_linear import HebbianLinear

# What works on each neuron alone.
_ALONE = (
    nn.Identity, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Tanh, nn.Sigmoid, nn.LogSigmoid, nn.Softplus, nn.Softsign, nn.Hardtanh, nn.Hardswish,
    nn.Hardsigmoid, nn.Dropout, BalancedReLU, nn.BatchNorm1d,
)  # fmt: skip
_ADVICE = (
    "followers=[…] names the modules between the layer and the next linear one, in the order in "
    "which they are called"
)


def path_from(
    model: nn.Module,
    name: str,
    followers: Sequence[str] | None,
    modules: dict[str, nn.Module],
) -> tuple[list[nn.Module], nn.Linear | HebbianLinear]:
    """Return what works on each neuron alone, and the linear layer behind it.

    Raises
    ------
    InputError
        If something else follows, or nobody knows what does.
    """
    between: list[nn.Module] = []
    named = _named(followers, modules) if followers is not None else _after(model, name)
    for path, module in named:
        if isinstance(module, nn.Linear | HebbianLinear):
            return between, module
        if not isinstance(module, _ALONE):
            raise InputError(
                f"neurons of '{name}' cannot be taken out: '{path}' mixes neurons or moves them.",
                got=type(module).__name__,
                allowed="activations, dropout, BatchNorm1d, then a linear layer",
                hint="mask the neurons instead, or build a smaller model",
            )
        between.append(module)
    raise InputError(
        f"no linear layer is known to follow '{name}'.",
        got="the end of the model, or a model that is no nn.Sequential",
        hint=_ADVICE,
    )


def _named(
    followers: Sequence[str], modules: dict[str, nn.Module]
) -> Iterator[tuple[str, nn.Module]]:
    for path in followers:
        if path not in modules:
            raise LayerNotFoundError("there is no such module.", got=path)
        yield path, modules[path]


def _after(model: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules that are called after one, as far as nested `nn.Sequential` tell."""
    parts = name.split(".") if name else []
    for depth in range(len(parts) - 1, -1, -1):
        parent_path = ".".join(parts[:depth])
        parent = model.get_submodule(parent_path)
        if type(parent) is not nn.Sequential:
            return
        children = list(parent.named_children())
        place = [child for child, _ in children].index(parts[depth])
        for child, module in children[place + 1 :]:
            path = f"{parent_path}.{child}" if parent_path else child
            yield from _flat(path, module)


def _flat(path: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    if type(module) is nn.Sequential:
        for child, inner in module.named_children():
            yield from _flat(f"{path}.{child}", inner)
    else:
        yield path, module


def check_plain(model: nn.Module, module: nn.Module) -> None:
    """Refuse a module whose weights are computed from others, shared, or used twice."""
    if hasattr(module, "parametrizations") or any(
        name.endswith(("_orig", "_g")) for name, _ in module.named_parameters(recurse=False)
    ):
        raise InputError(
            "weights that are computed from others cannot be cut.",
            got=type(module).__name__,
            hint="torch.nn.utils.prune.remove or parametrize.remove_parametrizations first",
        )
    own = {id(p) for p in module.parameters(recurse=False)}
    for path, other in model.named_modules(remove_duplicate=False):
        shared = own & {id(p) for p in other.parameters(recurse=False)}
        if shared and other is not module:
            raise InputError("weights that two modules share cannot be cut.", got=path)
    if sum(m is module for _, m in model.named_modules(remove_duplicate=False)) > 1:
        raise InputError("a module that is used twice cannot be cut.", got=type(module).__name__)
