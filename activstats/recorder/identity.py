"""Which model it was: hashes of its shape, its weights and its checkpoint, and the versions around."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn

from activstats.errors import RecorderError

_PACKAGES = ("activstats", "torch", "numpy", "pyarrow")


def identity(
    model: nn.Module, checkpoint: str | os.PathLike[str] | None, *, hash_weights: bool
) -> dict[str, Any]:
    """Return what tells the model from others, for `_run.json`."""
    kind = type(model)
    facts: dict[str, Any] = {
        "class": f"{kind.__module__}.{kind.__qualname__}",
        "config_sha256": hashlib.sha256(repr(model).encode()).hexdigest(),
        "weights_sha256": weights_sha256(model) if hash_weights else None,
        "checkpoint": None,
    }
    if checkpoint is not None:
        facts["checkpoint"] = {"path": str(checkpoint), "sha256": _file_sha256(Path(checkpoint))}
    return facts


def weights_sha256(model: nn.Module) -> str:
    """Return the SHA-256 of the names, types, shapes and bytes of all parameters and buffers."""
    sha = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        if not isinstance(tensor, torch.Tensor):
            continue
        sha.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        flat = tensor.detach().cpu().contiguous().flatten()
        sha.update(flat.view(torch.uint8).numpy().data)
    return sha.hexdigest()


def _file_sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RecorderError(
            f"the checkpoint '{path}' cannot be read.", got=error.strerror or str(error)
        ) from error


def versions() -> dict[str, str]:
    """Return the versions of the packages that take part in a recording."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def autocast_type() -> str:
    """Return the type that autocast gives on the CPU or an accelerator right now, or nothing."""
    for device in ("cuda", "cpu"):
        if torch.is_autocast_enabled(device):
            return str(torch.get_autocast_dtype(device)).removeprefix("torch.")
    return ""
