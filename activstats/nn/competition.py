"""Competition between the neurons of a layer: who may fire, and how much."""

from __future__ import annotations

import contextlib
import warnings
from typing import Literal

import numpy as np
import torch

from activstats.errors import ActivstatsWarning, DomainError

Competition = Literal["k-winners", "softmax", "none"]
COMPETITIONS = ("k-winners", "softmax", "none")


def check_competition(competition: str, winners: int, temperature: float) -> None:
    """Refuse a competition that is not known, or that nobody can win."""
    if competition not in COMPETITIONS:
        raise DomainError(
            "there is no such competition.", got=competition, allowed=", ".join(COMPETITIONS)
        )
    if winners < 1:
        raise DomainError("somebody has to win.", got=f"winners = {winners}", allowed=">= 1")
    if not temperature > 0:
        raise DomainError("a temperature is positive.", got=temperature)


def compete(
    drive: torch.Tensor, competition: Competition, *, winners: int, temperature: float
) -> torch.Tensor:
    """Return outputs of neurons.

    Parameters
    ----------
    drive : tensor of float, shape (..., n_neurons)
        Inputs to the neurons; a large negative number for those that are dead.
    competition : {"k-winners", "softmax", "none"}
        - k-winners: the k largest drives, if positive, are put out, all others are silent.
        - softmax: the output is the neuron's share of exp(drive/temperature).
        - none: every positive drive is put out.
    winners : int
        k.
    temperature : float
        Of the softmax.

    Returns
    -------
    tensor of float, same shape
        Not negative.
    """
    n = drive.shape[-1]
    if competition == "softmax":
        return torch.softmax(drive / temperature, dim=-1)
    if competition == "none" or winners >= n:
        return torch.relu(drive)
    # Drives that equal the k-th largest would all win; between real numbers there are no ties.
    known = drive.detach()
    least = kth_largest(known, winners).clamp_(min=torch.finfo(drive.dtype).tiny)
    # In place, and by signs: comparisons and choices cost several times as much.
    wins = (known - least).sign_().add_(1).clamp_(max=1)
    return drive * wins if drive.requires_grad else wins.mul_(drive)


def kth_largest(values: torch.Tensor, k: int) -> torch.Tensor:
    """Return the k-th largest number along the last axis, kept as an axis of length 1.

    Parameters
    ----------
    values : tensor of float, shape (..., n)
        Without a gradient.
    k : int
        From 1 to n.

    Returns
    -------
    tensor of float, shape (..., 1)

    Examples
    --------
    >>> kth_largest(torch.tensor([[3.0, 1.0, 2.0]]), 2)
    tensor([[2.]])
    """
    if k == 1:
        return values.amax(dim=-1, keepdim=True)
    if _is_plain(values):
        # NumPy partitions with vector instructions, several times as fast as torch selects.
        with contextlib.suppress(RuntimeError):  # numbers out of reach, as within torch.func.vmap
            place = values.shape[-1] - k
            return torch.from_numpy(np.partition(values.numpy(), place, axis=-1)[..., [place]])
    return values.topk(k, dim=-1, sorted=False).values.amin(dim=-1, keepdim=True)


def _is_plain(values: torch.Tensor) -> bool:
    """Tell whether NumPy can compute with a tensor as it lies in memory."""
    return (
        not torch.compiler.is_compiling()
        and type(values) is torch.Tensor
        and values.device.type == "cpu"
        and values.dtype in {torch.float32, torch.float64}
    )


def firings(outputs: torch.Tensor, competition: Competition) -> torch.Tensor:
    """Return 1 for outputs that are firings, 0 for others.

    They are above 0, or under a softmax above the even share 1/N.
    """
    if competition == "softmax":
        return (outputs - 1 / outputs.shape[-1]).sign().clamp(min=0)
    return outputs.sign()


def warn_of_collapse(rule: str, competition: str) -> None:
    """Warn of plain Hebb, and of neurons that do not compete."""
    if rule == "hebb":
        warnings.warn(
            ActivstatsWarning("plain Hebb lets weights grow without bound; rule='oja' does not."),
            stacklevel=3,
        )
    if competition == "none":
        warnings.warn(
            ActivstatsWarning(
                "without competition all neurons turn to one direction: their outputs are even, and "
                "that means nothing. competition='k-winners' keeps them apart."
            ),
            stacklevel=3,
        )
