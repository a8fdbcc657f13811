"""A training saved step by step, as published series are: checkpoints, a duplicate among them."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from activstats.errors import DuplicateCheckpointWarning
from activstats.recording.checkpoints import read_checkpoints, write_checkpoints
from activstats.recording.store import Store
from activstats.studies.settings import StudySettings
from activstats.studies.splits import Splits, split_table, training_set
from activstats.studies.table import load_table

if TYPE_CHECKING:
    from torch import nn

SERIES, WEIGHTS = "series", "weights"
STEPS = (0, 20, 40, 80, 160, 240, 320, 400, 480)
# Published series hold final weights under the names of earlier steps.
WRONG, REALLY = 240, 480
_WIDTH, _SEED, _PROBE, _WINDOW = 64, 0, 600, 80
_SETTINGS = StudySettings(steps=STEPS[-1], validation_every=20, learning_rate=5e-3)
_RULES = ("top_fraction(0.03)", "above(0)")


def record_series(folder: str | os.PathLike[str]) -> Path:
    """Train one network on the digits, save it on the way, and record what was saved.

    The checkpoint named after step 240 holds the weights of step 480. Checkpoints are replayed on 600
    digits in random order, most of which were trained on.

    Parameters
    ----------
    folder : path-like
        Gets two recordings: `series`, masks of the hidden layer at every checkpoint, and `weights`,
        the moments of all weights in windows of 80 steps. Earlier ones are replaced.

    Returns
    -------
    Path
        The folder.
    """
    from activstats.recorder.checkpoints import record_checkpoints
    from activstats.studies.network import hidden_layer_network, hidden_layers
    from activstats.studies.training import one_thread

    target = Path(folder)
    splits = split_table(load_table(None, None), _SETTINGS)
    shape = {"n_features": splits.n_features, "width": _WIDTH, "n_classes": splits.n_classes}
    with one_thread(), tempfile.TemporaryDirectory() as checkpoints:
        network = hidden_layer_network(**shape, depth=1, seed=_SEED)
        _train(network, splits, Path(checkpoints), target / WEIGHTS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DuplicateCheckpointWarning)  # it is what we are making
            record_checkpoints(
                network,
                checkpoints,
                target / SERIES,
                splits.probe.first(_PROBE).features,
                layers=list(hidden_layers(1)),
                rule=list(_RULES),
                mode="mask",
                overwrite=True,
            )
    _name_by_file(target / SERIES)
    return target


def _train(network: nn.Module, splits: Splits, checkpoints: Path, weights: Path) -> None:
    from safetensors.torch import save_file

    from activstats.recorder import ParameterRecorder
    from activstats.studies.training import train

    with ParameterRecorder(
        network, weights, parameters="*.weight", window=_WINDOW, snapshots=None, gradients=False,
        overwrite=True,
    ) as recorder:  # fmt: skip

        def at_step(step: int) -> None:
            if step < REALLY:  # steps 0 to 479 make whole windows
                recorder.step(step)
            if step in STEPS:
                save_file(dict(network.state_dict()), checkpoints / _file(step))

        train(
            network,
            training_set(splits, len(splits.pool), _SEED),
            splits.validation,
            _SETTINGS,
            seed=_SEED,
            at_step=at_step,
        )
    shutil.copyfile(checkpoints / _file(REALLY), checkpoints / _file(WRONG))


def _file(step: int) -> str:
    return f"step-{step:06d}.safetensors"


def _name_by_file(recording: Path) -> None:
    """Let the table name checkpoints by their file: the folder that they were in is gone."""
    rows = read_checkpoints(Store(recording), str(recording))
    write_checkpoints(recording, [row.with_(path=Path(row.path).name) for row in rows])
