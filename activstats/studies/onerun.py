"""One run of a study: train the network, record it, score it, return its row of the runs table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.studies.checkpoint import Checkpoint, train_to_checkpoint
from activstats.studies.kinds import LEARNERS, Kind
from activstats.studies.learnerrun import perform_learner
from activstats.studies.metrics import score
from activstats.studies.network import hidden_layer_network, hidden_layers
from activstats.studies.planned import PlannedRun
from activstats.studies.probing import along_training, record_run
from activstats.studies.pruning import no_pruning, pruning_damage
from activstats.studies.row import Row, scores, what_was_done
from activstats.studies.shape import n_parameters
from activstats.studies.splits import Samples, Splits, training_set, with_random_labels
from activstats.studies.training import one_thread, tensors

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from activstats.studies.settings import StudySettings


def perform_run(run: PlannedRun, splits: Splits, settings: StudySettings, study: Path) -> Row:
    """Do one run of any kind and return its row of the runs table.

    Learners without hidden neurons are fitted and scored, see `perform_learner`. A network is
    trained, recorded and scored.

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
    if run.kind in LEARNERS:
        return perform_learner(run, splits, settings)
    with one_thread():
        return _perform_network(run, splits, settings, study)


def _perform_network(run: PlannedRun, splits: Splits, settings: StudySettings, study: Path) -> Row:
    shape = {
        "n_features": splits.n_features,
        "width": run.width,
        "n_classes": splits.n_classes,
        "depth": run.depth,
    }
    network = hidden_layer_network(**shape, seed=run.seed)
    samples = _training_samples(run, splits)
    checkpoint = _train(network, samples, run, splits, settings, study)
    record_run(
        network,
        study / run.recording_name,
        splits.probe,
        layers=hidden_layers(run.depth),
        rules=settings.rules,
        mask=run.mask,
        step=checkpoint.step,
    )
    parts = (score(network, *tensors(part)) for part in (samples, splits.validation, splits.test))
    return {
        **what_was_done(run, splits, settings),
        "n_parameters": n_parameters(**shape),
        "best_step": checkpoint.step,
        "chosen": "",
        "probability_floor": 0.0,
        **scores(*parts),
        "final_test_loss": checkpoint.final_test_loss,
        **_pruning(network, run, splits),
    }


def _pruning(network: nn.Module, run: PlannedRun, splits: Splits) -> Row:
    """Look at what pruning costs where a network of one hidden layer is recorded in full."""
    if not run.mask or run.depth > 1:
        return no_pruning()
    return pruning_damage(network, splits.probe, run.seed)


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
) -> Checkpoint:
    """Leave the network with the weights that are recorded."""
    return train_to_checkpoint(
        network,
        samples,
        run,
        splits,
        settings,
        probes=lambda: along_training(network, study / run.along_name, splits.probe, settings),
    )
