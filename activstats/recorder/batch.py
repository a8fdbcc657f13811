"""What a user says of one batch, checked before the model runs."""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from activstats.errors import RecorderError
from activstats.recorder.taps import Tap

_LARGEST_STEP = 2**63 - 1


@dataclass
class Batch:
    """One batch: its step, what counts in it, where it is from, and how often each tap has fired.

    `items` leaves out whole items, whatever the shape of the mask.
    """

    step: int
    mask: torch.Tensor | None
    sample_ids: npt.NDArray[np.generic] | None
    calls: Counter[Tap] = field(default_factory=Counter)
    tokens: npt.NDArray[np.generic] | None = None
    items: torch.Tensor | None = None


def read_step(step: Any, before: int) -> int:
    """Return the step as an integer.

    Raises
    ------
    RecorderError
        If it is no whole number, negative, or lower than the one before.
    """
    try:
        number = operator.index(step)
    except (TypeError, ValueError):
        number = -1
    if not max(before, 0) <= number <= _LARGEST_STEP:
        raise RecorderError(
            "a step must be a whole number that does not go back.",
            got=f"step {step!r} after {before}" if before >= 0 else f"step {step!r}",
            allowed=f"step >= {max(before, 0)}",
        )
    return number


def read_mask(mask: Any) -> torch.Tensor | None:
    """Return the mask as a boolean tensor.

    Raises
    ------
    RecorderError
        If it is anything else than an array of booleans or of the integers 0 and 1. Additive masks of
        floating-point numbers, whose 0 means "counts", are refused rather than read the wrong way.
    """
    if mask is None:
        return None
    try:
        tensor = mask if isinstance(mask, torch.Tensor) else torch.as_tensor(np.asarray(mask))
    except (TypeError, ValueError) as error:
        raise _no_mask(type(mask).__name__) from error
    if tensor.ndim == 0 or tensor.is_floating_point() or tensor.is_complex():
        raise _no_mask(f"{tensor.dtype} of shape {tuple(tensor.shape)}")
    if tensor.dtype != torch.bool and bool(((tensor != 0) & (tensor != 1)).any()):
        raise _no_mask("integers other than 0 and 1")
    return tensor.bool()


def _no_mask(got: str) -> RecorderError:
    return RecorderError(
        "a mask is an array of booleans, True for what counts.",
        got=got,
        allowed="booleans, or the integers 0 and 1",
        hint="mask == 0 for an additive mask of 0 and -inf",
    )


def read_ids(ids: Any, kind_before: str | None) -> npt.NDArray[np.generic] | None:
    """Return the ids as an array of int64 or of strings.

    Raises
    ------
    RecorderError
        If they are neither, or not what those of the batches before were.
    """
    if ids is None:
        return None
    array = ids.detach().cpu().numpy() if isinstance(ids, torch.Tensor) else np.asarray(ids)
    if array.dtype.kind == "O" and all(isinstance(one, str) for one in array.ravel()):
        array = array.astype(np.str_)
    if array.dtype.kind == "u" and array.size and array.max() > _LARGEST_STEP:
        raise RecorderError("sample_ids must fit into 64 bits with a sign.", got=array.max())
    if array.ndim != 1 or array.dtype.kind not in "iuU":
        raise RecorderError(
            "sample_ids must be whole numbers or strings, one an item of the batch.",
            got=f"{array.dtype} of shape {array.shape}",
        )
    array = array if array.dtype.kind == "U" else array.astype(np.int64)
    if kind_before not in (None, array.dtype.kind):
        raise RecorderError(
            "sample_ids must be all numbers or all strings.", got=f"{array.dtype} after the other"
        )
    return array
