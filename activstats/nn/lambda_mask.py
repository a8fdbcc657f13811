"""A mask over neurons that opens in the course of a training."""

from __future__ import annotations

import math
from typing import Literal, get_args

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from activstats.errors import DomainError, InputError

Schedule = Literal["linear", "cosine", "step"]
Choice = Literal["random", "least_active", "most_active"]


class LambdaMask(nn.Module):
    """Silences a share of the neurons early in training, releases them, and ends fully open.

    A layer like others behind the one that it masks, or a hook on it (`add_mask`). It says nothing of
    gradients: a masked neuron puts out 0 and so gets none, though momentum and weight decay of an
    optimiser may still move its weights. Evaluation masks as training does, for the mask is part of
    the network until it is open. `advance`, or `advance_masks` for a whole model, is called once
    after each step of the optimiser, like a schedule of learning rates; nothing of it waits for the
    device.

    Parameters
    ----------
    n_neurons : int
        Along `neuron_axis`.
    share : float
        Of the neurons that is masked at first.
    hold : int
        Steps for which it stays so.
    open_at : int or None
        Step at which every neuron is released, at least `hold`; None keeps the mask for good, as a
        control.
    schedule : {"linear", "cosine", "step"}
        How the masked share falls from `hold` to `open_at`.
    stages : int
        Equal steps of the schedule ``"step"``.
    choice : {"random", "least_active", "most_active"}
        Who is masked: neurons drawn at random, once; or those whose running firing rate, taken
        before the mask, is least or largest, anew at every step.
    block : int
        Neighbours that are masked and released together, for structured masks: heads or groups of
        channels; `choice` must be random where it is above 1.
    neuron_axis : int
        Of the activations; −1 for linear layers, 1 for convolutions.
    momentum : float
        Of the running firing rate, for a batch.
    seed : int
        Of the draw, from a generator of its own.

    Attributes
    ----------
    closed : tensor of bool, shape (n_neurons,)
        The neurons that are masked now. This, `order`, `steps` and `activity` are buffers, kept in
        the state dict.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    Notes
    -----
    The source says that neurons be masked early and released; shares, schedules and choices are
    ours. With Distributed Data Parallel, buffers are broadcast from the first process, so all have
    the same mask.

    Examples
    --------
    >>> mask = LambdaMask(4, share=0.5, hold=1, open_at=3)
    >>> masked = [int(mask.closed.sum())]
    >>> for _ in range(3):
    ...     mask.advance()
    ...     masked.append(int(mask.closed.sum()))
    >>> masked
    [2, 2, 1, 0]
    """

    closed: torch.Tensor
    order: torch.Tensor
    steps: torch.Tensor
    activity: torch.Tensor
    hook: RemovableHandle | None

    def __init__(  # noqa: PLR0913  (settings of one mask, all but one by name)
        self,
        n_neurons: int,
        *,
        share: float = 0.75,
        hold: int = 0,
        open_at: int | None,
        schedule: Schedule = "linear",
        stages: int = 4,
        choice: Choice = "random",
        block: int = 1,
        neuron_axis: int = -1,
        momentum: float = 0.05,
        seed: int = 0,
    ) -> None:
        super().__init__()
        _check_schedule(share, hold, open_at, schedule, stages)
        _check_choice(n_neurons, choice, block, momentum)
        self.share, self.hold, self.open_at = share, hold, open_at
        self.schedule, self.stages = schedule, stages
        self.choice, self.block, self.momentum = choice, block, momentum
        self.neuron_axis, self.seed = neuron_axis, seed
        self.hook = None  # where it is one
        drawn = torch.randperm(
            math.ceil(n_neurons / block), generator=torch.Generator().manual_seed(seed)
        )
        self.register_buffer("order", drawn.repeat_interleave(block)[:n_neurons].clone())
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        n_watched = 0 if choice == "random" else n_neurons
        self.register_buffer("activity", torch.zeros(n_watched))
        self.register_buffer("closed", self.closed_at(self.steps))

    @property
    def n_neurons(self) -> int:
        """Neurons, masked or not."""
        return int(self.order.numel())

    @property
    def masked(self) -> list[int]:
        """Neurons that are masked now, from 0; asking waits for the device."""
        return [int(one) for one in self.closed.nonzero()[:, 0].tolist()]

    @property
    def is_open(self) -> bool:
        """Whether nothing is masked any more; asking waits for the device."""
        return not bool(self.closed.any())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return activations with the masked neurons at 0; infinite ones there become nan."""
        axis = self.neuron_axis % x.ndim
        if x.shape[axis] != self.order.shape[0]:
            raise InputError(
                "the mask is for another number of neurons.",
                got=f"activations of shape {tuple(x.shape)}, axis {self.neuron_axis}",
                allowed=f"{self.order.shape[0]} on that axis",
                hint="neuron_axis=1 for convolutions",
            )
        if self.training and self.choice != "random":
            with torch.no_grad():
                others = [one for one in range(x.ndim) if one != axis]
                # Several times as fast as the mean of x > 0.
                firing = x.sign().clamp_(min=0).mean(dim=others).to(self.activity.dtype)
                self.activity.lerp_(firing, self.momentum)
        # A product, for it is several times as fast as filling in zeros.
        kept = self.closed.logical_not().to(x.dtype).view(-1, *[1] * (x.ndim - axis - 1))
        return x * kept

    @torch.no_grad()
    def advance(self) -> None:
        """Count a step of the training, and release who is due."""
        self.steps.add_(1)
        self.closed.copy_(self.closed_at(self.steps))

    def masked_at(self, step: int) -> list[int]:
        """Return who is masked after so many steps, as far as that is fixed from the start.

        Raises
        ------
        InputError
            If it goes by activity, which the future alone will tell.
        """
        if self.choice != "random":
            raise InputError("who is masked goes by activity here.", got=self.choice)
        steps = torch.tensor(step, device=self.order.device)
        return [int(one) for one in self.closed_at(steps).nonzero()[:, 0].tolist()]

    def closed_at(self, steps: torch.Tensor) -> torch.Tensor:
        """Return who is masked after so many steps, as far as the activity now tells.

        Parameters
        ----------
        steps : tensor of int, shape () or (n_times, 1)
            Steps done.

        Returns
        -------
        tensor of bool, shape (n_neurons,) or (n_times, n_neurons)
        """
        groups = math.ceil(self.order.numel() / self.block)
        n_masked = torch.floor(self.share * groups * self._remaining(steps) + 0.5)
        return self._ranks() < n_masked

    def _remaining(self, steps: torch.Tensor) -> torch.Tensor:
        """Return which part of the share is still masked, from 1 down to 0."""
        if self.open_at is None:
            return torch.ones_like(steps, dtype=torch.float32)
        if self.open_at == self.hold:
            return (steps < self.hold).to(torch.float32)
        done = ((steps - self.hold) / (self.open_at - self.hold)).clamp(0, 1)
        if self.schedule == "cosine":
            left = (1 + torch.cos(math.pi * done)) / 2
        elif self.schedule == "step":
            left = 1 - torch.floor(done * self.stages) / self.stages
        else:
            left = 1 - done
        return torch.where(steps >= self.open_at, torch.zeros_like(left), left)

    def _ranks(self) -> torch.Tensor:
        """Return the place of each neuron in the queue: those with low ranks are masked longest."""
        if self.choice == "random":
            return self.order
        # Equal activities, as before the first step, stand in the order that was drawn.
        queue = self.order.argsort()
        found = queue[
            self.activity[queue].argsort(stable=True, descending=self.choice == "most_active")
        ]
        return found.argsort()

    def extra_repr(self) -> str:
        """Return what stands between the brackets of the module's text."""
        told = f"{self.n_neurons}, share={self.share:g}, hold={self.hold}, open_at={self.open_at}"
        return f"{told}, schedule={self.schedule!r}, choice={self.choice!r}, block={self.block}"


def _check_schedule(
    share: float, hold: int, open_at: int | None, schedule: str, stages: int
) -> None:
    if not 0 <= share <= 1:
        raise DomainError("a share lies between 0 and 1.", got=share)
    if hold < 0 or (open_at is not None and open_at < hold):
        raise DomainError("a mask opens after it was held.", got=f"hold {hold}, open_at {open_at}")
    if schedule not in get_args(Schedule):
        raise DomainError("there is no such schedule.", got=schedule, allowed=get_args(Schedule))
    if stages < 1:
        raise DomainError("'stages' is a number of steps.", got=stages, allowed=">= 1")


def _check_choice(n_neurons: int, choice: str, block: int, momentum: float) -> None:
    if n_neurons < 1:
        raise DomainError("a mask needs neurons.", got=n_neurons, allowed=">= 1")
    if choice not in get_args(Choice):
        raise DomainError("there is no such choice.", got=choice, allowed=get_args(Choice))
    if block < 1 or (block > 1 and choice != "random"):
        raise DomainError(
            "neurons go in blocks where they are chosen at random.", got=f"block {block}, {choice}"
        )
    if not 0 < momentum <= 1:
        raise DomainError("'momentum' is a share.", got=momentum, allowed="0 < momentum <= 1")
