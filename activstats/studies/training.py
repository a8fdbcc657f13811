"""Training of one network, with the checkpoint chosen on the validation split."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from activstats.errors import StudyError
from activstats.studies.metrics import cross_entropy, mean_loss
from activstats.studies.splits import batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    from activstats.studies.training_settings import Labelled, TrainingSettings

State = dict[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Training:
    """What came of training a network; the network itself is left at its last step.

    Parameters
    ----------
    best_step : int
        The step, among those looked at, with the smallest validation loss; the earliest in a tie.
    best_state : dict of tensor
        The weights at that step.
    steps_seen : tuple of int
        Steps at which the validation split was looked at.
    validation_losses : tuple of float
        The losses found there, in nats.
    """

    best_step: int
    best_state: State
    steps_seen: tuple[int, ...]
    validation_losses: tuple[float, ...]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use a single thread, and give back the number it had.

    Sums taken by several threads differ in their last digit from one machine to another.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def tensors(samples: Labelled) -> tuple[torch.Tensor, torch.Tensor]:
    """Return features and labels as tensors of their own memory."""
    # Copied: workers may hold the arrays as read-only maps of a file.
    return torch.tensor(samples.features), torch.tensor(samples.labels)


def train(
    network: nn.Module,
    samples: Labelled,
    validation: Labelled,
    settings: TrainingSettings,
    *,
    seed: int,
    order: int | None = None,
    at_step: Callable[[int], None] | None = None,
) -> Training:
    """Train a network in place with Adam on the cross-entropy for a fixed number of steps.

    Parameters
    ----------
    network : torch.nn.Module
        Maps features to logits.
    samples : Labelled
        The training set.
    validation : Labelled
        Chooses the checkpoint, and nothing else.
    settings : TrainingSettings
        Steps, batch size, learning rate, and how often the validation split is looked at.
    seed : int
        Of the order of the samples.
    order : int, optional
        Number of another order than the seed's own.
    at_step : callable, optional
        Called with the number of steps done, before the first one and after each.

    Returns
    -------
    Training

    Raises
    ------
    StudyError
        If the validation loss is no longer finite.
    """
    x, y = tensors(samples)
    x_validation, y_validation = tensors(validation)
    drawn = torch.from_numpy(
        batches(
            len(samples),
            steps=settings.steps,
            batch_size=settings.batch_size,
            seed=seed,
            order=order,
        )
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate, fused=True)
    notify = at_step or (lambda _: None)
    seen: list[tuple[int, float]] = []
    best: State = {}
    notify(0)
    for step, rows in enumerate(drawn, start=1):
        optimizer.zero_grad()
        loss = cross_entropy(network(x[rows]), y[rows])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        notify(step)
        if _looks(step, settings):
            found = _finite(mean_loss(network, x_validation, y_validation), step, settings)
            if all(found < earlier for _, earlier in seen):
                best = copy_of_state(network)
            seen.append((step, found))
    return _training(seen, best)


def _looks(step: int, settings: TrainingSettings) -> bool:
    """Tell whether the validation split is looked at after a step.

    Wide networks learn some samples by heart within two or three steps. Their best checkpoint would
    be missed, and the loss at the smallest sizes come out above that of guessing.
    """
    every = settings.validation_every
    return step <= every or step % every == 0 or step == settings.steps


def _training(seen: list[tuple[int, float]], best: State) -> Training:
    steps, losses = zip(*seen, strict=True)
    return Training(
        best_step=steps[losses.index(min(losses))],
        best_state=best,
        steps_seen=steps,
        validation_losses=losses,
    )


def _finite(loss: float, step: int, settings: TrainingSettings) -> float:
    if math.isfinite(loss):
        return loss
    raise StudyError(
        f"training diverged: the validation loss at step {step} is not finite.",
        got=f"loss {loss}, learning rate {settings.learning_rate}",
        hint="a smaller learning_rate",
    )


def copy_of_state(network: nn.Module) -> State:
    """Return the weights as they are now, in memory of their own."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
