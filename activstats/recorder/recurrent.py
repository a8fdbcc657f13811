"""What recurrent layers take and give, with the batch on the first axis and padding left out."""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from activstats.recorder.taps import Tap

Activations: TypeAlias = torch.Tensor | PackedSequence

_WITH_TIME = 3  # axes: batch, time, neurons
_STATES = ("1", "hx")  # where the states lie: after the output, or after the input


def batch_first(
    value: Activations, tap: Tap, mask: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the activations of a recurrent layer with the batch first, and the mask to match.

    Whatever is no recurrent layer's stays as it is.

    Parameters
    ----------
    value : torch.Tensor or PackedSequence
        Of shape (time, batch, neurons) or (batch, time, neurons), as the layer was made; states of
        shape (layers, batch, neurons).
    tap : Tap
        Where it was read.
    mask : torch.Tensor of bool, optional
        Of shape (batch,), or with the axes of the layer's padded input in their order.

    Returns
    -------
    tensor : torch.Tensor, shape (batch, time, neurons)
        Packed sequences are padded again; of states, shape (batch, layers, neurons).
    mask : torch.Tensor of bool, or None
        Of shape (batch,) or (batch, time); the padding of packed sequences is False.
    """
    if isinstance(value, torch.Tensor) and not isinstance(tap.module, nn.RNNBase):
        return value, mask
    time_first = not getattr(tap.module, "batch_first", False)
    if mask is not None and mask.ndim > 1 and time_first:
        mask = mask.transpose(0, 1)
    if isinstance(value, PackedSequence):
        return _padded(value, mask)
    if value.ndim != _WITH_TIME:
        return value, mask
    if tap.tuple_path[:1] in [(key,) for key in _STATES]:
        return value.movedim(1, 0), None if mask is None else mask.flatten(1).any(dim=1)
    return (value.movedim(1, 0) if time_first else value), mask


def _padded(
    packed: PackedSequence, mask: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor | None]:
    longest = None
    if mask is not None and mask.ndim > 1 and mask.shape[1] >= len(packed.batch_sizes):
        longest = mask.shape[1]  # of the batch before it was cut to its longest sequence
    padded, lengths = pad_packed_sequence(packed, batch_first=True, total_length=longest)
    there = torch.arange(padded.shape[1]) < lengths.unsqueeze(1)
    if mask is None:
        return padded, there
    mask = mask.cpu()
    if mask.ndim == 1 and len(mask) == len(there):
        return padded, there & mask.unsqueeze(1)
    return padded, there & mask if mask.shape == there.shape else mask
