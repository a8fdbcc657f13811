"""Training of one network at one learning rate, with or without a mask, looked at on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from activstats.nn.masking import add_mask, advance_masks, masks_of
from activstats.studies.network import hidden_layer_network
from activstats.studies.splits import Splits, batches, stream
from activstats.studies.tipping_settings import ADAM, LAMBDA, NONE, TippingRun, TippingSettings
from activstats.studies.training import tensors

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.nn.lambda_mask import LambdaMask

_MASKS = 80


@dataclass(frozen=True, eq=False)
class Course:
    """What was seen of a training.

    Parameters
    ----------
    network : torch.nn.Sequential
        As it was left, with its mask.
    looks : dict of str to list of float
        By name, a number for each look.
    diverged : bool
        Whether a loss ceased to be finite; there is no look from then on.
    """

    network: nn.Sequential
    looks: dict[str, list[float]] = field(default_factory=dict)
    diverged: bool = False


def masked_network(run: TippingRun, splits: Splits, settings: TippingSettings) -> nn.Sequential:
    """Return an untrained network with the mask of the run on its hidden layer."""
    network = hidden_layer_network(
        n_features=splits.n_features, width=run.width, n_classes=splits.n_classes, seed=run.seed
    )
    if run.masking != NONE:
        opens = run.masking == LAMBDA
        add_mask(
            network,
            "relu",
            n_neurons=run.width,
            share=settings.share if opens else settings.static_share,
            hold=round(settings.hold * settings.steps) if opens else 0,
            open_at=round(settings.open_at * settings.steps) if opens else None,
            schedule=settings.schedule,
            seed=int(stream(_MASKS, run.seed).integers(2**63)),
        )
    return network


def train_masked(
    run: TippingRun,
    splits: Splits,
    settings: TippingSettings,
    *,
    at_look: Callable[[nn.Sequential, int], None] | None = None,
) -> Course:
    """Train one network, and look at it on the way.

    Parameters
    ----------
    run : TippingRun
        What to do.
    splits : Splits
        Data.
    settings : TippingSettings
        Steps, batches, masks.
    at_look : callable, optional
        Called with the network and the steps done at every look.
    """
    network = masked_network(run, splits, settings)
    x, y = tensors(splits.pool)
    rows = torch.from_numpy(
        batches(len(x), steps=settings.steps, batch_size=settings.batch_size, seed=run.seed)
    )
    looks = set(look_steps(settings))
    optimizer = _optimizer(run, network)
    course = Course(network)
    for step in range(settings.steps + 1):
        if step in looks:
            if not _look(course, splits, step):
                return Course(network, course.looks, diverged=True)
            if at_look is not None:
                at_look(network, step)
        if step == settings.steps:
            break
        chosen = rows[step]
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(x[chosen]), y[chosen])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        advance_masks(network)
    return course


def look_steps(settings: TippingSettings) -> list[int]:
    """Return the steps after which networks are looked at: 0, then ever farther apart.

    Training is fastest at its beginning; the looks are spaced like squares.
    """
    places = np.linspace(0, 1, settings.looks + 1) ** 2
    return sorted({round(settings.steps * place) for place in places.tolist()})


def firing_of_open(network: nn.Sequential, x: torch.Tensor) -> torch.Tensor:
    """Return the share of samples that each hidden neuron fires for, of those not masked."""
    with torch.no_grad():
        hidden = network[:2](x)
    rates: torch.Tensor = (hidden > 0).double().mean(dim=0)
    mask = _mask(network)
    return rates if mask is None else rates[~mask.closed]


def _mask(network: nn.Module) -> LambdaMask | None:
    return next((mask for _, mask in masks_of(network)), None)


def _optimizer(run: TippingRun, network: nn.Module) -> torch.optim.Optimizer:
    if run.optimizer == ADAM:
        return torch.optim.Adam(network.parameters(), lr=run.rate, fused=True)
    return torch.optim.SGD(network.parameters(), lr=run.rate, fused=True)


def _look(course: Course, splits: Splits, step: int) -> bool:
    """Add a look; tell whether all its losses are finite, and add none otherwise."""
    network = course.network
    x, _ = tensors(splits.validation)
    with torch.no_grad():
        losses = {
            f"{name}_loss": float(functional.cross_entropy(network(a), b))
            for name, (a, b) in (
                ("train", tensors(splits.pool)),
                ("validation", tensors(splits.validation)),
            )
        }
    if not all(map(math.isfinite, losses.values())):
        return False
    mask = _mask(network)
    masked = 0.0 if mask is None else float(mask.closed.float().mean())
    firing = float(firing_of_open(network, x).mean())
    for name, value in {"step": step, "firing": firing, "masked": masked, **losses}.items():
        course.looks.setdefault(name, []).append(value)
    return True
