"""Runs a model in between without a trace: modes, buffers, gradients and random states stay as they were."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn


@contextlib.contextmanager
def random_state_kept() -> Iterator[None]:
    """Put the random states of Python, NumPy and torch back afterwards, on all devices in use."""
    python, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002  (kept, not used)
    cpu, devices = torch.get_rng_state(), _of_devices()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy_state)  # noqa: NPY002
        torch.set_rng_state(cpu)
        for backend, state in devices:
            backend.set_rng_state_all(state) if isinstance(state, list) else backend.set_rng_state(
                state
            )


def _of_devices() -> list[tuple[Any, Any]]:
    states: list[tuple[Any, Any]] = []
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # the library's
        states.append((torch.cuda, torch.cuda.get_rng_state_all()))
    if torch.backends.mps.is_available():
        states.append((torch.mps, torch.mps.get_rng_state()))
    return states


@contextlib.contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """Have a model in evaluation mode and without gradients, and everything as it was afterwards.

    Each module gets its own mode back, each buffer its own values, and the random states of
    `random_state_kept` are put back. Parameters are the caller's to leave alone.
    """
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module, name, buffer, buffer.detach().clone(), buffer._version)  # noqa: SLF001  (no other way to ask)
        for module in model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    with random_state_kept(), torch.no_grad():
        try:
            model.eval()
            yield
        finally:
            for module, training in modes:
                module.training = training
            for module, name, buffer, values, version in buffers:
                if buffer._version != version:  # noqa: SLF001
                    buffer.copy_(values)
                if getattr(module, name) is not buffer:
                    setattr(module, name, buffer)
