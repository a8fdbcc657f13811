"""Calibrates layer quantiles on a fixed reference set."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import nn

from activstats.errors import RecorderError, RuleError
from activstats.recorder.taps import Layers, Tap, find_taps, tensor_at
from activstats.rules import LayerQuantile, Rule, parse_rule


def calibrate(
    rule: str | Rule, model: nn.Module, batches: Iterable[Any], *, layers: Layers
) -> dict[str, LayerQuantile]:
    """Take the thresholds of a layer quantile from a reference set.

    The reference set must be kept apart from what is recorded later only in so far as the threshold
    must not move with it: the same rules serve all recordings that are to be compared.

    Parameters
    ----------
    rule : str or Rule
        A layer quantile such as ``"quantile(0.99)"``.
    model : torch.nn.Module
    batches : iterable
        Inputs, passed to the model one by one. All their activations are held in memory.
    layers : pattern or sequence of patterns
        As for `Recorder`; modules that run once a batch.

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
    taps = find_taps(model, layers)
    collected: dict[Tap, list[torch.Tensor]] = {tap: [] for tap in taps}
    handles = [
        tap.module.register_forward_hook(partial(_collect, tap, collected[tap])) for tap in taps
    ]
    try:
        with torch.no_grad():
            for batch in batches:
                model(batch)
    finally:
        for handle in handles:
            handle.remove()
    return {tap.layer(0): _calibrated(quantile, tap, collected[tap]) for tap in taps}


def _collect(
    tap: Tap, into: list[torch.Tensor], _: nn.Module, args: tuple[Any, ...], output: Any
) -> None:
    tensor = tensor_at(args if tap.port == "in" else output, tap)
    into.append(tensor.detach().float().cpu().flatten().clone())


def _calibrated(quantile: LayerQuantile, tap: Tap, values: list[torch.Tensor]) -> LayerQuantile:
    if not values:
        raise RecorderError(f"layer '{tap.layer(0)}' did not run on the reference set.")
    return quantile.calibrate(torch.cat(values))
