"""Calibrates layer quantiles on a fixed reference set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn

from activstats.errors import RecorderError, RuleError
from activstats.recorder.automatic import selection_of
from activstats.recorder.compiled_models import check_not_traced
from activstats.recorder.hooks import Hooks
from activstats.recorder.matrix import FloatArray, SampleUnit, on_host, reading_of, to_rows
from activstats.recorder.recurrent import Activations, batch_first
from activstats.recorder.taps import Layers, Tap
from activstats.recorder.wrapped import bare
from activstats.rules import LayerQuantile, Rule, parse_rule


def calibrate(
    rule: str | Rule,
    model: nn.Module,
    batches: Iterable[Any],
    *,
    layers: Layers,
    sample_unit: SampleUnit | None = None,
    neuron_axis: int | None = None,
) -> dict[str, LayerQuantile]:
    """Take the thresholds of a layer quantile from a reference set.

    The threshold must not move with what is recorded: the same rules serve all recordings that are
    to be compared. Activations are read exactly as `Recorder` reads them.

    Parameters
    ----------
    rule : str or Rule
        A layer quantile such as ``"quantile(0.99)"``.
    model : torch.nn.Module
    batches : iterable
        Inputs of the model, one by one: a tensor, a tuple of arguments, or a dict of them by name.
        All activations are held in memory.
    layers : pattern or sequence of patterns
        As for `Recorder`; modules that run once a batch.
    sample_unit : {"item", "position"}, optional
        As for `Recorder`.
    neuron_axis : int, optional
        As for `Recorder`.

    Returns
    -------
    dict of str to LayerQuantile
        By layer, to be given to ``Recorder(…, rule=…)``.

    Raises
    ------
    RuleError
        If the rule is not a layer quantile.
    RecorderError
        If a layer did not run.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 4), nn.ReLU())
    >>> rules = calibrate("quantile(0.9)", model, [torch.ones(8, 2)], layers="1")
    >>> list(rules), rules["1"].is_calibrated
    (['1'], True)
    """
    quantile = parse_rule(rule)
    if not isinstance(quantile, LayerQuantile):
        raise RuleError(
            f"rule '{quantile.name}' needs no calibration.", allowed="quantile(q), 0 < q < 1"
        )
    selection = selection_of(bare(model), layers)
    check_not_traced(model, selection.taps)
    values: dict[Tap, list[FloatArray]] = {tap: [] for tap in selection.taps}

    def collect(tap: Tap, value: Activations) -> None:
        tensor, mask = batch_first(value, tap, None)
        reading = reading_of(tensor, tap.module, tap.layer(0), neuron_axis, sample_unit)
        rows, _ = to_rows(tensor, reading, mask, tap.layer(0))
        values.setdefault(tap, []).append(on_host(rows).flatten())

    hooks = Hooks(selection, collect)
    hooks.attach()
    try:
        with torch.no_grad():
            for batch in batches:
                with hooks.watching():
                    _call(model, batch)
                hooks.settle()
    finally:
        hooks.detach()
    return {tap.layer(0): _calibrated(quantile, tap, values[tap]) for tap in values}


def _call(model: nn.Module, batch: Any) -> None:
    if isinstance(batch, dict):
        model(**batch)
    elif isinstance(batch, tuple | list):
        model(*batch)
    else:
        model(batch)


def _calibrated(quantile: LayerQuantile, tap: Tap, values: list[FloatArray]) -> LayerQuantile:
    if not values:
        raise RecorderError(f"layer '{tap.layer(0)}' did not run on the reference set.")
    return quantile.calibrate(np.concatenate(values))
