"""Competition between the neurons of a layer: who may fire, and how much."""

from __future__ import annotations

import warnings
from typing import Literal

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
    least = (
        known.amax(dim=-1, keepdim=True)
        if winners == 1
        else known.topk(winners, dim=-1, sorted=False).values.amin(dim=-1, keepdim=True)
    ).clamp(min=torch.finfo(drive.dtype).tiny)
    # In place, and by signs: comparisons and choices cost several times as much.
    return drive * (known - least).sign_().add_(1).clamp_(max=1)


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
