"""Recording of a study's networks: after training, and along it."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING

import torch

from activstats.recorder import Recorder
from activstats.studies.network import hidden_layers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from torch import nn

    from activstats.studies.settings import StudySettings
    from activstats.studies.splits import Samples

ROWS_AT_ONCE = 8192  # a chunk of the recording


def record_run(
    network: nn.Module,
    path: Path,
    probe: Samples,
    *,
    layers: Sequence[str],
    rules: Sequence[str],
    mask: bool,
    step: int,
) -> None:
    """Record hidden layers on every row of the probe.

    Parameters
    ----------
    network : torch.nn.Module
        As it is to be recorded.
    path : path
        Folder of the recording; an earlier one is replaced.
    probe : Samples
        The rows, in the order of the recording.
    layers : sequence of str
        The layers, by name.
    rules : sequence of str
        Activation rules, by name.
    mask : bool
        Whether to keep which rows activated a neuron, or only how many.
    step : int
        Training step of the network.
    """
    recorded = deepcopy(network).eval()
    with Recorder(
        recorded,
        path,
        layers=list(layers),
        rule=list(rules),
        mode="mask" if mask else "counts",
        overwrite=True,
    ) as recorder:
        _pass_through(recorder, recorded, probe, step)


@contextmanager
def along_training(
    network: nn.Module, path: Path, probe: Samples, settings: StudySettings
) -> Iterator[Callable[[int], None]]:
    """Record the one hidden layer on a fixed probe while a network is trained.

    Parameters
    ----------
    network : torch.nn.Module
        The network that is being trained; it gets no hooks, a twin with its weights is recorded.
    path : path
        Folder of the recording; an earlier one is replaced.
    probe : Samples
        Its first `along_samples` rows are the fixed probe.
    settings : StudySettings
        Rules, size of the probe, and how often it is recorded.

    Yields
    ------
    callable
        To be called with the number of steps done; it records at every multiple of `along_every`
        and at the last step.
    """
    fixed = probe.first(settings.along_samples)
    twin = deepcopy(network).eval()
    with Recorder(
        twin,
        path,
        layers=list(hidden_layers(1)),
        rule=list(settings.rules),
        mode="mask",
        overwrite=True,
    ) as recorder:

        def at_step(step: int) -> None:
            if step % settings.along_every == 0 or step == settings.steps:
                twin.load_state_dict(network.state_dict())
                _pass_through(recorder, twin, fixed, step)

        yield at_step


def _pass_through(recorder: Recorder, network: nn.Module, samples: Samples, step: int) -> None:
    with torch.no_grad():
        for features in torch.split(torch.tensor(samples.features), ROWS_AT_ONCE):
            with recorder.batch(step=step):
                network(features)
