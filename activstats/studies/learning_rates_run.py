"""One run of the study of learning rates: train, record, measure, return its row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.dynamics.fluctuation import Fluctuation
from activstats.dynamics.weight_moments import LEAST_TIMES, WeightMoments
from activstats.studies.learning_rates_columns import COLUMNS
from activstats.studies.learning_rates_network import hidden_activations, hidden_names
from activstats.studies.learning_rates_settings import LearningRateRun, LearningRatesSettings
from activstats.studies.learning_rates_training import Trace, train_at_rate
from activstats.studies.probing import record_run
from activstats.studies.splits import Samples
from activstats.studies.training import one_thread

if TYPE_CHECKING:
    from pathlib import Path

    from activstats.dynamics.fluctuation_result import FluctuationResult
    from activstats.studies.learning_rates_data import TaskData

RULE = "above(0)"
_SPREADS = (
    "spread_of_spread",
    "mean_spread",
    "spread_of_means",
    "spread_of_all",
    "relative_spread",
)


def perform_rate_run(
    run: LearningRateRun, data: TaskData, settings: LearningRatesSettings, study: Path
) -> dict[str, Any]:
    """Do one run and return its row of the runs table.

    Parameters
    ----------
    run : LearningRateRun
        What to do.
    data : TaskData
        The samples of its task.
    settings : LearningRatesSettings
        Settings of the study.
    study : path
        Folder that the recording goes into.

    Returns
    -------
    dict
        The columns of `learning_rates_columns.MEANINGS`, None where there is no number.
    """
    with one_thread():
        along = study / run.along_name if run.along_name else None
        trace = train_at_rate(run, data, settings, along=along)
        record_run(
            trace.network,
            study / run.recording_name,
            data.test,
            layers=hidden_names(run.task),
            rules=[RULE],
            mask=False,
            step=int(trace.steps[-1]),
        )
        if settings.keep_checkpoints:
            _write_checkpoints(trace, study / f"{run.name}-checkpoints")
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {
            "run": run.name,
            "recording": run.recording_name,
            "parameters": run.along_name,
            "task": run.task,
            "optimizer": run.optimizer,
            "learning_rate": run.rate,
            "seed": run.seed,
            "steps": int(trace.steps[-1]),
            "diverged": trace.diverged,
        }
        if not trace.diverged:
            row |= _measured(trace, data.test, run, settings)
    return {name: _plain(value) for name, value in row.items()}


def _measured(
    trace: Trace, test: Samples, run: LearningRateRun, settings: LearningRatesSettings
) -> dict[str, Any]:
    measure = Fluctuation(late_share=settings.late_share)
    weights = measure.fit(trace.weights, trace.steps)
    last = {name: values[-1] for name, values in trace.epochs.items()}
    kept = ("train_loss", "validation_loss", "test_loss")
    return (
        last
        | {f"epoch_{name}": trace.epochs[name] for name in kept}
        | _of_weights(weights)
        | _of_others(trace, measure)
        | _of_firing(trace, test)
        | {
            "epoch_fluctuation": _sliding(trace, settings),
            "neuron_fluctuation": [
                value
                for name in hidden_names(run.task)
                for value in weights[name.replace("relu", "fc"), "late"].neurons
            ],
        }
    )


def _of_weights(found: FluctuationResult) -> dict[str, float]:
    row = {"relative_late": found.of_network("late", "relative")}
    for window in ("late", "whole"):
        for name in ("fluctuation", "drift"):
            row[f"{name}_{window}"] = found.of_network(window, name)
    for window, names in (("late", _SPREADS), ("whole", _SPREADS[:1])):
        layers = [one for one in found.layers if one.window == window]
        for name in names:
            row[f"{name}_{window}"] = float(np.mean([one.estimate(name).value for one in layers]))
    return row


def _of_others(trace: Trace, measure: Fluctuation) -> dict[str, float]:
    gradients = measure.fit(trace.gradients, trace.steps[1:])
    activations = Fluctuation(late_share=1.0).fit(trace.activations)
    return {
        "gradient_fluctuation": gradients.of_network("late"),
        "activation_fluctuation": activations.of_network("whole"),
    }


def _of_firing(trace: Trace, test: Samples) -> dict[str, Any]:
    import torch

    activations = hidden_activations(trace.network, torch.tensor(test.features))
    rates = np.concatenate([(a > 0).double().mean(dim=0).numpy() for a in activations.values()])
    return {
        "firing_rate": float(rates.mean()),
        "dead_share": float((rates == 0).mean()),
        "always_on_share": float((rates == 1).mean()),
        "neuron_firing": rates.tolist(),
    }


def _sliding(trace: Trace, settings: LearningRatesSettings) -> list[float]:
    """Return the fluctuation in a window that ends with each epoch."""
    every, length = (
        settings.snapshots_per_epoch,
        settings.snapshots_per_epoch * settings.window_epochs,
    )
    whole = np.concatenate([one.reshape(len(one), -1) for one in trace.weights.values()], axis=1)
    found = []
    for epoch in range(1, settings.epochs + 1):
        end = min(every * epoch, len(whole) - 1) + 1
        if length < LEAST_TIMES or end < length:
            found.append(math.nan)
            continue
        part = slice(end - length, end)
        moments = WeightMoments.of_snapshots(whole[part, None, :], trace.steps[part])
        found.append(math.sqrt(float(np.mean(moments.fluctuation**2))))
    return found


def _write_checkpoints(trace: Trace, folder: Path) -> None:
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    for place, step in enumerate(trace.steps):
        tensors = {name: np.ascontiguousarray(one[place]) for name, one in trace.weights.items()}
        save_file(tensors, folder / f"step-{step:06d}.safetensors")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
