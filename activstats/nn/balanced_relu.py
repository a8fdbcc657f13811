"""A rectifier that costs something when it is silent."""

from __future__ import annotations

import math

import torch
from torch import nn

from activstats.errors import DomainError, InputError


class BalancedReLU(nn.Module):
    """x where x > 0, and −penalty where the neuron is silent.

    With the penalty p* = E[a]/(1 − r), r being the firing rate and E[a] the mean positive part, the
    output of a neuron has mean zero; see `balance`.

    Parameters
    ----------
    penalty : float or tensor of float, shape (n_neurons,)
        In units of the input; neurons are on the last axis.

    Attributes
    ----------
    penalty : tensor
        Buffer, kept in the state dict.

    Raises
    ------
    DomainError
        If a penalty is negative or not finite.

    Examples
    --------
    >>> BalancedReLU(0.5)(torch.tensor([-2.0, 0.0, 3.0]))
    tensor([-0.5000, -0.5000,  3.0000])
    """

    penalty: torch.Tensor

    def __init__(self, penalty: float | torch.Tensor = 0.0) -> None:
        super().__init__()
        found = torch.as_tensor(penalty, dtype=torch.get_default_dtype()).detach().clone()
        if found.ndim > 1 or not bool((torch.isfinite(found) & (found >= 0)).all()):
            raise DomainError(
                "a penalty is a number, or one for each neuron, not negative.",
                got=f"{penalty}",
                allowed="0 <= p < ∞",
            )
        self.register_buffer("penalty", found)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the outputs, of the shape of the inputs."""
        return torch.where(x > 0, x, -self.penalty)

    @torch.no_grad()
    def balance(self, inputs: torch.Tensor, ratio: float = 1.0) -> None:
        """Set each neuron's penalty to a multiple of the one that balances its output.

        Parameters
        ----------
        inputs : tensor of float, shape (..., n_neurons)
            What the neurons get, on samples that stand for the rest.
        ratio : float
            Penalty in units of p*; 1 gives a mean output of zero on these samples. A neuron that
            always fires is never silent, and gets no penalty.

        Raises
        ------
        InputError
            If there is no sample, or inputs are not finite.
        DomainError
            If the ratio is negative or not finite.
        """
        if not 0 <= ratio < math.inf:
            raise DomainError("a ratio is not negative.", got=ratio)
        if inputs.ndim == 0 or inputs.numel() == 0 or not bool(torch.isfinite(inputs).all()):
            raise InputError("balance needs finite inputs.", got=f"shape {tuple(inputs.shape)}")
        flat = inputs.reshape(-1, inputs.shape[-1])
        mean, rate = flat.clamp(min=0).mean(dim=0), (flat > 0).to(flat.dtype).mean(dim=0)
        silent = 1 - rate
        found = torch.where(silent > 0, ratio * mean / silent.clamp(min=1e-12), torch.zeros(()))
        self.penalty = found.to(self.penalty)

    def keep(self, kept: torch.Tensor) -> None:
        """Drop the penalties of neurons that are gone; one for all stays as it is."""
        if self.penalty.ndim:
            self.penalty = self.penalty[kept].clone()

    def extra_repr(self) -> str:
        """Return what stands between the brackets of the module's text."""
        one = self.penalty.ndim == 0
        return f"penalty={float(self.penalty):g}" if one else f"n_neurons={len(self.penalty)}"
