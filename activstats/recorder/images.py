"""Activations that lie neuron by neuron in memory, as convolutions make them, read without a permuted copy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from activstats.recorder.image_kernels import copy_rows

FloatArray = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Images:
    """A range of positions of images, each position a sample.

    Parameters
    ----------
    values : ndarray of float32 or float64, shape (items, n_neurons, positions)
        C-contiguous.
    start, stop : int
        First position and the one after the last, numbered through all items.
    """

    values: FloatArray
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, part: slice) -> Images:
        start, stop, _ = part.indices(len(self))
        return Images(self.values, self.start + start, self.start + max(start, stop))

    @property
    def itemsize(self) -> int:
        """Bytes of one activation."""
        return self.values.itemsize

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the activations."""
        return self.values.dtype

    @cached_property
    def rows(self) -> FloatArray:
        """The same samples one after the other, shape (samples, n_neurons): a copy, of this range."""
        rows = np.empty((len(self), self.values.shape[1]), self.values.dtype)
        copy_rows(self.values, self.start, rows)
        return rows


Block: TypeAlias = FloatArray | Images
"""Samples by neurons, one sample after the other or neuron by neuron."""


def as_rows(block: Block) -> FloatArray:
    """Return samples one after the other, copied only if they are not so already."""
    return block.rows if isinstance(block, Images) else block


def images_of(tensor: torch.Tensor, neuron_axis: int) -> Images | None:
    """Return the positions of a tensor whose memory runs along them, or None if it does not.

    Parameters
    ----------
    tensor : torch.Tensor, shape (items, n_neurons, …)
        Of which every position is a sample.
    neuron_axis : int
    """
    if neuron_axis != 1 or tensor.ndim < 3 or tensor.device.type != "cpu":  # noqa: PLR2004  (positions)
        return None
    if not tensor.is_contiguous():
        return None
    tensor = tensor.detach().flatten(2)
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.to(torch.float32)
    values: FloatArray = tensor.numpy()
    return Images(values, 0, values.shape[0] * values.shape[2])
