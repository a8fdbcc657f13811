"""One run of a study: train the network, record it, score it, return its row of the runs table."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.studies.metrics import score
from activstats.studies.network import hidden_layer_network
from activstats.studies.plan import Kind, PlannedRun
from activstats.studies.probing import along_training, record_run
from activstats.studies.splits import Samples, Splits, training_set, with_random_labels
from activstats.studies.training import one_thread, tensors, train

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from activstats.studies.settings import StudySettings

Row = dict[str, str | int | float | bool]


@dataclass(frozen=True)
class _Checkpoint:
    """Which weights the network was left with, and how the last ones did on the test split."""

    step: int
    final_test_loss: float


def perform_run(run: PlannedRun, splits: Splits, settings: StudySettings, study: Path) -> Row:
    """Train the network of a run, record it, and return its row of the runs table.

    The untrained control is scored and recorded as initialised; its training loss is that on the
    whole training pool. The control on random labels is taken at its last step: the validation
    split, whose labels are true, would choose the checkpoint that has learnt least.

    Parameters
    ----------
    run : PlannedRun
        What to do.
    splits : Splits
        The data.
    settings : StudySettings
        Settings of the study.
    study : path
        Folder that the recordings go into; whatever an interrupted run left there is replaced.

    Returns
    -------
    dict
        The columns of the runs table.
    """
    with one_thread():
        network = hidden_layer_network(
            n_features=splits.n_features,
            width=run.width,
            n_classes=splits.n_classes,
            seed=run.seed,
        )
        samples = _training_samples(run, splits)
        checkpoint = _train(network, samples, run, splits, settings, study)
        record_run(
            network,
            study / run.name,
            splits.probe,
            rules=settings.rules,
            mask=run.mask,
            step=checkpoint.step,
        )
        return {
            **_what_was_done(run, splits, settings),
            "best_step": checkpoint.step,
            **_scores(network, samples, splits),
            "final_test_loss": checkpoint.final_test_loss,
        }


def _training_samples(run: PlannedRun, splits: Splits) -> Samples:
    if run.kind is Kind.UNTRAINED:
        return splits.pool
    samples = training_set(splits, run.n_train, run.seed, run.order)
    return with_random_labels(samples, run.seed) if run.kind is Kind.RANDOM_LABELS else samples


def _train(
    network: nn.Module,
    samples: Samples,
    run: PlannedRun,
    splits: Splits,
    settings: StudySettings,
    study: Path,
) -> _Checkpoint:
    """Leave the network with the weights that are recorded."""
    if run.kind is Kind.UNTRAINED:
        return _Checkpoint(0, score(network, *tensors(splits.test)).loss)
    probes = (
        along_training(network, study / run.along_name, splits.probe, settings)
        if run.along
        else nullcontext()
    )
    with probes as at_step:
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
        return _Checkpoint(settings.steps, final_test_loss)
    network.load_state_dict(training.best_state)
    return _Checkpoint(training.best_step, final_test_loss)


def _what_was_done(run: PlannedRun, splits: Splits, settings: StudySettings) -> Row:
    return {
        "run": run.name,
        "kind": str(run.kind),
        "width": run.width,
        "depth": 1,
        "n_train": run.n_train,
        "seed": run.seed,
        "learning_rate": settings.learning_rate,
        "steps": 0 if run.kind is Kind.UNTRAINED else settings.steps,
        "recording": run.name,
        "along_training": run.along,
        "along_recording": run.along_name,
        "dataset": splits.table,
        "n_features": splits.n_features,
        "n_classes": splits.n_classes,
    }


def _scores(network: nn.Module, samples: Samples, splits: Splits) -> Row:
    train = score(network, *tensors(samples))
    validation = score(network, *tensors(splits.validation))
    test = score(network, *tensors(splits.test))
    return {
        "train_loss": train.loss,
        "validation_loss": validation.loss,
        "test_loss": test.loss,
        "train_accuracy": train.accuracy,
        "validation_accuracy": validation.accuracy,
        "test_accuracy": test.accuracy,
        "test_brier": test.brier,
    }
