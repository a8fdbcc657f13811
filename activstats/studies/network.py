"""The networks of the study: hidden ReLU layers of equal width, one by default."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from activstats.studies.splits import WEIGHTS, stream


def hidden_layer_network(
    *, n_features: int, width: int, n_classes: int, seed: int, depth: int = 1
) -> nn.Sequential:
    """Return an untrained network with the layers ``fc1``, ``relu`` and ``fc2``.

    With more hidden layers they are ``fc1``, ``relu1``, ``fc2``, ``relu2``, … and a last ``fc``.
    Weights and biases are uniform on ±1/√(inputs of the layer), torch's own default, but drawn
    from a generator of their own: torch's global random state is neither read nor changed.

    Parameters
    ----------
    n_features, width, n_classes : int
        Inputs, neurons of each hidden layer, outputs.
    seed : int
        Of the initial weights; networks of the same shape and seed are identical.
    depth : int
        Hidden layers.

    Returns
    -------
    torch.nn.Sequential
        float32, on the CPU.
    """
    linear = linear_layers([n_features, *[width] * depth, n_classes], seed=seed)
    layers: OrderedDict[str, nn.Module] = OrderedDict(fc1=linear[0])
    for number, (name, layer) in enumerate(
        zip(hidden_layers(depth), linear[1:], strict=True), start=2
    ):
        layers[name] = nn.ReLU()
        layers[f"fc{number}"] = layer
    return nn.Sequential(layers)


def linear_layers(sizes: Sequence[int], *, seed: int) -> list[nn.Linear]:
    """Return linear layers of these sizes, with the weights and biases of a seed.

    Uniform on ±1/√(inputs of the layer), torch's own default, from a generator of their own.
    """
    # Made without memory and given it unfilled: nn.Linear would draw from torch's global state.
    linear = [
        nn.Linear(inputs, outputs, device="meta").to_empty(device="cpu")
        for inputs, outputs in pairwise(sizes)
    ]
    seeds = stream(WEIGHTS, seed).integers(2**63, size=1)
    generator = torch.Generator().manual_seed(int(seeds[0]))
    with torch.no_grad():
        for layer in linear:
            bound = 1 / math.sqrt(layer.in_features)
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    return linear


def hidden_layers(depth: int) -> tuple[str, ...]:
    """Return the names of the layers that are recorded.

    Examples
    --------
    >>> hidden_layers(1), hidden_layers(2)
    (('relu',), ('relu1', 'relu2'))
    """
    return ("relu",) if depth == 1 else tuple(f"relu{i}" for i in range(1, depth + 1))
