"""One run of the study of tipping points: train, record, measure, return its row."""

from __future__ import annotations

import math
from copy import deepcopy
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
    from pathlib import Path

    from torch import nn

    from activstats.studies.splits import Splits

RULE = "above(0)"


def perform_tipping(
    run: TippingRun, splits: Splits, settings: TippingSettings, study: Path
) -> dict[str, Any]:
    """Do one run and return its row of the runs table.

    Parameters
    ----------
    run : TippingRun
        What to do.
    splits : Splits
        Data.
    settings : TippingSettings
        Settings of the study.
    study : path
        Folder that the recording goes into.

    Returns
    -------
    dict
        The columns of `tipping_study.MEANINGS`, None where there is no number.
    """
    with one_thread():
        course = _recorded(run, splits, settings, study / run.recording_name)
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


def _recorded(run: TippingRun, splits: Splits, settings: TippingSettings, path: Path) -> Course:
    """Train, and record the hidden layer at every look where that is wanted."""
    if not run.recorded:
        return train_masked(run, splits, settings)
    twin = masked_network(run, splits, settings).eval()
    x, _ = tensors(splits.validation)
    with Recorder(
        twin,
        path,
        layers="relu",
        rule=RULE,
        mode="counts",
        overwrite=True,
        notes=mask_notes(twin, look_steps(settings)),
    ) as recorder:

        def at_look(network: nn.Sequential, step: int) -> None:
            twin.load_state_dict(deepcopy(network.state_dict()))
            with torch.no_grad(), recorder.batch(step=step):
                twin(x)

        return train_masked(run, splits, settings, at_look=at_look)


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
