"""Networks of the study of learning rates, their loss and their hidden activations."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional

from activstats.studies.learning_rates_settings import AUTOENCODER, LAYERS
from activstats.studies.network import linear_layers


def layered_network(task: str, seed: int) -> nn.Sequential:
    """Return an untrained network with layers ``fc1``, ``relu1``, ``fc2``, …, the last one linear."""
    linear = linear_layers(LAYERS[task], seed=seed)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number, layer in enumerate(linear, start=1):
        layers[f"fc{number}"] = layer
        if number < len(linear):
            layers[f"relu{number}"] = nn.ReLU()
    return nn.Sequential(layers)


def hidden_names(task: str) -> list[str]:
    """Return the names of the hidden layers."""
    return [f"relu{number}" for number in range(1, len(LAYERS[task]) - 1)]


def task_loss(task: str, outputs: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return mean squared error of a pixel, or mean cross-entropy of a sample in nats."""
    if task == AUTOENCODER:
        return functional.mse_loss(outputs, x)
    return functional.cross_entropy(outputs, y)


def hidden_activations(network: nn.Sequential, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the activations of the hidden layers, shape (n_samples, n_neurons) each."""
    found = {}
    with torch.no_grad():
        for name, layer in network.named_children():
            x = layer(x)
            if name.startswith("relu"):
                found[name] = x
    return found
