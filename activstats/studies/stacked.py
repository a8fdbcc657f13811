"""Networks of one shape, trained side by side as one: tiny layers cost more to call than to compute."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from activstats.errors import InputError


class StackedNetworks:
    """Networks of linear layers and ReLUs whose parameters lie in one tensor each.

    Parameters
    ----------
    networks : sequence of torch.nn.Sequential
        Of equal shape; left as they are until `put_back`.

    Attributes
    ----------
    parameters : list of tensor, shape (n_networks, ...)
        Leaves, for an optimiser that treats each number alone: then no network sees another one.

    Raises
    ------
    InputError
        If a layer is neither linear nor a ReLU.
    """

    parameters: list[torch.Tensor]

    def __init__(self, networks: Sequence[nn.Sequential]) -> None:
        self._networks = list(networks)
        for layer in self._networks[0]:
            if not isinstance(layer, nn.Linear | nn.ReLU):
                raise InputError(
                    "such a layer is not stacked.",
                    got=type(layer).__name__,
                    allowed="Linear, ReLU",
                )
        every = zip(*(network.parameters() for network in self._networks), strict=True)
        self.parameters = [
            torch.stack([one.detach() for one in same]).requires_grad_() for same in every
        ]

    def __call__(self, x: torch.Tensor, kept: torch.Tensor | None = None) -> torch.Tensor:
        """Return the outputs.

        Parameters
        ----------
        x : tensor of float, shape (n_networks, n_samples, n_features)
            Inputs of each network.
        kept : tensor of float, shape (n_networks, 1, n_neurons), optional
            Factors of the activations behind the first ReLU: 0 for neurons that are masked.

        Returns
        -------
        tensor of float, shape (n_networks, n_samples, n_outputs)
        """
        left = iter(self.parameters)
        for layer in self._networks[0]:
            if isinstance(layer, nn.Linear):
                weight, bias = next(left), next(left)
                x = torch.baddbmm(bias[:, None], x, weight.transpose(1, 2))
            else:
                x = functional.relu(x)
                x, kept = (x if kept is None else x * kept), None
        return x

    @torch.no_grad()
    def put_back(self) -> None:
        """Give each network its weights as they are now."""
        for place, network in enumerate(self._networks):
            for parameter, stacked in zip(network.parameters(), self.parameters, strict=True):
                parameter.copy_(stacked[place])
