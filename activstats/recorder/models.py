"""Models from the outside: a function that builds one, and a checkpoint of its weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from activstats.errors import InputError
from activstats.recorder.users_code import call, load_object, users_code


def load_model(spec: str, weights: str | os.PathLike[str] | None = None) -> nn.Module:
    """Return the model that ``package.module:function`` or ``file.py:function`` builds.

    Parameters
    ----------
    spec : str
        Names a function without arguments, or a model itself.
    weights : path-like, optional
        Checkpoint to load into it; see `load_weights`.

    Raises
    ------
    InputError
        If there is no such module, file or function, it raises, or it builds no `torch.nn.Module`;
        if the checkpoint does not fit.
    """
    built = load_object(spec, "a model")
    if not isinstance(built, nn.Module):
        built = call(built, spec)
    if not isinstance(built, nn.Module):
        raise InputError(
            f"'{spec}' builds no model.", got=type(built).__name__, allowed="a torch.nn.Module"
        )
    if weights is not None:
        load_weights(built, weights)
    return built


def load_weights(model: nn.Module, path: str | os.PathLike[str]) -> None:
    """Load a checkpoint into a model, all of it and nothing else.

    Parameters
    ----------
    model : torch.nn.Module
    path : path-like
        ``.safetensors``, or a ``.pt`` or ``.pth`` file of tensors; a state dict may lie under
        ``state_dict``, ``model_state_dict`` or ``model``. No code from the file is run.

    Raises
    ------
    InputError
        If the file cannot be read or does not fit the model.
    """
    state = _read_checkpoint(Path(path))
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(state.get(key), dict):
            state = state[key]
    with users_code(f"the checkpoint '{path}' does not fit the model."):
        model.load_state_dict(state)


def _read_checkpoint(path: Path) -> dict[str, Any]:
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return dict(load_file(path))
        return dict(torch.load(path, map_location="cpu", weights_only=True))
    except FileNotFoundError as error:
        raise InputError(f"there is no checkpoint '{path}'.") from error
    except Exception as error:
        raise InputError(
            f"the checkpoint '{path}' cannot be read.",
            got=" ".join(str(error).split())[:200],
            allowed="a .safetensors file, or a .pt or .pth file of tensors only",
        ) from error
