"""The weights that a run is left with: which step they are of, and how the last ones did."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from activstats.studies.kinds import Kind
from activstats.studies.metrics import score
from activstats.studies.training import tensors, train

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from activstats.studies.training_settings import Labelled, TrainingSettings

    Probes = AbstractContextManager[Callable[[int], None] | None]


class Run(Protocol):
    """What of a planned run decides its training."""

    @property
    def kind(self) -> Kind:
        """Of the study's kinds."""

    @property
    def seed(self) -> int:
        """Of the initial weights."""

    @property
    def order(self) -> int | None:
        """Order of the samples; None for that of the seed."""

    @property
    def along(self) -> bool:
        """Whether it is recorded along its training."""


class Splits(Protocol):
    """What training and scoring read of the data."""

    @property
    def validation(self) -> Labelled:
        """Chooses the step."""

    @property
    def test(self) -> Labelled:
        """Chooses nothing."""


@dataclass(frozen=True)
class Checkpoint:
    """Which weights the network was left with, and how the last ones did on the test split.

    Parameters
    ----------
    step : int
        Step of the weights.
    final_test_loss : float
        Of the weights of the last step, in nats.
    """

    step: int
    final_test_loss: float


def train_to_checkpoint(
    network: nn.Module,
    samples: Labelled,
    run: Run,
    splits: Splits,
    settings: TrainingSettings,
    *,
    probes: Callable[[], Probes],
) -> Checkpoint:
    """Train a network as its kind asks for, and leave it with the weights that are recorded.

    Parameters
    ----------
    network : Module
        An untrained control stays as it is; one on random labels is left at its last step, any other
        at the step with the lowest validation loss.
    samples : Labelled
        To train on.
    run : Run
        The plan of the run.
    splits : Splits
        Validation and test data.
    settings : TrainingSettings
        Settings of the training.
    probes : callable
        Returns the context in which a training is recorded along its way; called where `run.along`.

    Returns
    -------
    Checkpoint
        Which step that is, and the test loss of the last.
    """
    if run.kind is Kind.UNTRAINED:
        return Checkpoint(0, score(network, *tensors(splits.test)).loss)
    with probes() if run.along else nullcontext() as at_step:
        training = train(
            network,
            samples,
            splits.validation,
            settings,
            seed=run.seed,
            order=run.order,
            at_step=at_step,
        )
    final_test_loss = score(network, *tensors(splits.test)).loss
    if run.kind is Kind.RANDOM_LABELS:
        return Checkpoint(settings.steps, final_test_loss)
    network.load_state_dict(training.best_state)
    return Checkpoint(training.best_step, final_test_loss)
