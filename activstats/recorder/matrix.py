"""A batch's activations as a matrix of samples by neurons, whatever their shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from activstats.errors import RecorderError

SampleUnit = Literal["item", "position"]
FloatArray = npt.NDArray[np.floating[Any]]

_CONVOLUTION_DIMS = 4
_CHANNELS_FIRST = (
    nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.GroupNorm,
    nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d,
)  # fmt: skip
_CHANNELS_LAST = (nn.Linear, nn.LayerNorm, nn.Embedding)


@dataclass(frozen=True)
class Reading:
    """How the axes of a layer's activations are read.

    Parameters
    ----------
    neuron_axis : int
        Axis that runs along the neurons.
    sample_unit : {"item", "position"}
        Whether a sample is an item of the batch (a neuron's activation on it being its largest over
        the item's positions) or a position in it (a token, a place in an image).
    """

    neuron_axis: int
    sample_unit: SampleUnit


def reading_of(
    tensor: torch.Tensor,
    module: nn.Module,
    layer: str,
    neuron_axis: int | None,
    sample_unit: SampleUnit | None,
) -> Reading:
    """Return how to read a layer, from its first batch and what the user said.

    Unless said otherwise: (samples, neurons); (batch, time, neurons) with a token a sample;
    (batch, channels, height, width) with the channels as neurons and an image a sample. Modules that
    are channels-first by their nature (convolutions, batch norms, poolings) or channels-last (linear
    layers, layer norms) are read so, however many axes there are.

    Raises
    ------
    RecorderError
        If the tensor is not floating-point or has too few axes.
    """
    if not tensor.is_floating_point():
        raise RecorderError(
            f"layer '{layer}' gives no floating-point activations.",
            got=str(tensor.dtype),
            hint="choose a layer after this one",
        )
    channels_first = isinstance(module, _CHANNELS_FIRST) or (
        tensor.ndim >= _CONVOLUTION_DIMS and not isinstance(module, _CHANNELS_LAST)
    )
    axis = neuron_axis if neuron_axis is not None else (1 if channels_first else -1)
    if tensor.ndim < 2 or not -tensor.ndim <= axis < tensor.ndim or axis % tensor.ndim == 0:  # noqa: PLR2004
        raise RecorderError(
            f"layer '{layer}' gives activations without an axis for samples and one for neurons.",
            got=f"shape {tuple(tensor.shape)}, neuron_axis {axis}",
            allowed="(samples, neurons), (batch, time, neurons) or (batch, channels, …)",
            hint="keep the batch as the first axis; neuron_axis= names the neurons' axis",
        )
    if 0 in tensor.shape[1:]:
        raise RecorderError(f"layer '{layer}' is empty.", got=f"shape {tuple(tensor.shape)}")
    by_item = channels_first or tensor.ndim == 2  # noqa: PLR2004  (samples by neurons)
    return Reading(axis % tensor.ndim, sample_unit or ("item" if by_item else "position"))


def to_rows(
    tensor: torch.Tensor,
    reading: Reading,
    mask: torch.Tensor | None,
    layer: str,
    items: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return activations as samples by neurons, without the samples that the mask leaves out.

    Parameters
    ----------
    tensor : torch.Tensor
        Of one batch, the batch on its first axis.
    reading : Reading
        How its axes are read.
    mask : torch.Tensor of bool, optional
        True where a position (or a whole item) counts.
    layer : str
        For messages.
    items : torch.Tensor of bool, shape (n_items,), optional
        True where an item counts, besides.

    Returns
    -------
    rows : torch.Tensor of float32 or float64, shape (n_samples, n_neurons)
        It may share memory with the tensor. Half precision becomes float32, which holds every one of
        its values exactly.
    kept : torch.Tensor of int, or None
        Places of the kept samples among all of the batch; None where all were kept.
    """
    tensor = tensor.detach()
    if reading.neuron_axis != tensor.ndim - 1:
        tensor = tensor.movedim(reading.neuron_axis, -1)
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.to(torch.float32)
    lead = tensor.shape[:-1]
    keep = None if mask is None else _fit_mask(mask.to(tensor.device), lead, layer)
    if items is not None:
        whole = _fit_mask(items.to(tensor.device), lead, layer)
        keep = whole if keep is None else keep & whole
    if reading.sample_unit == "item" and len(lead) > 1:
        tensor, keep = _largest_by_item(tensor, keep)
    rows = tensor.reshape(-1, tensor.shape[-1])
    kept = None
    if keep is not None and not bool(keep.all()):
        kept = keep.reshape(-1).nonzero().squeeze(1)
        rows = rows[kept]
    return rows, kept


def on_host(rows: torch.Tensor) -> FloatArray:
    """Return rows as a C-contiguous array, which may share memory with them."""
    values: FloatArray = rows.contiguous().cpu().numpy()
    return values


def _fit_mask(mask: torch.Tensor, lead: torch.Size, layer: str) -> torch.Tensor:
    """Give the mask the shape of the layer's positions."""
    items = lead[0]
    if mask.shape == lead:
        return mask
    if mask.ndim == 1 and len(mask) == items:
        return mask.reshape(-1, *[1] * (len(lead) - 1)).expand(lead)
    if len(lead) == 1 and mask.numel() == items:
        return mask.reshape(-1)
    if len(lead) == 1 and mask.shape[0] == items:
        return mask.reshape(items, -1).any(dim=1)
    raise RecorderError(
        f"the mask does not fit layer '{layer}'.",
        got=f"mask {tuple(mask.shape)}, samples {tuple(lead)}",
        allowed=f"{tuple(lead)}, or ({items},) for whole items",
        hint="record layers of different shape in separate recordings if they need other masks",
    )


def _largest_by_item(
    tensor: torch.Tensor, keep: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Take each neuron's largest activation over the positions of an item that count.

    A maximum would spread a NaN over the item and let an infinity win, so values that are not finite
    are set aside, and only an item without any finite value shows as NaN.
    """
    tensor = tensor.flatten(1, -2)
    if keep is None and tensor.device.type == "cpu":  # elsewhere, to ask would be to wait
        largest = tensor.amax(dim=1)
        if bool(largest.isfinite().all()):
            return largest, None  # then no NaN nor positive infinity was among them
    usable = tensor.isfinite()
    if keep is not None:
        keep = keep.flatten(1)
        usable = usable & keep.unsqueeze(-1)
        keep = keep.any(dim=1)
    largest = tensor.masked_fill(~usable, -math.inf).amax(dim=1)
    return largest.masked_fill(largest == -math.inf, math.nan), keep


def item_of_samples(
    reading: Reading, shape: tuple[int, ...], kept: npt.NDArray[np.int64] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Return, for each sample of a batch, the item it belongs to and its position within it."""
    axis = reading.neuron_axis
    positions = (
        math.prod(shape[1:axis] + shape[axis + 1 :]) if reading.sample_unit == "position" else 1
    )
    place = np.arange(shape[0] * positions) if kept is None else kept
    return place // positions, (place % positions).astype(np.uint32)
