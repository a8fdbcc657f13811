"""Recording of the study's transformers: tokens as samples, each with its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from activstats.recorder import Recorder
from activstats.studies.transformer_network import neuron_layers
from activstats.studies.transformer_text import CHARACTERS

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from activstats.studies.transformer_data import Windows
    from activstats.studies.transformer_settings import TransformerSettings

_WINDOWS_AT_ONCE = 256  # 8192 tokens of the usual context, a chunk of the recording
_SHOWN = np.array([*CHARACTERS, "\N{REPLACEMENT CHARACTER}"])


def record_transformer(
    network: nn.Module, path: Path, probe: Windows, names: tuple[str, ...],
    settings: TransformerSettings, *, full: bool, step: int,
) -> None:  # fmt: skip
    """Record the neurons of every block on every token of the probe.

    Parameters
    ----------
    network : torch.nn.Module
        As it is to be recorded.
    path : path
        Folder of the recording; an earlier one is replaced.
    probe : Windows
        What is read, in the order of the recording.
    names : tuple of str
        Names of the documents.
    settings : TransformerSettings
        Rules and number of blocks.
    full : bool
        Whether to keep which tokens activated a neuron, and to record under every rule, not only the
        first.
    step : int
        Training step of the network.
    """
    recorded = deepcopy(network).eval()
    with _recorder(recorded, path, settings, full=full) as recorder:
        _read(recorder, recorded, probe, names, step)


@contextmanager
def along_transformer(
    network: nn.Module, path: Path, probe: Windows, names: tuple[str, ...],
    settings: TransformerSettings,
) -> Iterator[Callable[[int], None]]:  # fmt: skip
    """Record a transformer while it is trained, on the first window of every document.

    Yields
    ------
    callable
        To be called with the number of steps done; it records at every multiple of `along_every`
        and at the last step.
    """
    first = np.unique(probe.documents, return_index=True)[1]
    fixed = type(probe)(
        *(part[np.sort(first)] for part in (probe.features, probe.labels, probe.documents))
    )
    twin = deepcopy(network).eval()
    with _recorder(twin, path, settings, full=True) as recorder:

        def at_step(step: int) -> None:
            if step % settings.along_every == 0 or step == settings.steps:
                twin.load_state_dict(network.state_dict())
                _read(recorder, twin, fixed, names, step)

        yield at_step


def _recorder(
    network: nn.Module, path: Path, settings: TransformerSettings, *, full: bool
) -> Recorder:
    return Recorder(
        network,
        path,
        layers=list(neuron_layers(settings.depth)),
        rule=list(settings.rules if full else settings.rules[:1]),
        mode="mask" if full else "counts",
        sample_unit="position",
        overwrite=True,
    )


def _read(
    recorder: Recorder, network: nn.Module, probe: Windows, names: tuple[str, ...], step: int
) -> None:
    documents = np.array(names)[probe.documents]
    with torch.no_grad():
        for start in range(0, len(probe), _WINDOWS_AT_ONCE):
            part = slice(start, start + _WINDOWS_AT_ONCE)
            ids = {"document": documents[part], "token": _SHOWN[probe.features[part]]}
            with recorder.batch(step=step, sample_ids=ids):
                network(torch.tensor(probe.features[part]))
