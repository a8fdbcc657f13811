"""What a transformer loses without the neurons that some tokens never activated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from activstats.rules import DEFAULT_RULE, Above, Rule
from activstats.studies.metrics import score
from activstats.studies.pruning import damage
from activstats.studies.splits import PRUNING, stream
from activstats.studies.training import tensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.studies.row import Row
    from activstats.studies.transformer_data import Windows
    from activstats.studies.transformer_network import Transformer

    Gone = list[NDArray[np.bool_]]


def pruning_of_blocks(network: Transformer, probe: Windows, seed: int) -> Row:
    """Count activations on half of the documents, prune by them, and score on both halves.

    Parameters
    ----------
    network : Transformer
        It is left as it is.
    probe : Windows
        Every other document is counted, the rest are held out.
    seed : int
        Of the neurons that are removed at random.

    Returns
    -------
    dict
        The columns of pruning; shares are of the neurons of all blocks together.
    """
    place = np.unique(probe.documents, return_inverse=True)[1]
    parts = {"counted": _of(probe, place % 2 == 0), "held_out": _of(probe, place % 2 == 1)}
    free, silent = _never(network, parts["counted"], (DEFAULT_RULE, Above(0)))
    random = [stream(PRUNING, seed, i, one.size).permutation(one) for i, one in enumerate(free)]
    whole = {half: score(network, *tensors(part)) for half, part in parts.items()}
    row: Row = {}
    for way, gone in (("free", free), ("silent", silent), ("random", random)):
        pruned = without_neurons(network, gone)
        left = {half: score(pruned, *tensors(part)) for half, part in parts.items()}
        row |= damage(way, float(np.concatenate(gone).mean()), whole, left)
    return row


def without_neurons(network: Transformer, gone: Sequence[NDArray[np.bool_]]) -> Transformer:
    """Return a copy in which some neurons of each block pass nothing on."""
    pruned = deepcopy(network)
    with torch.no_grad():
        for down, without in zip(_downs(pruned), gone, strict=True):
            down.weight[:, torch.as_tensor(without)] = 0.0
    return pruned


def _of(probe: Windows, chosen: NDArray[np.bool_]) -> Windows:
    return type(probe)(probe.features[chosen], probe.labels[chosen], probe.documents[chosen])


def _downs(network: Transformer) -> list[torch.nn.Linear]:
    return [block.mlp.down for block in network.blocks]  # type: ignore[misc,union-attr]


def _never(network: Transformer, samples: Windows, rules: Sequence[Rule]) -> list[Gone]:
    """Return, for each rule and block, which neurons no token activates."""
    inputs: list[torch.Tensor] = []
    with torch.no_grad(), _watching(network, inputs):
        network(torch.tensor(samples.features))
    flat = [one.flatten(0, 1) for one in inputs]
    return [[np.logical_not(np.asarray(rule(one)).any(axis=0)) for one in flat] for rule in rules]


@contextmanager
def _watching(network: Transformer, inputs: list[torch.Tensor]) -> Iterator[None]:
    def keep(_module: Any, given: tuple[torch.Tensor, ...]) -> None:
        inputs.append(given[0])

    handles = [down.register_forward_pre_hook(keep) for down in _downs(network)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
