"""Makes and picks out what ships: the settings of each study, and the recordings that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_CONTROLLED = 256  # the width whose controls ship


def make_digits(out: Path, n_jobs: int) -> None:
    """Make networks of three widths on digits, their controls, and a linear softmax."""
    from activstats.studies import StudySettings, run_study

    settings = StudySettings(
        widths=(64, 128, 256),
        depths=(1,),
        learners=("linear softmax",),
        rules=("top1%", "top_fraction(0.1)", "argmax", "above(0)"),
        along_every=80,
    )
    run_study(out, settings, n_jobs=n_jobs)


def with_controls(runs: Any) -> Any:
    """Keep what the verdicts need: trained on everything, and the controls of one width."""
    whole = runs["n_train"] == runs["n_train"].max()
    trained = runs["kind"].isin(["trained", "same start"]) & whole
    controls = runs["kind"].isin(["untrained", "random labels"]) & (runs["width"] == _CONTROLLED)
    return trained | controls


def make_learning_rates(out: Path, n_jobs: int) -> None:
    """Make two tasks at nine learning rates of Adam."""
    from activstats.studies.learning_rates_settings import LearningRatesSettings
    from activstats.studies.learning_rates_study import run_learning_rates

    # Without the recordings of weights: each is of some 2 MB.
    settings = LearningRatesSettings(sgd_rates=(), seeds=(1, 2, 3), recorded_seeds=0)
    run_learning_rates(out, settings, n_jobs=n_jobs)


def make_tipping(out: Path, n_jobs: int) -> None:
    """Make networks of two widths at eight learning rates, masked and not."""
    from activstats.studies.tipping_settings import TippingSettings
    from activstats.studies.tipping_study import run_tipping

    settings = TippingSettings(
        widths=(32, 128), sgd_rates=(), seeds=(0, 1, 2), recorded_seeds=0
    )  # fmt: skip
    run_tipping(out, settings, n_jobs=n_jobs)


def make_stamina(out: Path, n_jobs: int) -> None:
    """Make Hebbian layers of 64 neurons, smaller by stamina and by pruning."""
    from activstats.studies.stamina_settings import StaminaSettings
    from activstats.studies.stamina_study import run_stamina

    settings = StaminaSettings(
        width=64, targets=(16, 32), ratios=(0.3, 1.0), epochs=4, annealed_seeds=1
    )
    run_stamina(out, settings, n_jobs=n_jobs)


def no_recording(runs: Any) -> Any:
    """Keep the table of runs alone."""
    return runs["run"] == ""


def first_recording(runs: Any) -> Any:
    """Keep the recording of the first run."""
    return runs.index == runs.index[0]


def make_checkpoints(out: Path, n_jobs: int) -> None:  # noqa: ARG001  (one training: one process)
    """Make a training that is saved on the way, and record what was saved."""
    from activstats.studies.checkpoint_series import record_series

    record_series(out)
