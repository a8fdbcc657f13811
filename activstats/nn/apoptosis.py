"""Neurons taken out of a model, so that it really shrinks: rows of one layer, columns of the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

from activstats.errors import InputError, LayerNotFoundError
from activstats.nn._followers import check_plain, path_from
from activstats.nn.balanced_relu import BalancedReLU
from activstats.nn.hebbian_linear import HebbianLinear

if TYPE_CHECKING:
    from torch import Tensor


def remove_dead(model: nn.Module) -> dict[str, int]:
    """Take all dead neurons of Hebbian layers out of a model, in place.

    Parameters
    ----------
    model : torch.nn.Module
        Its Hebbian layers must be followed by linear ones within `nn.Sequential`. Optimizers that
        know the model keep its old parameters: make them anew.

    Returns
    -------
    dict of str to int
        Neurons removed, by name of the layer; layers that lost none are left out.

    Raises
    ------
    InputError, LayerNotFoundError
        As for `remove_units`.
    """
    removed = {}
    for name, layer in list(model.named_modules()):
        if isinstance(layer, HebbianLinear) and not bool(layer.stamina.alive.all()):
            removed[name] = int((~layer.stamina.alive).sum())
            if layer is model:
                layer.keep(layer.stamina.alive)
            else:
                remove_units(model, name, layer.stamina.alive)
    return removed


@torch.no_grad()
def remove_units(
    model: nn.Module, name: str, keep: Tensor, *, followers: Sequence[str] | None = None
) -> None:
    """Take neurons of a linear layer out of a model, in place, with all that belongs to them.

    Afterwards the model answers as if these neurons had been silent: what a silent one sends through
    an activation or a batch norm (in evaluation) goes into the bias of the next layer.

    Parameters
    ----------
    model : torch.nn.Module
        The model; optimizers that know it keep its old parameters.
    name : str
        Path of an `nn.Linear` or `HebbianLinear`.
    keep : tensor of bool, shape (n_neurons,)
        Neurons that stay, at least one.
    followers : sequence of str, optional
        Paths of the modules through which the neurons' outputs go, down to the next linear layer;
        found by themselves where the layer stands in an `nn.Sequential`.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer, or nobody would stay.
    InputError
        If something follows that mixes neurons, weights are shared or parametrised, or `keep` does
        not fit.
    """
    modules = dict(model.named_modules())
    layer = modules.get(name)
    if not isinstance(layer, nn.Linear | HebbianLinear):
        linear = [n for n, m in modules.items() if isinstance(m, nn.Linear | HebbianLinear)]
        raise LayerNotFoundError(
            "neurons are taken out of linear layers.", got=name, allowed=", ".join(linear) or "none"
        )
    keep = _checked(keep, layer)
    between, following = path_from(model, name, followers, modules)
    for one in (layer, following, *between):
        check_plain(model, one)
    constant = _silent(layer, between)[~keep]
    _fold(following, following.weight[:, ~keep] @ constant, name)
    _keep_rows(layer, keep)
    for one in between:
        _keep_neurons(one, keep)
    _keep_columns(following, keep)


def _checked(keep: Tensor, layer: nn.Linear | HebbianLinear) -> Tensor:
    if keep.dtype is not torch.bool or keep.shape != (layer.out_features,):
        raise InputError(
            "which neurons stay must be said for each.",
            got=f"{keep.dtype} of shape {tuple(keep.shape)}",
            allowed=f"torch.bool of shape ({layer.out_features},)",
        )
    if not bool(keep.any()):
        raise LayerNotFoundError("no neuron is left of the layer.", hint="a smaller penalty")
    return keep.to(layer.weight.device)


def _silent(layer: nn.Linear | HebbianLinear, between: list[nn.Module]) -> Tensor:
    """Return what arrives at the next layer from neurons that are silent."""
    signal = layer.weight.new_zeros(1, layer.out_features)
    for module in between:
        mode = module.training
        signal = module.eval()(signal)
        module.train(mode)
    return signal[0]


def _fold(following: nn.Linear | HebbianLinear, constant: Tensor, name: str) -> None:
    if not bool(constant.any()):
        return
    bias = getattr(following, "bias", None)
    if bias is None:
        raise InputError(
            f"silent neurons of '{name}' still send something to the next layer, which has no bias "
            "to put it into.",
            hint="a next layer with bias=True, or an activation that is 0 at 0",
        )
    bias += constant


def _keep_rows(layer: nn.Linear | HebbianLinear, keep: Tensor) -> None:
    if isinstance(layer, HebbianLinear):
        layer.keep(keep)
        return
    layer.weight = nn.Parameter(layer.weight[keep].clone(), layer.weight.requires_grad)
    if layer.bias is not None:
        layer.bias = nn.Parameter(layer.bias[keep].clone(), layer.bias.requires_grad)
    layer.out_features = int(keep.sum())


def _keep_columns(layer: nn.Linear | HebbianLinear, keep: Tensor) -> None:
    layer.weight = nn.Parameter(layer.weight[:, keep].clone(), layer.weight.requires_grad)
    layer.in_features = int(keep.sum())


def _keep_neurons(module: nn.Module, keep: Tensor) -> None:
    if isinstance(module, BalancedReLU):
        module.keep(keep)
    if not isinstance(module, nn.BatchNorm1d):
        return
    for name in ("weight", "bias"):
        parameter = getattr(module, name)
        if parameter is not None:
            cut = nn.Parameter(parameter[keep].clone(), parameter.requires_grad)
            setattr(module, name, cut)
    for name in ("running_mean", "running_var"):
        if getattr(module, name) is not None:
            setattr(module, name, getattr(module, name)[keep].clone())
    module.num_features = int(keep.sum())
