"""How well a network predicts: its logits, scored in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from activstats.studies.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

ROWS_AT_ONCE = 8192  # bounds the memory of the hidden layer on long tables


def score(network: nn.Module, features: torch.Tensor, labels: torch.Tensor) -> Score:
    """Return loss, accuracy and Brier score of a network on labelled samples.

    Parameters
    ----------
    network : torch.nn.Module
        Maps features to logits.
    features : tensor, shape (n_samples, n_features)
        Inputs, or tokens.
    labels : tensor of int64, shape (n_samples,)
        Classes; or, of shape (n_samples, n_positions), one at each position.

    Returns
    -------
    Score
        Sums are taken in float64.
    """
    totals = torch.zeros(3, dtype=torch.float64)
    with torch.no_grad():
        for x, y in _chunks(features, labels):
            totals += _sums(network(x).flatten(0, -2).double(), y.flatten())
    loss, accuracy, brier = (totals / labels.numel()).tolist()
    return Score(loss=loss, accuracy=accuracy, brier=brier)


def _sums(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    truth = functional.one_hot(labels, logits.shape[1])
    return torch.stack(
        [
            functional.cross_entropy(logits, labels, reduction="sum"),
            (logits.argmax(dim=1) == labels).sum(),
            (logits.softmax(dim=1) - truth).square().sum(),
        ]
    )


def mean_loss(network: nn.Module, features: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the mean cross-entropy in nats, in the network's own precision."""
    with torch.no_grad():
        total = sum(
            float(cross_entropy(network(x), y, reduction="sum"))
            for x, y in _chunks(features, labels)
        )
    return total / labels.numel()


def cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor, *, reduction: str = "mean"
) -> torch.Tensor:
    """Return the cross-entropy of logits of shape (…, n_classes) and labels of shape (…)."""
    return functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), reduction=reduction)


def _chunks(
    features: torch.Tensor, labels: torch.Tensor
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    return zip(torch.split(features, ROWS_AT_ONCE), torch.split(labels, ROWS_AT_ONCE), strict=True)
