"""A recording whose every bit is known, small enough to be cut and broken in many ways."""

import numpy as np
import pytest
import torch

from activstats import Recorder

RULE = "above(0)"


@pytest.fixture(autouse=True)
def _own_random_state(seed):
    """Models draw their weights from torch's global random state."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


class Source(torch.nn.Module):
    """Passes on what it is given."""

    def __init__(self):
        super().__init__()
        self.act = torch.nn.Identity()

    def forward(self, x):
        return self.act(x)


def record(folder, activations, *, batch=50, step=0, **options):
    options = {"layers": "act", "rule": RULE, "chunk_samples": 64, "rotate_seconds": 0.0} | options
    model = Source()
    with Recorder(model, folder, **options) as recorder:
        for part in torch.as_tensor(activations).split(batch):
            with recorder.batch(step=step):
                model(part)


@pytest.fixture
def activations(rng):
    return rng.normal(size=(400, 12)).astype(np.float32)


@pytest.fixture
def folder(tmp_path, activations):
    record(tmp_path / "run", activations, mode="mask")
    return tmp_path / "run"
