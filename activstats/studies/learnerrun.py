"""One run of a learner without hidden neurons: fit it, choose, score, return its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from activstats.studies.columns import PRUNING
from activstats.studies.floor import choose
from activstats.studies.learners import candidates
from activstats.studies.row import Row, scores, what_was_done
from activstats.studies.score import score_probabilities
from activstats.studies.splits import training_set

if TYPE_CHECKING:
    from activstats.studies.planned import PlannedRun
    from activstats.studies.score import Score
    from activstats.studies.settings import StudySettings
    from activstats.studies.splits import Samples, Splits


def perform_learner(run: PlannedRun, splits: Splits, settings: StudySettings) -> Row:
    """Fit a learner without hidden neurons and return its row of the runs table.

    Its training sets are those of the networks of the same seed. The hyper-parameters are chosen on
    the validation split, see `candidates` and `choose`. There is no last step, and no loss at it.

    Parameters
    ----------
    run : PlannedRun
        What to do.
    splits : Splits
        The data.
    settings : StudySettings
        Settings of the study.

    Returns
    -------
    dict
        The columns of the runs table.
    """
    samples = training_set(splits, run.n_train, run.seed)
    # Sums taken by several threads differ in their last digit from one machine to another.
    with threadpool_limits(1):
        learner = choose(
            candidates(run.kind, samples, splits.n_classes, run.seed),
            splits.validation,
            n_train=len(samples),
            n_classes=splits.n_classes,
        )

        def score(part: Samples) -> Score:
            return score_probabilities(learner.predict(part.features), part.labels)

        return {
            **what_was_done(run, splits, settings),
            "n_parameters": learner.candidate.n_parameters,
            "best_step": 0,
            "chosen": learner.words,
            "probability_floor": learner.floor,
            **scores(score(samples), score(splits.validation), score(splits.test)),
            "final_test_loss": None,
            **dict.fromkeys(PRUNING),
        }
