"""Reductions where the activations are: on an accelerator, by torch, before anything is transferred.

What comes over are the bits and the sums of whole chunks: per neuron, one byte for eight samples and
some forty for each chunk, in place of four a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import torch

from activstats.recorder.bit_planes import FullPlanes
from activstats.recorder.chunk import Chunk
from activstats.recorder.layer_buffer import LayerBuffer
from activstats.recorder.moment_sums import MomentSums
from activstats.rules import Rule

ReduceOn = Literal["auto", "host", "device"]
REDUCE_ON: tuple[ReduceOn, ...] = ("auto", "host", "device")

_FIRST_PLANES = 8
# Rows are reduced so many bytes at a time, which bounds what the device needs besides.
_BLOCK_BYTES = 2**26
# Sums are in float64, which these do not have.
_WITHOUT_DOUBLE = ("mps",)


def is_reduced_there(device: torch.device, reduce_on: ReduceOn) -> bool:
    """Return whether activations on a device are reduced on it, or brought to the processor first.

    Examples
    --------
    >>> is_reduced_there(torch.device("cuda"), "auto"), is_reduced_there(torch.device("cpu"), "auto")
    (True, False)
    """
    if reduce_on == "auto":
        return device.type != "cpu" and device.type not in _WITHOUT_DOUBLE
    return reduce_on == "device"


class DevicePlanes:
    """The bits of one rule over the chunk that is open, on the device; see `bit_planes.BitPlanes`."""

    def __init__(self, rule: Rule, n_neurons: int, capacity: int, device: torch.device) -> None:
        self.rule = rule
        self._n_neurons, self._capacity, self._device = n_neurons, capacity // 8, device
        self._planes = self._cleared(_FIRST_PLANES)
        self._weights = 2 ** torch.arange(8, dtype=torch.uint8, device=device).view(1, 8, 1)

    def _cleared(self, planes: int) -> torch.Tensor:
        return torch.zeros((planes, self._n_neurons), dtype=torch.uint8, device=self._device)

    @property
    def nbytes(self) -> int:
        """Bytes that the bits of the open chunk take."""
        return self._planes.numel()

    def set(self, values: torch.Tensor, offset: int) -> None:
        """Set the bits of a block whose first row is the chunk's sample number `offset`."""
        self._make_room(-(-(offset + len(values)) // 64) * 8)
        before, after = offset % 8, -(offset + len(values)) % 8
        active = torch.nn.functional.pad(self.rule(values).to(torch.uint8), (0, 0, before, after))
        bytes_ = (active.view(-1, 8, self._n_neurons) * self._weights).sum(1, dtype=torch.uint8)
        self._planes[offset // 8 : offset // 8 + len(bytes_)] |= bytes_

    def _make_room(self, needed: int) -> None:
        there = len(self._planes)
        if needed > there:
            more = min(max(needed, 2 * there), self._capacity) - there
            self._planes = torch.cat([self._planes, self._cleared(more)])

    def hand_over(self, n_samples: int) -> FullPlanes:
        """Bring over the bits of the chunk's first `n_samples` samples and begin anew."""
        used = self._planes[: -(-n_samples // 64) * 8]
        brought = used.to("cpu", copy=True).numpy()  # a copy in any case: what is here is cleared
        self._planes.zero_()
        return FullPlanes(self.rule, brought, None)


class DeviceMoments:
    """Running moments of a chunk on the device; see `moment_sums.MomentSums`."""

    def __init__(self, n_neurons: int, device: torch.device) -> None:
        self._sums = torch.zeros((2, n_neurons), dtype=torch.float64, device=device)
        self._lowest = torch.full_like(self._sums[0], torch.inf)
        self._highest = torch.full_like(self._sums[0], -torch.inf)
        self._n_nonfinite = torch.zeros(n_neurons, dtype=torch.int64, device=device)

    def add(self, values: torch.Tensor) -> None:
        """Add a block of activations of shape (rows, n_neurons)."""
        finite = values.isfinite()
        kept = values.masked_fill(~finite, 0).double()
        self._sums[0] += kept.sum(dim=0)
        self._sums[1] += (kept * kept).sum(dim=0)
        lowest = values.masked_fill(~finite, torch.inf).amin(dim=0).double()
        highest = values.masked_fill(~finite, -torch.inf).amax(dim=0).double()
        self._lowest = torch.minimum(self._lowest, lowest)
        self._highest = torch.maximum(self._highest, highest)
        self._n_nonfinite += (~finite).sum(dim=0)

    def hand_over(self) -> MomentSums:
        """Bring the moments over."""
        moments = MomentSums(self._sums.shape[1])
        moments.total, moments.total_squares = self._sums.cpu().numpy()
        moments.lowest = self._lowest.cpu().numpy()
        moments.highest = self._highest.cpu().numpy()
        moments.n_nonfinite = self._n_nonfinite.cpu().numpy().astype(np.uint32)
        return moments


class DeviceBuffer(LayerBuffer):
    """Collects the activations of one layer into chunks without bringing them over.

    Parameters
    ----------
    n_neurons : int
        Neurons of the layer.
    rules : sequence of Rule
        All are applied to the same activations.
    capacity : int
        Most samples in a chunk, a multiple of 64.
    device : torch.device
    """

    takes_tensors = True

    def __init__(
        self, n_neurons: int, rules: Sequence[Rule], *, capacity: int, device: torch.device
    ) -> None:
        super().__init__(n_neurons, (), capacity=capacity)
        self._device = device
        self._there = [DevicePlanes(rule, n_neurons, capacity, device) for rule in rules]
        self._sums = DeviceMoments(n_neurons, device)

    @property
    def nbytes(self) -> int:
        """Bytes that the open chunk takes on the device."""
        return sum(planes.nbytes for planes in self._there)

    def add(self, values: torch.Tensor) -> Iterator[Chunk]:  # type: ignore[override]
        """Take activations of shape (rows, n_neurons) and yield the chunks that they fill."""
        height = max(1, _BLOCK_BYTES // (self.n_neurons * values.element_size()))
        values = values.to(self._device)
        while len(values):
            block = values[: min(self.capacity - self._filled, height)]
            self._sums.add(block)
            for planes in self._there:
                planes.set(block, self._filled)
            self._filled += len(block)
            values = values[len(block) :]
            if self._filled == self.capacity:
                yield self._close()

    def _take_moments(self) -> MomentSums:
        taken, self._sums = self._sums.hand_over(), DeviceMoments(self.n_neurons, self._device)
        return taken

    def _take_planes(self, n_samples: int) -> tuple[FullPlanes, ...]:
        return tuple(planes.hand_over(n_samples) for planes in self._there)
