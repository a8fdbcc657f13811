"""Fluctuation from what is on disk: recorded parameters, checkpoints, arrays in a file."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from activstats.counts import Recording, open_recording
from activstats.dynamics.fluctuation import LATE, LATE_SHARE, WHOLE, Fluctuation
from activstats.dynamics.fluctuation_result import FluctuationResult
from activstats.dynamics.weight_moments import WeightMoments
from activstats.errors import InputError, LayerNotFoundError

RUN_FILE = "_run.json"
STEPS = ("steps", "times")
Of = Literal["weights", "gradients"]
_RECORDED_AS: dict[Of, Literal["weight", "gradient"]] = {
    "weights": "weight",
    "gradients": "gradient",
}


def fluctuation_of(
    source: str,
    *,
    of: Of = "weights",
    parameters: Iterable[str] = ("*",),
    late_share: float = LATE_SHARE,
    level: float = 0.95,
) -> FluctuationResult:
    """Measure the fluctuation of weights along a training.

    Parameters
    ----------
    source : str
        Folder of a recording with parameters; a ``.npz`` file with an array of shape (n_times,
        n_neurons, …) for each parameter and, where wanted, one of ``steps``; otherwise a series of
        checkpoints, as `activstats record --checkpoints` takes it: a folder, a glob, a repository.
    of : {"weights", "gradients"}
        Gradients are found in recordings only.
    parameters : iterable of str
        Globs of names.
    late_share : float
        Last share of the observed times that makes the late window.
    level : float
        Confidence level.

    Returns
    -------
    FluctuationResult
        A recording with running moments is read from these, and its late window is made of the last
        of its windows; otherwise snapshots are read.

    Raises
    ------
    InputError
        If there is nothing to measure at the source.
    RecordingError
        If a recording cannot be read.
    """
    measure = Fluctuation(late_share=late_share, of=of, level=level)
    patterns = tuple(parameters)
    provenance: dict[str, Any] = {"source": str(source)}
    path = Path(source)
    if path.suffix == ".npz":
        arrays, steps = _of_file(path)
    elif is_recording(source):
        return _of_recording(open_recording(source), measure, patterns, provenance)
    else:
        from activstats.recorder.checkpoints.finding import find_checkpoints

        arrays, steps = _of_checkpoints(find_checkpoints(source), patterns)
    chosen = {name: arrays[name] for name in _chosen(arrays, patterns)}
    return measure.fit(chosen, steps, provenance=provenance)


def _chosen(names: Iterable[str], patterns: tuple[str, ...]) -> list[str]:
    known = list(names)
    found = [name for name in known if any(fnmatch.fnmatchcase(name, one) for one in patterns)]
    if not found:
        raise LayerNotFoundError(
            "no parameter has such a name.",
            got=", ".join(patterns),
            allowed=", ".join(known) or "none are there",
        )
    return found


def _of_file(path: Path) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
    except (OSError, ValueError) as error:
        raise InputError(
            f"'{path}' cannot be read.",
            got=f"{type(error).__name__}: {error}",
            allowed="arrays of numbers, as numpy.savez writes them",
        ) from error
    steps = next((arrays.pop(name) for name in STEPS if name in arrays), None)
    return arrays, steps


def _of_checkpoints(
    found: list[Any], patterns: tuple[str, ...]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    from activstats.recorder.checkpoints.files import read_states

    series: dict[str, list[np.ndarray]] = {}
    for checkpoint in found:
        if not isinstance(checkpoint.place, Path):
            raise InputError(
                "fluctuations are read from checkpoints on this disk.",
                got=checkpoint.place,
                hint="download the revisions, and name their folder",
            )
        tensors = {k: v for state in read_states(checkpoint.place) for k, v in state.items()}
        names = {k for k, v in tensors.items() if v.is_floating_point() and v.ndim}
        if series and not names >= set(series):
            lacking = min(set(series) - names)
            raise InputError(f"the checkpoint '{checkpoint.place}' lacks '{lacking}'.")
        for name in list(series) or _chosen(sorted(names), patterns):
            series.setdefault(name, []).append(tensors[name].float().numpy().copy())
    return (
        {name: np.stack(one) for name, one in series.items()},
        np.array([checkpoint.step for checkpoint in found], dtype=np.float64),
    )


def _of_recording(
    recording: Recording,
    measure: Fluctuation,
    patterns: tuple[str, ...],
    provenance: Mapping[str, Any],
) -> FluctuationResult:
    names = _chosen([one.name for one in recording.info.parameters], patterns)
    of = _RECORDED_AS[measure.of]  # type: ignore[index]
    try:
        found = {name: recording.parameters(name, kind="moments", of=of) for name in names}
    except InputError:  # only snapshots were recorded
        shots = {name: recording.parameters(name, of=of) for name in names}
        steps = next(iter(shots.values())).steps
        arrays = {name: one.series for name, one in shots.items()}
        return measure.fit(arrays, steps, provenance=provenance)
    windows: dict[str, dict[str, WeightMoments]] = {WHOLE: {}, LATE: {}}
    for name, moments in found.items():
        parts = [
            WeightMoments(
                int(moments.n[i]),
                float(moments.time_mean[i]),
                float(moments.time_m2[i]),
                *(_rows(one[i]) for one in (moments.mean, moments.m2, moments.trend)),
            )
            for i in range(len(moments.n))
        ]
        n_late = math.ceil(measure.late_share * len(parts))
        windows[WHOLE][name] = sum(parts[1:], parts[0])
        windows[LATE][name] = sum(parts[len(parts) - n_late + 1 :], parts[len(parts) - n_late])
    return measure.fit_moments(windows, provenance=provenance)


def _rows(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float64).reshape(len(values) if values.ndim else 1, -1)


def is_recording(source: str) -> bool:
    """Tell whether a source is a recording, on this disk or elsewhere."""
    return (Path(source) / RUN_FILE).is_file() or "://" in source.removeprefix("hf://")
