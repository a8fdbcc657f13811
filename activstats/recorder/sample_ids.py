"""What a user says of where samples are from: ids of documents and, beside them, their tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from activstats.errors import RecorderError
from activstats.recorder.matrix import Reading

_DOCUMENT, _TOKEN = "document", "token"


class SaidIds(NamedTuple):
    """Ids of the items as they were given, and the tokens of the items' positions."""

    ids: Any
    tokens: npt.NDArray[np.generic] | None


def split_ids(given: Any) -> SaidIds:
    """Take sample ids apart: plain ones, or a mapping or structured array of documents and tokens.

    Raises
    ------
    RecorderError
        If there is anything else in the mapping, no document, or tokens are neither whole numbers nor
        strings.
    """
    if isinstance(given, np.ndarray) and given.dtype.names:
        given = {name: given[name] for name in given.dtype.names}
    if not isinstance(given, Mapping):
        return SaidIds(given, None)
    unknown = [str(key) for key in given if key not in (_DOCUMENT, _TOKEN)]
    if unknown or _DOCUMENT not in given:
        raise RecorderError(
            "sample_ids by name are a document for each item and a token for each position.",
            got=", ".join(map(str, given)) or "nothing",
            allowed=f"'{_DOCUMENT}', and '{_TOKEN}' if you like",
        )
    tokens = given.get(_TOKEN)
    return SaidIds(given[_DOCUMENT], None if tokens is None else _read_tokens(tokens))


def _read_tokens(tokens: Any) -> npt.NDArray[np.generic]:
    try:
        given = tokens.detach().cpu() if isinstance(tokens, torch.Tensor) else tokens
        array = np.asarray(given)
    except ValueError as error:  # rows of different lengths
        raise RecorderError("tokens have one shape: pad them, and say mask=.") from error
    if array.dtype.kind == "O" and all(isinstance(one, str) for one in array.ravel()):
        array = array.astype(np.str_)
    if array.ndim == 0 or array.dtype.kind not in "iuU":
        raise RecorderError(
            "tokens must be whole numbers or strings.", got=f"{array.dtype} of shape {array.shape}"
        )
    return array if array.dtype.kind == "U" else array.astype(np.int64)


def tokens_of_samples(
    tokens: npt.NDArray[np.generic] | None,
    reading: Reading,
    shape: tuple[int, ...],
    item: npt.NDArray[np.int64],
    position: npt.NDArray[np.uint32],
    layer: str,
) -> npt.NDArray[np.generic] | None:
    """Return the token of each sample of a layer; None where a sample is more than one token.

    Raises
    ------
    RecorderError
        If a layer has other positions than there are tokens.
    """
    if tokens is None:
        return None
    by_item = tokens.reshape(len(tokens), -1) if len(tokens) else tokens.reshape(0, 1)
    axis = reading.neuron_axis
    by_position = reading.sample_unit == "position"
    positions = math.prod(shape[1:axis] + shape[axis + 1 :]) if by_position else 1
    if not by_position and by_item.shape[1] > 1:
        return None
    if by_item.shape != (shape[0], positions):
        raise RecorderError(
            f"layer '{layer}' has other positions than there are tokens.",
            got=f"tokens {tokens.shape}, positions {(shape[0], positions)}",
            hint="leave the tokens out, or record this layer by itself",
        )
    return by_item[item, position]
