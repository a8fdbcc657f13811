"""The claims on learning rates, judged by a study."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.claims import (
    Verdict,
    best_rate_inside,
    falling_participation,
    fluctuation_and_score,
    rising_fluctuation,
)
from activstats.claims.holm import with_holm
from activstats.claims.learning_rates_evidence import PUBLISHED, LearningRateEvidence
from activstats.counts import Study, open_study
from activstats.errors import InputError
from activstats.recorded_learning_rates import recorded_fluctuation
from activstats.report.learning_rates_section import learning_rates_page
from activstats.report.writing import OnePage

if TYPE_CHECKING:
    import pandas as pd

CLAIMS = (rising_fluctuation, fluctuation_and_score, falling_participation, best_rate_inside)
NEEDED = (
    "run", "task", "optimizer", "learning_rate", "seed", "diverged", "test_loss",
    "fluctuation_late", "fluctuation_whole", "drift_late", "firing_rate", "dead_share",
    "always_on_share", "epoch_train_loss", "epoch_test_loss", "epoch_fluctuation", "neuron_firing",
    "neuron_fluctuation",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class JudgedLearningRates(OnePage):
    """A study of learning rates, judged.

    Parameters
    ----------
    evidence : LearningRateEvidence
        The runs.
    verdicts : tuple of Verdict
        One for each claim, on the published setting, or the first arm where that was not run;
        p-values adjusted for their number.
    recorded : DataFrame
        What the recordings of weights say, see `recorded_fluctuation`.
    """

    evidence: LearningRateEvidence
    verdicts: tuple[Verdict, ...]
    recorded: pd.DataFrame

    def page(self) -> str:
        """Return the report as HTML that needs nothing else."""
        return learning_rates_page(self.evidence, self.verdicts, self.recorded)


def judge_learning_rates(study: Study | str | os.PathLike[str]) -> JudgedLearningRates:
    """Judge the claims on learning rates by a study.

    Parameters
    ----------
    study : Study or path
        As `activstats study learning_rates` makes it.

    Returns
    -------
    JudgedLearningRates

    Raises
    ------
    InputError
        If the runs table lacks a column.
    RecordingError
        If the recorded weights of a run cannot be read.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    for column in NEEDED:
        if column not in opened.runs:
            raise InputError(
                "this is no study of learning rates.",
                got=f"a runs table without the column '{column}'",
                allowed=", ".join(NEEDED),
                hint="activstats study learning_rates",
            )
    evidence = LearningRateEvidence(opened.runs, str(opened.path))
    arms = evidence.arms
    judged = PUBLISHED if PUBLISHED in arms or not arms else arms[0]
    verdicts = with_holm([claim.decide(evidence, judged) for claim in CLAIMS])
    return JudgedLearningRates(evidence, verdicts, recorded_fluctuation(opened))
