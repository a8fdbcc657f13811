"""Competition between the neurons of a layer: who may fire, and how much."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
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
    kept = keep_winners(drive.detach(), winners)
    return drive * kept.sign() if drive.requires_grad else kept


def keep_winners(drive: torch.Tensor, k: int) -> torch.Tensor:
    """Return the k largest positive numbers along the last axis in their places, 0 elsewhere.

    Parameters
    ----------
    drive : tensor of float, shape (..., n)
        Without a gradient.
    k : int
        At least 1. Numbers equal to the k-th largest are all kept; between real numbers there are
        no ties.

    Returns
    -------
    tensor of float, same shape

    Examples
    --------
    >>> keep_winners(torch.tensor([[3.0, 1.0, 2.0]]), 2)
    tensor([[3., 0., 2.]])
    """
    if _is_plain(drive):
        with contextlib.suppress(RuntimeError):  # numbers out of reach, as within torch.func.vmap
            return _kept_on_cpu(drive.contiguous().numpy(), k)
    least = drive.topk(min(k, drive.shape[-1]), dim=-1, sorted=False).values.amin(-1, keepdim=True)
    return drive.masked_fill(drive < least.clamp(min=torch.finfo(drive.dtype).tiny), 0)


def _is_plain(values: torch.Tensor) -> bool:
    """Tell whether compiled code can compute with a tensor as it lies in memory."""
    return (
        not torch.compiler.is_compiling()
        and type(values) is torch.Tensor
        and values.device.type == "cpu"
        and values.dtype in {torch.float32, torch.float64}
    )


def _kept_on_cpu(drive: npt.NDArray[Any], k: int) -> torch.Tensor:
    from activstats.nn._winner_kernels import keep_largest

    kept = np.empty_like(drive)
    n = drive.shape[-1]
    keep_largest(drive.reshape(-1, n), k, kept.reshape(-1, n))
    return torch.from_numpy(kept)


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
