"""Tests of the recorder build models, whose weights come from torch's global random state."""

import pytest
import torch


@pytest.fixture(autouse=True)
def _own_random_state(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
