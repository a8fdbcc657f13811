"""Training at one learning rate, with or without a mask, of several seeds side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from activstats.nn.masking import add_mask
from activstats.studies.network import hidden_layer_network
from activstats.studies.splits import Splits, batches, stream
from activstats.studies.stacked import StackedNetworks
from activstats.studies.tipping_masks import MasksOverTime, mask_of
from activstats.studies.tipping_settings import ADAM, LAMBDA, NONE, TippingRun, TippingSettings
from activstats.studies.training import tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    AtLook = Callable[[TippingRun, nn.Sequential, int], None]

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
    runs: Sequence[TippingRun],
    splits: Splits,
    settings: TippingSettings,
    *,
    at_look: AtLook | None = None,
) -> list[Course]:
    """Train networks that differ by their seeds alone, and look at them on the way.

    Parameters
    ----------
    runs : sequence of TippingRun
        Of one optimiser, width, masking and rate.
    splits : Splits
        Data.
    settings : TippingSettings
        Steps, batches, masks.
    at_look : callable, optional
        Called with the run, its network and the steps done at every look.

    Returns
    -------
    list of Course
        In the order of the runs; none depends on the others.
    """
    courses = [Course(masked_network(run, splits, settings)) for run in runs]
    stacked = StackedNetworks([course.network for course in courses])
    masks = MasksOverTime([course.network for course in courses], settings.steps)
    x, y = tensors(splits.pool)
    rows = _rows(runs, len(x), settings)
    looks = set(look_steps(settings))
    optimizer = _optimizer(runs[0], stacked.parameters)
    for step in range(settings.steps + 1):
        if step in looks:
            stacked.put_back()
            masks.put_back(step)
            courses = [_seen(course, splits, step) for course in courses]
            if all(course.diverged for course in courses):
                break
            for run, course in zip(runs, courses, strict=True):
                if at_look is not None and not course.diverged:
                    at_look(run, course.network, step)
        if step < settings.steps:
            chosen = rows[step]
            optimizer.zero_grad()
            outputs = stacked(x[chosen], masks.kept(step))
            loss = functional.cross_entropy(
                outputs.flatten(0, 1), y[chosen].flatten(), reduction="sum"
            )
            (loss / chosen.shape[1]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return courses


def _rows(runs: Sequence[TippingRun], n_train: int, settings: TippingSettings) -> torch.Tensor:
    """Return the rows of every step and run, shape (steps, n_runs, batch size)."""
    drawn = [
        batches(n_train, steps=settings.steps, batch_size=settings.batch_size, seed=run.seed)
        for run in runs
    ]
    return torch.from_numpy(np.stack(drawn, axis=1))


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
    mask = mask_of(network)
    return rates if mask is None else rates[~mask.closed]


def _optimizer(run: TippingRun, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
    if run.optimizer == ADAM:
        return torch.optim.Adam(parameters, lr=run.rate, fused=True)
    return torch.optim.SGD(parameters, lr=run.rate, fused=True)


def _seen(course: Course, splits: Splits, step: int) -> Course:
    """Add a look, or say that the course diverged: there is no look where a loss is not finite."""
    if course.diverged:
        return course
    network = course.network
    with torch.no_grad():
        losses = {
            f"{name}_loss": float(functional.cross_entropy(network(a), b))
            for name, (a, b) in (
                ("train", tensors(splits.pool)),
                ("validation", tensors(splits.validation)),
            )
        }
    if not all(map(math.isfinite, losses.values())):
        return replace(course, diverged=True)
    mask = mask_of(network)
    masked = 0.0 if mask is None else float(mask.closed.float().mean())
    firing = float(firing_of_open(network, tensors(splits.validation)[0]).mean())
    for name, value in {"step": step, "firing": firing, "masked": masked, **losses}.items():
        course.looks.setdefault(name, []).append(value)
    return course
