"""Masks of networks that are trained side by side, over the steps of the training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from activstats.nn.lambda_mask import LambdaMask
from activstats.nn.masking import masks_of


def mask_of(network: nn.Module) -> LambdaMask | None:
    """Return the mask of a network that has one at most."""
    return next((mask for _, mask in masks_of(network)), None)


class MasksOverTime:
    """Who is masked in each network at each step: masks at random, known from the start.

    Parameters
    ----------
    networks : sequence of torch.nn.Sequential
        Each with a mask, or none of them.
    n_steps : int
        Of the training.
    """

    def __init__(self, networks: Sequence[nn.Module], n_steps: int) -> None:
        self._masks = [mask for mask in map(mask_of, networks) if mask is not None]
        steps = torch.arange(n_steps + 1)[:, None]
        self._closed = [mask.closed_at(steps) for mask in self._masks]
        if self._masks:
            self._kept = torch.stack(self._closed, dim=1).logical_not().float()[:, :, None]

    def kept(self, step: int) -> torch.Tensor | None:
        """Return the factors of the hidden neurons, None without masks."""
        return self._kept[step] if self._masks else None

    def put_back(self, step: int) -> None:
        """Bring the masks of the networks to a step."""
        for mask, closed in zip(self._masks, self._closed, strict=True):
            mask.steps.fill_(step)
            mask.closed.copy_(closed[step])
