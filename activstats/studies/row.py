"""What all kinds of runs write into their row of the runs table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.studies.kinds import LEARNERS, Kind

if TYPE_CHECKING:
    from activstats.studies.planned import PlannedRun
    from activstats.studies.score import Score
    from activstats.studies.settings import StudySettings
    from activstats.studies.splits import Splits

Row = dict[str, str | int | float | bool | None]


def what_was_done(run: PlannedRun, splits: Splits, settings: StudySettings) -> Row:
    """Return the columns that were known before the run."""
    without_steps = run.kind in {Kind.UNTRAINED, *LEARNERS}
    return {
        "run": run.name,
        "kind": str(run.kind),
        "width": run.width,
        "depth": run.depth,
        "parameter_budget": run.parameter_budget,
        "n_train": run.n_train,
        "seed": run.seed,
        "learning_rate": None if run.kind in LEARNERS else settings.learning_rate,
        "steps": 0 if without_steps else settings.steps,
        "recording": run.recording_name,
        "along_training": run.along,
        "along_recording": run.along_name,
        "dataset": splits.table,
        "n_features": splits.n_features,
        "n_classes": splits.n_classes,
    }


def scores(train: Score, validation: Score, test: Score) -> Row:
    """Return the columns of losses, accuracies and the Brier score."""
    return {
        "train_loss": train.loss,
        "validation_loss": validation.loss,
        "test_loss": test.loss,
        "train_accuracy": train.accuracy,
        "validation_accuracy": validation.accuracy,
        "test_accuracy": test.accuracy,
        "test_brier": test.brier,
    }
