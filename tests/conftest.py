"""What all tests share: seeds from names, a guard on the global random state, reference data."""

from __future__ import annotations

import gc
import json
import random
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import rich.progress  # noqa: F401  (draws a random number when it is first imported)
from hypothesis import settings
from jsonschema import Draft202012Validator

from activstats.cli.schemas.commands import kind_schema
from activstats.cli.schemas.results import RESULTS
from activstats.laws.results import Result

# Machines are noisy: a slow example is no failure. Examples are the same in every run.
settings.register_profile("activstats", deadline=None, derandomize=True)
settings.load_profile("activstats")

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what is loaded by now, and stays, out of every later collection of garbage."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session", autouse=True)
def _results_follow_their_schema():
    """Hold every result that any test writes as JSON against the schema of its kind."""
    written, checked = Result.to_json, {}

    def to_json(self):
        text, kind = written(self), type(self).__name__
        if kind not in RESULTS:  # made by a test
            return text
        if kind not in checked:
            checked[kind] = Draft202012Validator(kind_schema(kind))
        checked[kind].validate(json.loads(text))
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Result, "to_json", to_json)
        yield


@pytest.fixture(autouse=True)
def _global_random_state_is_left_alone(request: pytest.FixtureRequest):
    before = _global_state()
    yield
    after = _global_state()
    changed = [b is not None and a != b for a, b in zip(after, before, strict=True)]
    assert not any(changed), f"{request.node.name} changed the global random state"
