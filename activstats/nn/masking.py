"""Masks on the layers of a model: put on, advanced, named for a recording, taken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from activstats.errors import DomainError, InputError, LayerNotFoundError
from activstats.nn.lambda_mask import LambdaMask

NAME = "lambda_mask"  # of the mask among the children of the layer that it masks


def add_mask(
    model: nn.Module, layer: str, *, n_neurons: int | None = None, **settings: Any
) -> LambdaMask:
    """Put a mask on the output of a layer; names and weights of the model stay as they are.

    The mask becomes a child of the layer, so that it moves, is saved and copied with it, and acts as
    a forward hook, before hooks that are put on later, such as a recorder's. Put it on before the
    model is compiled.

    Parameters
    ----------
    model : torch.nn.Module
        Changed in place.
    layer : str
        Name of a module whose output is one tensor.
    n_neurons : int, optional
        Neurons; told by linear layers and convolutions themselves.
    **settings
        Of `LambdaMask`; `neuron_axis` is 1 for convolutions unless it is given.

    Returns
    -------
    LambdaMask

    Raises
    ------
    LayerNotFoundError
        If there is no such layer.
    InputError
        If it has a mask already, is a container of others, or does not tell its neurons.
    DomainError
        If a setting is outside its domain.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
    >>> mask = add_mask(model, "0", share=0.5, open_at=None)
    >>> int((model(torch.ones(1, 4))[0] == 0).sum()) >= 4
    True
    """
    try:
        module = model.get_submodule(layer)
    except AttributeError as error:
        raise LayerNotFoundError("the model has no such layer.", got=layer) from error
    if isinstance(module, nn.Sequential | nn.ModuleList | nn.ModuleDict):
        raise InputError("a container is not masked.", got=layer, hint="its last layer")
    if hasattr(module, NAME):
        raise InputError("the layer has a mask already.", got=layer, hint="remove_masks")
    convolution = hasattr(module, "out_channels")
    found = n_neurons or getattr(module, "out_features", getattr(module, "out_channels", None))
    if not isinstance(found, int):
        raise InputError(
            "the layer does not say how many neurons it has.", got=layer, hint="n_neurons="
        )
    mask = LambdaMask(found, **({"neuron_axis": 1} if convolution else {}) | settings)
    place = next(module.parameters(), None)
    mask.train(module.training)
    module.add_module(NAME, mask.to(place.device) if place is not None else mask)
    mask.hook = module.register_forward_hook(_Hook(mask))
    return mask


class _Hook:
    """Passes the output of a layer through its mask."""

    def __init__(self, mask: LambdaMask) -> None:
        self.mask = mask

    def __call__(self, module: nn.Module, _: Any, output: Any) -> torch.Tensor:
        if not isinstance(output, torch.Tensor):
            raise InputError(
                "a masked layer must put out one tensor.",
                got=f"{type(module).__name__} put out {type(output).__name__}",
            )
        masked: torch.Tensor = self.mask(output)
        return masked


def masks_of(model: nn.Module) -> Iterator[tuple[str, LambdaMask]]:
    """Yield the masks of a model with the names of the layers that they mask.

    A mask that is a layer of its own has its own name.
    """
    for name, module in model.named_modules():
        if isinstance(module, LambdaMask):
            yield name.removesuffix(f".{NAME}"), module


def advance_masks(model: nn.Module) -> None:
    """Count a step of the training for all masks of a model; see `LambdaMask.advance`."""
    for _, mask in masks_of(model):
        mask.advance()


def remove_masks(model: nn.Module, *, closed: str = "raise") -> nn.Module:
    """Take all masks off, in place: what stays is the plain model, with the same outputs.

    Parameters
    ----------
    model : torch.nn.Module
        Changed in place. Masks that are layers of their own become `torch.nn.Identity`.
    closed : {"raise", "open"}
        What to do about masks that are not fully open: an error, or release their neurons, which
        changes the outputs.

    Returns
    -------
    torch.nn.Module
        The model.

    Raises
    ------
    InputError
        If a mask is not open and `closed` is ``"raise"``; nothing is changed then.
    DomainError
        If `closed` is something else.
    """
    if closed not in {"raise", "open"}:
        raise DomainError("'closed' says what to do.", got=closed, allowed="raise, open")
    found = dict(masks_of(model))
    still = [name for name, mask in found.items() if not mask.is_open]
    if still and closed == "raise":
        raise InputError(
            "a mask is not open yet, and without it the model would say something else.",
            got=", ".join(still),
            hint='closed="open"',
        )
    for name, mask in found.items():
        module = model.get_submodule(name)
        if module is mask:
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, nn.Identity())
            continue
        if mask.hook is not None:
            mask.hook.remove()
        delattr(module, NAME)
    return model


def mask_notes(model: nn.Module, steps: Sequence[int] = ()) -> dict[str, Any]:
    """Return what a recording of a masked model must tell, for the `notes` of a `Recorder`.

    Parameters
    ----------
    model : torch.nn.Module
        As it is when it is recorded.
    steps : sequence of int
        Steps of a recording along a training: who is masked after so many, too. Masks that go by
        activity cannot tell.

    Returns
    -------
    dict
        Under ``lambda_masks``, for each masked layer: the neurons masked now (from 0), the steps
        done, the settings, and ``masked_at`` where steps are given.

    Raises
    ------
    InputError
        If steps are given and a mask goes by activity.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(4, 4))
    >>> _ = add_mask(model, "0", share=0.5, open_at=None)
    >>> len(mask_notes(model)["lambda_masks"]["0"]["masked"])
    2
    """
    names = ("share", "hold", "open_at", "schedule", "stages", "choice", "block", "seed")
    return {
        "lambda_masks": {
            layer: {
                "masked": mask.masked,
                "steps": int(mask.steps),
                "settings": {name: getattr(mask, name) for name in names},
            }
            | ({"masked_at": {str(s): mask.masked_at(s) for s in steps}} if steps else {})
            for layer, mask in masks_of(model)
        }
    }
