"""Runs of the study of tipping points: train, record, measure, return their rows."""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from activstats.dynamics.convergence import convergence_speed
from activstats.nn.masking import mask_notes
from activstats.recorder import Recorder
from activstats.studies.tipping_settings import TippingRun, TippingSettings
from activstats.studies.tipping_study import COLUMNS
from activstats.studies.tipping_training import (
    Course,
    firing_of_open,
    look_steps,
    masked_network,
    train_masked,
)
from activstats.studies.training import one_thread, tensors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn

    from activstats.studies.splits import Splits

RULE = "above(0)"


def perform_tipping(
    runs: Sequence[TippingRun], splits: Splits, settings: TippingSettings, study: Path
) -> list[dict[str, Any]]:
    """Do the runs that differ by their seeds alone, and return their rows of the runs table.

    Parameters
    ----------
    runs : sequence of TippingRun
        What to do.
    splits : Splits
        Data.
    settings : TippingSettings
        Settings of the study.
    study : path
        Folder that the recordings go into.

    Returns
    -------
    list of dict
        The columns of `tipping_study.MEANINGS` for each run, None where there is no number.
    """
    with one_thread():
        courses = _recorded(runs, splits, settings, study)
        return [
            _row(run, course, splits, settings) for run, course in zip(runs, courses, strict=True)
        ]


def _row(
    run: TippingRun, course: Course, splits: Splits, settings: TippingSettings
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "run": run.name,
        "recording": run.recording_name,
        "dataset": splits.table,
        "optimizer": run.optimizer,
        "width": run.width,
        "masking": run.masking,
        "learning_rate": run.rate,
        "seed": run.seed,
        "steps": settings.steps,
        "diverged": course.diverged,
        "speed": convergence_speed(course.looks["step"], course.looks["train_loss"]),
    }
    row |= {f"look_{name}": values for name, values in course.looks.items()}
    if not course.diverged:
        row |= _measured(course, splits)
    return {name: _plain(value) for name, value in row.items()}


def _recorded(
    runs: Sequence[TippingRun], splits: Splits, settings: TippingSettings, study: Path
) -> list[Course]:
    """Train, and record the hidden layers at every look where that is wanted."""
    x, _ = tensors(splits.validation)
    with ExitStack() as opened:
        twins: dict[TippingRun, tuple[nn.Sequential, Recorder]] = {}
        for run in runs:
            if run.recorded:
                twin = masked_network(run, splits, settings).eval()
                path = study / run.recording_name
                recorder = _recorder(twin, path, look_steps(settings))
                twins[run] = twin, opened.enter_context(recorder)

        def at_look(run: TippingRun, network: nn.Sequential, step: int) -> None:
            if run not in twins:
                return
            twin, recorder = twins[run]
            twin.load_state_dict(network.state_dict())
            with torch.no_grad(), recorder.batch(step=step):
                twin(x)

        return train_masked(runs, splits, settings, at_look=at_look)


def _recorder(twin: nn.Sequential, path: Path, steps: Sequence[int]) -> Recorder:
    return Recorder(
        twin,
        path,
        layers="relu",
        rule=RULE,
        mode="counts",
        overwrite=True,
        notes=mask_notes(twin, steps),
    )


def _measured(course: Course, splits: Splits) -> dict[str, float]:
    x, y = tensors(splits.test)
    with torch.no_grad():
        outputs = course.network(x)
    rates = firing_of_open(course.network, tensors(splits.validation)[0])
    return {
        "firing_rate": float(rates.mean()),
        "dead_share": float((rates == 0).double().mean()),
        "validation_loss": course.looks["validation_loss"][-1],
        "test_loss": float(functional.cross_entropy(outputs, y)),
        "test_accuracy": float((outputs.argmax(1) == y).double().mean()),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
