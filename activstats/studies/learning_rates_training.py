"""Training at one learning rate, with weights, gradients and activations looked at on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from activstats.studies.learning_rates_network import (
    hidden_activations,
    layered_network,
    task_loss,
)
from activstats.studies.learning_rates_recording import recorded_weights
from activstats.studies.learning_rates_settings import ADAM, AUTOENCODER
from activstats.studies.splits import Samples, batches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from activstats.studies.learning_rates_data import TaskData
    from activstats.studies.learning_rates_settings import LearningRateRun, LearningRatesSettings

    FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trace:
    """What was seen of a run.

    Parameters
    ----------
    network : torch.nn.Sequential
        As it was left.
    steps : ndarray of int64, shape (n_times,)
        Steps done at each snapshot; fewer than planned where training diverged.
    weights, gradients : dict of str to ndarray of float32, shape (n_times, ...)
        Parameters by name, and the gradients of the batch before; no gradient before the first step.
    activations : dict of str to ndarray of float32, shape (n_times, n_neurons, n_samples)
        Hidden activations of the probe in the late window.
    epochs : dict of str to list of float
        After each epoch: train, validation and test loss, and test accuracy.
    diverged : bool
        Whether the loss ceased to be finite.
    """

    network: nn.Sequential
    steps: NDArray[np.int64]
    weights: dict[str, FloatArray]
    gradients: dict[str, FloatArray]
    activations: dict[str, FloatArray]
    epochs: dict[str, list[float]] = field(default_factory=dict)
    diverged: bool = False


def train_at_rate(
    run: LearningRateRun,
    data: TaskData,
    settings: LearningRatesSettings,
    *,
    along: Path | None = None,
) -> Trace:
    """Train one network and look at it on the way.

    Parameters
    ----------
    run : LearningRateRun
        Task, optimiser, rate and seed.
    data : TaskData
        The samples.
    settings : LearningRatesSettings
        Epochs, batches, and how often to look.
    along : path, optional
        Folder of a recording of the weights at every look; none is made if left out.
    """
    network = layered_network(run.task, run.seed)
    per_epoch = max(len(data.train) // settings.batch_size, 1)
    total = per_epoch * settings.epochs
    looks = np.unique(
        np.rint(np.linspace(0, total, settings.epochs * settings.snapshots_per_epoch + 1))
    ).astype(np.int64)
    seen = _Seen(network, looks, settings.late_share, _tensors(data.test)[0], settings)
    tests = {name: _tensors(getattr(data, name)) for name in ("train", "validation", "test")}
    x, y = tests["train"]
    rows = torch.from_numpy(
        batches(len(data.train), steps=total, batch_size=settings.batch_size, seed=run.seed)
    )
    optimizer = _optimizer(run, network)
    epochs: dict[str, list[float]] = {}
    with recorded_weights(network, along, total, settings.late_share) as record:
        seen.look(0, record)
        for step, chosen in enumerate(rows, start=1):
            optimizer.zero_grad()
            loss = task_loss(run.task, network(x[chosen]), x[chosen], y[chosen])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            seen.look(step, record)
            if step % per_epoch == 0 and not _score(run.task, network, tests, epochs):
                break
    return seen.trace(epochs, diverged=len(epochs["train_loss"]) < settings.epochs)


def _optimizer(run: LearningRateRun, network: nn.Module) -> torch.optim.Optimizer:
    if run.optimizer == ADAM:
        return torch.optim.Adam(network.parameters(), lr=run.rate, fused=True)
    return torch.optim.SGD(network.parameters(), lr=run.rate, fused=True)


def _score(
    task: str,
    network: nn.Sequential,
    tests: dict[str, tuple[torch.Tensor, torch.Tensor]],
    epochs: dict[str, list[float]],
) -> bool:
    """Add the losses after an epoch; tell whether all of them are finite, and add none otherwise."""
    found: dict[str, float] = {}
    with torch.no_grad():
        for name, (x, y) in tests.items():
            outputs = network(x)
            found[f"{name}_loss"] = float(task_loss(task, outputs, x, y))
            if name == "test" and task != AUTOENCODER:
                found["test_accuracy"] = float((outputs.argmax(1) == y).float().mean())
    if not all(map(math.isfinite, found.values())):
        epochs.setdefault("train_loss", [])
        return False
    for name, value in found.items():
        epochs.setdefault(name, []).append(value)
    return True


class _Seen:
    """Snapshots, as they are taken."""

    def __init__(
        self,
        network: nn.Sequential,
        looks: NDArray[np.int64],
        late_share: float,
        test: torch.Tensor,
        settings: LearningRatesSettings,
    ) -> None:
        self._network = network
        self._places = {int(step): place for place, step in enumerate(looks)}
        self._looks = looks
        self._late_from = len(looks) - math.ceil(late_share * len(looks))
        self._probe = test[: settings.probe_samples]
        shapes = {name: tuple(p.shape) for name, p in network.named_parameters()}
        self._weights = {n: np.zeros((len(looks), *s), np.float32) for n, s in shapes.items()}
        self._gradients = {n: np.zeros((len(looks), *s), np.float32) for n, s in shapes.items()}
        self._activations: dict[str, list[FloatArray]] = {}
        self._n = 0

    def look(self, step: int, record: Callable[[int], None]) -> None:
        """Take a snapshot where one is due."""
        place = self._places.get(step)
        if place is None:
            return
        record(step)
        for name, parameter in self._network.named_parameters():
            self._weights[name][place] = parameter.detach().numpy()
            if parameter.grad is not None:
                self._gradients[name][place] = parameter.grad.numpy()
        if place >= self._late_from:
            for name, activations in hidden_activations(self._network, self._probe).items():
                self._activations.setdefault(name, []).append(activations.numpy().T.copy())
        self._n = place + 1

    def trace(self, epochs: dict[str, list[float]], *, diverged: bool) -> Trace:
        """Return what was seen."""
        return Trace(
            network=self._network,
            steps=self._looks[: self._n],
            weights={name: one[: self._n] for name, one in self._weights.items()},
            gradients={name: one[1 : self._n] for name, one in self._gradients.items()},
            activations={name: np.stack(one) for name, one in self._activations.items()},
            epochs=epochs,
            diverged=diverged,
        )


def _tensors(samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
    # Copied: workers may hold the arrays as read-only maps of a file.
    return torch.tensor(samples.features), torch.tensor(samples.labels)
