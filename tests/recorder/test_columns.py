"""Columns of a table made from arrays."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from activstats.recorder.columns import column


@pytest.mark.parametrize(
    "kind", ["int32", "int64", "uint16", "uint32", "uint64", "float32", "float64"]
)
def test_a_column_is_what_pyarrow_makes_of_the_array(rng, kind):
    values = rng.integers(0, 100, size=20).astype(kind)
    assert column(values).equals(pa.array(values))
    assert column(values[::3]).equals(pa.array(values[::3].copy()))


def test_strings_become_a_column_of_strings():
    found = column(np.array(["a", "long one"]))
    assert (found.type, found.to_pylist()) == (pa.string(), ["a", "long one"])


RECORD = """
import sys, torch
from activstats import Recorder
model = torch.nn.Sequential(torch.nn.ReLU())
for mode in ("counts", "mask", "values"):
    with Recorder(model, f"{sys.argv[1]}/{mode}", layers="0", mode=mode) as recorder:
        with recorder.batch(sample_ids=range(5)):
            model(torch.ones(5, 8))
    print(mode, "pandas" in sys.modules)
"""


def test_recording_does_not_load_pandas(tmp_path):
    """It would take memory from the model that is recorded."""
    done = subprocess.run(
        [sys.executable, "-c", RECORD, str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["counts False", "mask False", "values False"]
