"""What `record` takes from array files: numbers for the model, masks and ids for the recorder."""

import numpy as np
import pandas as pd
import pytest
import torch

from activstats import open_recording
from activstats.recorder import array_files

RECORD = ("record", "nets.py:build", "--layers", "1", "--out", "run", "--rule", "above(0)")


def counted(command, data, *more):
    said = command(*RECORD, "--data", data, "--overwrite", *more)
    assert said.code == 0, said.err
    return open_recording("run").counts().counts.tolist()


def test_columns_named_mask_and_ids_are_for_the_recorder(user, command):
    table = pd.DataFrame(np.load("x.npy"), columns=list("abcdefgh"))
    names = [f"image {number}" for number in range(300)]
    table.assign(ids=names, mask=np.arange(300) % 3 == 0).to_parquet("x.parquet")
    np.save("third.npy", np.load("x.npy")[::3])
    assert counted(command, "x.parquet") == counted(command, "third.npy")
    assert counted(command, "x.parquet")
    assert open_recording("run").samples()["id"].tolist() == names[::3]


@pytest.mark.parametrize("kind", [">f8", ">f4", "<f8", "<f4"])
def test_the_order_of_bytes_and_the_precision_of_a_file_do_not_matter(user, command, kind):
    np.save("x.npy", np.load("x.npy").astype(np.float32))
    expected = counted(command, "x.npy")
    np.save("y.npy", np.load("x.npy").astype(kind))
    assert counted(command, "y.npy") == expected


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_a_model_gets_floats_of_its_own_type(user, command, kind):
    (user / "own.py").write_text(
        f"import torch\ndef build(): return torch.nn.Sequential(torch.nn.Linear(8, 64)).to({kind})"
    )
    said = command("record", "own.py:build", "--layers", "0", "--out", "run", "--data", "x.npy")
    assert said.code == 0, said.err
    assert open_recording("run").layers["dtype"].tolist() == [str(kind).removeprefix("torch.")]


def test_whole_numbers_stay_whole_for_embeddings(user, command):
    (user / "words.py").write_text(
        "import torch\ndef build(): return torch.nn.Sequential(torch.nn.Embedding(9, 4))"
    )
    np.save("words.npy", np.arange(9).repeat(5).reshape(9, 5))
    said = command("record", "words.py:build", "--layers", "0", "--out", "run",
                   "--data", "words.npy", "--sample-unit", "position")  # fmt: skip
    assert said.code == 0, said.err
    assert open_recording("run").counts().n_samples == 45


def test_a_numpy_file_is_read_as_it_is_needed(user):
    parts, n_batches = array_files.batches_of_file(user / "x.npy", 100)
    first = next(parts)["x"]
    assert (n_batches, first.shape) == (3, (100, 8))
    assert isinstance(first, np.memmap)
    assert not first.flags.writeable


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array(["a", "b"]), "no numbers"),
        (np.array(["2020-01-01"] * 4, "datetime64[D]"), "no numbers"),
        (np.zeros(3, [("a", "f4")]), "no numbers"),
        (np.zeros((3, 8), np.longdouble), "no numbers"),
        (np.zeros((0, 8)), "holds no rows"),
        (np.array(3.0), "holds no rows"),
    ],
    ids=["strings", "dates", "structs", "long doubles", "nothing", "one number"],
)
def test_arrays_that_no_model_takes_are_refused_in_one_line(user, command, array, said):
    np.save("bad.npy", array)
    answer = command(*RECORD, "--data", "bad.npy")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert said in answer.err
    assert "bad.npy" in answer.err


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"a": [1.0, 2.0], "name": ["x", "y"]}, "no numbers. got: name"),
        ({"a": [True, False]}, "no numbers. got: a"),
        ({"ids": [1, 2], "mask": [True, True]}, "nothing to give to a model"),
    ],
)
def test_tables_that_no_model_takes_are_refused_in_one_line(user, command, columns, said):
    pd.DataFrame(columns).to_parquet("bad.parquet")
    answer = command(*RECORD, "--data", "bad.parquet")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert said in answer.err
