"""What a network loses without the neurons that some samples never activated."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from activstats.rules import DEFAULT_RULE, Above, Rule
from activstats.studies.columns import PRUNING as COLUMNS
from activstats.studies.metrics import ROWS_AT_ONCE, score
from activstats.studies.network import hidden_layers
from activstats.studies.splits import PRUNING, Samples, stream
from activstats.studies.training import tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import nn

    from activstats.studies.row import Row
    from activstats.studies.score import Score


def no_pruning() -> Row:
    """Return the columns of a run that was not looked at in this way."""
    return dict.fromkeys(COLUMNS)


def pruning_damage(network: nn.Module, probe: Samples, seed: int) -> Row:
    """Count activations on one half of the probe, prune by them, and score on both halves.

    Parameters
    ----------
    network : torch.nn.Module
        Of `hidden_layer_network`, with one hidden layer; it is left as it is.
    probe : Samples
        Labelled rows; every other one is counted, the rest held out.
    seed : int
        Of the neurons that are removed at random.

    Returns
    -------
    dict
        The columns of pruning: for each way of choosing neurons the share that is removed, and on each
        half the accuracy lost and the loss gained.
    """
    parts = {
        "counted": _rows(probe, slice(0, None, 2)),
        "held_out": _rows(probe, slice(1, None, 2)),
    }
    free = ~_ever(network, parts["counted"], DEFAULT_RULE)
    chosen = {
        "free": free,
        "silent": ~_ever(network, parts["counted"], Above(0)),
        "random": stream(PRUNING, seed, free.size).permutation(free),
    }
    whole = {half: score(network, *tensors(part)) for half, part in parts.items()}
    row: Row = {}
    for way, gone in chosen.items():
        pruned = without(network, gone)
        left = {half: score(pruned, *tensors(part)) for half, part in parts.items()}
        row |= damage(way, float(gone.mean()), whole, left)
    return row


def without(network: nn.Module, gone: NDArray[np.bool_]) -> nn.Module:
    """Return a copy of a network with one hidden layer, in which some neurons pass nothing on."""
    pruned = deepcopy(network)
    with torch.no_grad():
        pruned.get_submodule("fc2").weight[:, torch.as_tensor(gone)] = 0.0  # type: ignore[operator]
    return pruned


def _rows(samples: Samples, places: slice) -> Samples:
    return Samples(samples.features[places], samples.labels[places])


def _ever(network: nn.Module, samples: Samples, rule: Rule) -> NDArray[np.bool_]:
    """Return which neurons of the hidden layer some sample activates."""
    (name,) = hidden_layers(1)
    layers = dict(network.named_children())
    with torch.no_grad():
        several = [
            np.asarray(rule(layers[name](layers["fc1"](x)))).any(axis=0)
            for x in torch.split(torch.tensor(samples.features), ROWS_AT_ONCE)
        ]
    return np.asarray(np.any(several, axis=0))


def damage(
    way: str, removed: float, whole: Mapping[str, Score], pruned: Mapping[str, Score]
) -> Row:
    """Return the columns of one way of choosing neurons.

    Parameters
    ----------
    way : str
        ``"free"``, ``"silent"`` or ``"random"``.
    removed : float
        Share of the neurons that were removed.
    whole, pruned : mapping of str to Score
        The network with and without them, on ``"counted"`` and on ``"held_out"`` samples.
    """
    row: Row = {f"{way}_removed": removed}
    for half, before in whole.items():
        row[f"{way}_{half}_accuracy_drop"] = before.accuracy - pruned[half].accuracy
        row[f"{way}_{half}_loss_rise"] = pruned[half].loss - before.loss
    return row
