"""What all tests share: seeds from names, a guard on the global random state, reference data."""

from __future__ import annotations

import random
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import rich.progress  # noqa: F401  (draws a random number when it is first imported)
from hypothesis import settings

# Machines are noisy: a slow example is no failure. Examples are the same in every run.
settings.register_profile("activstats", deadline=None, derandomize=True)
settings.load_profile("activstats")

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    return zlib.crc32(request.node.name.encode())


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the public reference data is not at {SHARED}")
    return SHARED


def _global_state() -> tuple[object, ...]:
    torch = sys.modules.get("torch")
    return (
        random.getstate(),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002  (the legacy state is what is guarded)
        torch.get_rng_state().numpy().tobytes() if torch else None,
    )


@pytest.fixture(autouse=True)
def _global_random_state_is_left_alone(request: pytest.FixtureRequest):
    before = _global_state()
    yield
    after = _global_state()
    changed = [b is not None and a != b for a, b in zip(after, before, strict=True)]
    assert not any(changed), f"{request.node.name} changed the global random state"
