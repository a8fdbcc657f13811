"""Models from the outside: a function that builds one, and a checkpoint of its weights."""

from __future__ import annotations

import os
from pathlib import Path

from torch import nn

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import read_states
from activstats.recorder.checkpoints.fitting import check_shapes, fit_names, load_state
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
        A file as `read_states` reads it. Prefixes that DataParallel, Lightning and the compiler put
        before names are taken off. No code from the file is run.

    Raises
    ------
    InputError
        If the file cannot be read or does not fit the model.
    """
    states = list(read_states(Path(path)))
    fit = fit_names(model, [name for state in states for name in state])
    fit.check(str(path))
    checked = check_shapes(model, fit, states, str(path))
    with users_code(f"the checkpoint '{path}' does not fit the model."):
        load_state(model, fit, checked)
