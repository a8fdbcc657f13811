"""Reads the tensors of one checkpoint, whatever files they lie in, one file at a time."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from activstats.errors import ActivstatsError, InputError

SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".bin")
# Names of weights by which a folder is one checkpoint, the safer first.
WHOLE_NAMES = (
    "model.safetensors.index.json",
    "model.safetensors",
    "pytorch_model.bin.index.json",
    "pytorch_model.bin",
)
# What trainers put beside the weights.
_NO_WEIGHTS = re.compile(
    r"(optimizer|scheduler|scaler|rng_state|training_args)\b.*|rng_state_\d+.*"
)
_PART = re.compile(r".*-\d{5}-of-\d{5}")
_NESTED_IN = ("state_dict", "model_state_dict", "model", "module")

State = dict[str, Any]


def may_be_weights(path: Path) -> bool:
    """Return whether a file may hold weights, or list the files that do, by its name."""
    named = path.suffix in SUFFIXES or path.name.endswith(".index.json")
    return named and not _NO_WEIGHTS.fullmatch(path.name) and path.is_file()


def is_weights_file(path: Path) -> bool:
    """Return whether a file may be a checkpoint of its own, by its name."""
    return may_be_weights(path) and path.name not in WHOLE_NAMES and not is_part(path)


def is_part(path: Path) -> bool:
    """Return whether a file is one of the parts of a checkpoint, by its name."""
    return path.suffix in SUFFIXES and _PART.fullmatch(path.stem) is not None


def main_file(folder: Path) -> Path | None:
    """Return the file that stands for the weights in a folder, or None if it is no checkpoint."""
    return next((folder / name for name in WHOLE_NAMES if (folder / name).is_file()), None)


def read_states(path: Path) -> Iterator[State]:
    """Yield the tensors of a checkpoint by name, those of one file together.

    No code from the files is run.

    Parameters
    ----------
    path : Path
        ``.safetensors``; a ``.pt``, ``.pth``, ``.ckpt`` or ``.bin`` file of tensors, whose state dict
        may lie under ``state_dict``, ``model_state_dict``, ``model`` or ``module``; the
        ``.index.json`` of a checkpoint in parts; or a folder with one of them under its usual name.

    Raises
    ------
    InputError
        If it is not there or cannot be read.
    """
    if path.is_dir():
        main = main_file(path)
        if main is None:
            raise InputError(
                f"the folder '{path}' holds no weights.", allowed=" or ".join(WHOLE_NAMES)
            )
        path = main
    for file in _parts(path) if path.name.endswith(".index.json") else [path]:
        yield unnested(read_file(file))


def _parts(index: Path) -> list[Path]:
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        # An index names files beside it; anything else would lead out of its folder.
        return [index.parent / Path(name).name for name in sorted(names)]
    except FileNotFoundError as error:
        raise InputError(f"there is no checkpoint '{index}'.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"the checkpoint '{index}' cannot be read.",
            got=f"{type(error).__name__}: {error}",
            allowed="JSON with the file of each tensor under 'weight_map'",
        ) from error


def read_file(path: Path) -> State:
    """Return what one file holds.

    Tensors of safetensors, and of files that torch wrote as an archive, are read from the disk as
    they are used.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return dict(load_file(path))
        return _as_dict(
            torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
        )
    except ActivstatsError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"there is no checkpoint '{path}'.") from error
    except Exception as error:
        raise InputError(
            f"the checkpoint '{path}' cannot be read.",
            got=" ".join(str(error).split())[:200],
            allowed="a .safetensors file, or a .pt, .pth, .ckpt or .bin file of tensors only",
        ) from error


def _as_dict(content: Any) -> State:
    if not isinstance(content, dict):
        raise TypeError(f"it holds a {type(content).__name__} instead of tensors by name")
    return dict(content)


def unnested(content: State) -> State:
    """Return the state dict in what a file holds."""
    for key in _NESTED_IN:
        if isinstance(content.get(key), dict):
            return dict(content[key])
    return content
