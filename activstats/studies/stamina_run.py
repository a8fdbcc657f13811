"""One run of the study of stamina: a whole layer, and all the ways to make it smaller."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from activstats.dynamics.evenness import gini, normalised_entropy
from activstats.dynamics.stamina import StaminaLedger
from activstats.dynamics.stamina_search import Method, PenaltySearch, search_penalty
from activstats.nn.stamina import Signal
from activstats.recorder import Recorder
from activstats.studies.stamina_layer import PRUNINGS, LayerTrainer, outputs_of, read_out
from activstats.studies.stamina_settings import SIGNALS, StaminaRun, StaminaSettings
from activstats.studies.training import one_thread

if TYPE_CHECKING:
    from pathlib import Path

    from activstats.nn.hebbian_linear import HebbianLinear
    from activstats.studies.splits import Splits

Row = dict[str, Any]
_WIDEST = (0.02, 50.0)  # ratios between which penalties are searched


def perform_stamina(
    run: StaminaRun, splits: Splits, settings: StaminaSettings, study: Path
) -> list[Row]:
    """Do one run and return its rows of the runs table.

    Parameters
    ----------
    run : StaminaRun
        Condition and seed.
    splits : Splits
        Data.
    settings : StaminaSettings
        Settings of the study.
    study : path
        Folder that the recording goes into.

    Returns
    -------
    list of dict
        The whole layer, layers with stamina at fixed ratios and at the sizes searched for, and the
        prunings to the same sizes.
    """
    with one_thread():
        work = _Work(LayerTrainer(run, splits, settings))
        rows = [_whole(work, study)]
        rows += [_fixed(work, ratio, signal) for ratio in settings.ratios for signal in SIGNALS]
        for target in settings.targets:
            rows += _at_size(work, target)
        if run.seed in settings.seeds[: settings.annealed_seeds]:
            rows.append(_annealed(work, settings.targets[0]))
    return rows


@dataclass(eq=False)
class _Work:
    """Layers that were trained already, and what was recorded of the whole one."""

    trainer: LayerTrainer
    trained: dict[tuple[float, Signal], HebbianLinear] = field(default_factory=dict)
    outputs: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty((0, 0)))

    def with_stamina(self, ratio: float, signal: Signal) -> HebbianLinear:
        key = (ratio, signal)
        if key not in self.trained:
            self.trained[key] = self.trainer.with_stamina(ratio, signal)
        return self.trained[key]

    def survivors(self, ratio: float, signal: Signal) -> int:
        return int(self.with_stamina(ratio, signal).stamina.alive.sum())

    def bracket(self, target: int, signal: Signal) -> tuple[float, float]:
        """Return the nearest ratios known to leave more and fewer neurons than the target."""
        known = {r: self.survivors(r, s) for r, s in self.trained if s == signal}
        low = max((r for r, n in known.items() if n > target), default=_WIDEST[0])
        high = min((r for r, n in known.items() if n < target), default=_WIDEST[1])
        return (low, high) if low < high else _WIDEST


def _whole(work: _Work, study: Path) -> Row:
    """Train a layer that nothing is taken from, and record it once stamina would have begun."""
    trainer = work.trainer
    layer = trainer.warm()
    model = nn.Sequential(OrderedDict(hebbian=layer))
    seen: list[torch.Tensor] = []
    path = study / trainer.run.recording_name
    with Recorder(
        model, path, layers="hebbian", rule="above(0)", mode="mask", overwrite=True
    ) as to:

        def at_step(x: torch.Tensor) -> None:
            with to.batch():
                seen.append(model(x))

        trainer.finish(layer, at_step)
    work.outputs = torch.cat(seen).numpy()
    unused = float((work.outputs <= 0).all(axis=0).mean())
    return _row(work, layer, "whole layer") | {"unused_share": unused}


def _fixed(work: _Work, ratio: float, signal: Signal) -> Row:
    return _stamina_row(work, ratio, signal) | {"chosen_by": "ratio"}


def _stamina_row(work: _Work, ratio: float, signal: Signal) -> Row:
    layer = work.with_stamina(ratio, signal)
    outputs = work.outputs if signal == "output" else (work.outputs > 0).astype(float)
    ledger = StaminaLedger(ratios=(ratio,)).fit_values(outputs)
    beside = ledger.prediction().iloc[0]
    return _row(work, layer, "stamina") | {
        "signal": signal,
        "ratio": ratio,
        "ledger_kept": int(beside["lived"]),
        "expected_kept": int(beside["expected_to_live"]),
    }


def _at_size(work: _Work, target: int) -> list[Row]:
    rows = []
    for signal in SIGNALS:
        before = len(work.trained)
        found = _search(work, target, signal, "bisection")
        # What was tried for another size is known, and takes no new run.
        told = _told(found) | {"search_runs": len(work.trained) - before}
        rows.append(_stamina_row(work, found.penalty, signal) | told)
    for how in PRUNINGS:
        # The very size that stamina left, so that only the choice of neurons differs.
        layer = work.trainer.pruned(how, int(rows[0]["kept"]))
        rows.append(_row(work, layer, how) | {"target": target, "chosen_by": "target"})
    return rows


def _annealed(work: _Work, target: int) -> Row:
    # Nothing that bisection found out may help.
    fresh = _Work(work.trainer, outputs=work.outputs)
    found = _search(fresh, target, "output", "annealing")
    return _stamina_row(fresh, found.penalty, "output") | _told(found)


def _search(work: _Work, target: int, signal: Signal, method: Method) -> PenaltySearch:
    settings = work.trainer.settings
    low, high = work.bracket(target, signal) if method == "bisection" else _WIDEST
    return search_penalty(
        lambda ratio: work.survivors(ratio, signal),
        target,
        low=low,
        high=high,
        method=method,
        tolerance=math.floor(settings.tolerance * target),
        max_runs=settings.max_runs,
        rng=work.trainer.run.seed,
    )


def _told(found: PenaltySearch) -> Row:
    return {
        "target": found.target,
        "search": found.method,
        "search_runs": found.n_runs,
        "hit": found.hit,
        "chosen_by": "target",
    }


def _row(work: _Work, layer: HebbianLinear, method: str) -> Row:
    """Return what is told of a layer, however it got its size; of one without neurons, little."""
    splits = work.trainer.splits
    kept = int(layer.stamina.alive.sum())
    row: Row = {"method": method, "kept": kept, "accuracy": None, "entropy": None, "gini": None}
    if kept == 0:
        return row
    expected = outputs_of(layer, splits.pool).mean(axis=0)
    entropy, unevenness = normalised_entropy(expected), gini(expected)
    return row | {
        "accuracy": read_out(layer, splits),
        "entropy": entropy if math.isfinite(entropy) else None,
        "gini": unevenness if math.isfinite(unevenness) else None,
    }
