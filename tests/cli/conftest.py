"""A folder of the user's own: a model in a file, data, and a command to run there."""

import textwrap
from typing import NamedTuple

import numpy as np
import pytest
import torch

from activstats.cli.main import run


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def command(capfd):
    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Said(code, captured.out, captured.err)

    return call


@pytest.fixture
def user(tmp_path, monkeypatch, rng, seed):
    """Be in a folder with nets.py (build, batches) and x.npy, 300 samples of 8 numbers."""
    (tmp_path / "nets.py").write_text(
        textwrap.dedent(
            """
            import numpy as np
            import torch

            def build(width=64):
                torch.manual_seed(0)  # the same weights at every call, as a checkpoint has
                return torch.nn.Sequential(
                    torch.nn.Linear(8, width), torch.nn.ReLU(), torch.nn.Linear(width, 3)
                )

            def batches():
                return torch.as_tensor(np.load("x.npy")).float().split(100)

            def needs(width):
                return build(width)

            def nothing():
                return None
            """
        )
    )
    np.save(tmp_path / "x.npy", rng.normal(size=(300, 8)))
    monkeypatch.chdir(tmp_path)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield tmp_path
