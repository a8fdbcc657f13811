"""One run of the study of transformers: train, record, score, return its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.studies.checkpoint import Checkpoint, train_to_checkpoint
from activstats.studies.kinds import Kind
from activstats.studies.metrics import score
from activstats.studies.pruning import no_pruning
from activstats.studies.row import Row, scores
from activstats.studies.training import one_thread, tensors
from activstats.studies.transformer_bigram import fit_bigram, score_bigram
from activstats.studies.transformer_data import Windows, training_windows, with_shuffled_text
from activstats.studies.transformer_network import Transformer, neuron_layers, transformer
from activstats.studies.transformer_probing import along_transformer, record_transformer
from activstats.studies.transformer_pruning import pruning_of_blocks
from activstats.studies.transformer_text import N_TOKENS, NAME

if TYPE_CHECKING:
    from pathlib import Path

    from activstats.studies.score import Score
    from activstats.studies.transformer_plan import TransformerRun
    from activstats.studies.transformer_study import Given


def perform_transformer(run: TransformerRun, given: Given, study: Path) -> Row:
    """Do one run and return its row of the runs table.

    The untrained control is scored and recorded as initialised, its training loss being that on the
    largest training set. The one on shuffled text is taken at its last step: the validation split,
    which is not shuffled, would choose the checkpoint that has learnt least.

    Parameters
    ----------
    run : TransformerRun
        What to do.
    given : Given
        The text and the settings.
    study : path
        Folder that the recordings go into.

    Returns
    -------
    dict
        The columns of `transformer_columns.MEANINGS`.
    """
    with one_thread():
        return _perform_network(run, given, study) if run.block else _perform_bigram(run, given)


def _perform_network(run: TransformerRun, given: Given, study: Path) -> Row:
    settings, splits = given.settings, given.splits
    network = transformer(
        tokens=N_TOKENS,
        context=settings.context,
        features=settings.features,
        heads=settings.heads,
        neurons=run.width,
        block=run.block,
        depth=settings.depth,
        seed=run.seed,
    )
    samples = _samples(run, given)
    done = _train(network, samples, run, given, study)
    record_transformer(
        network,
        study / run.recording_name,
        splits.probe,
        given.names,
        settings,
        full=run.mask,
        step=done.step,
    )
    budget = sum(weights.numel() for weights in network.parameters())
    parts = (score(network, *tensors(part)) for part in (samples, splits.validation, splits.test))
    return {
        **_what_was_done(run, given, budget),
        "best_step": done.step,
        "chosen": "",
        "probability_floor": 0.0,
        **scores(*parts),
        "final_test_loss": done.final_test_loss,
        **(pruning_of_blocks(network, splits.probe, run.seed) if run.mask else no_pruning()),
    }


def _samples(run: TransformerRun, given: Given) -> Windows:
    n_tokens = run.n_train or given.largest
    samples = training_windows(given.splits, n_tokens, run.seed, given.settings.context)
    return with_shuffled_text(samples, run.seed) if run.kind is Kind.RANDOM_LABELS else samples


def _train(
    network: Transformer, samples: Windows, run: TransformerRun, given: Given, study: Path
) -> Checkpoint:
    """Leave the network with the weights that are recorded."""
    settings, splits = given.settings, given.splits
    return train_to_checkpoint(
        network,
        samples,
        run,
        splits,
        settings,
        probes=lambda: along_transformer(
            network, study / run.along_name, splits.probe, given.names, settings
        ),
    )


def _perform_bigram(run: TransformerRun, given: Given) -> Row:
    samples = _samples(run, given)
    learner = fit_bigram(samples, given.splits.validation)

    def scored(part: Windows) -> Score:
        return score_bigram(learner, part)

    return {
        **_what_was_done(run, given, 0),
        "best_step": 0,
        "chosen": learner.words,
        "probability_floor": learner.floor,
        **scores(*map(scored, (samples, given.splits.validation, given.splits.test))),
        "final_test_loss": None,
        **no_pruning(),
    }


def _what_was_done(run: TransformerRun, given: Given, budget: int) -> Row:
    settings = given.settings
    trained = bool(run.block) and run.kind is not Kind.UNTRAINED
    return {
        "run": run.name,
        "kind": str(run.kind),
        "width": run.width,
        "depth": settings.depth if run.block else 0,
        "n_parameters": budget,
        "parameter_budget": budget,
        "n_train": run.n_train,
        "seed": run.seed,
        "learning_rate": settings.learning_rate if run.block else None,
        "steps": settings.steps if trained else 0,
        "recording": run.recording_name,
        "along_training": run.along,
        "along_recording": run.along_name,
        "dataset": NAME,
        "n_features": settings.context,
        "n_classes": N_TOKENS,
        "block": run.block,
        "layers": len(neuron_layers(settings.depth)) if run.block else 0,
    }
