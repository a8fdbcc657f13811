"""The network of the study: one hidden ReLU layer."""

from __future__ import annotations

import math
from collections import OrderedDict

import torch
from torch import nn

from activstats.studies.splits import WEIGHTS, stream


def hidden_layer_network(
    *, n_features: int, width: int, n_classes: int, seed: int
) -> nn.Sequential:
    """Return an untrained network with the layers ``fc1``, ``relu`` and ``fc2``.

    Weights and biases are uniform on ±1/√(inputs of the layer), torch's own default, but drawn
    from a generator of their own: torch's global random state is neither read nor changed.

    Parameters
    ----------
    n_features, width, n_classes : int
        Inputs, hidden neurons, outputs.
    seed : int
        Of the initial weights; networks of the same shape and seed are identical.

    Returns
    -------
    torch.nn.Sequential
        float32, on the CPU.
    """
    # Made without memory and given it unfilled: nn.Linear would draw from torch's global state.
    fc1 = nn.Linear(n_features, width, device="meta").to_empty(device="cpu")
    fc2 = nn.Linear(width, n_classes, device="meta").to_empty(device="cpu")
    seeds = stream(WEIGHTS, seed).integers(2**63, size=1)
    generator = torch.Generator().manual_seed(int(seeds[0]))
    with torch.no_grad():
        for layer in (fc1, fc2):
            bound = 1 / math.sqrt(layer.in_features)
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
    return nn.Sequential(OrderedDict(fc1=fc1, relu=nn.ReLU(), fc2=fc2))
