"""`activstats powerlaw` reads columns and recordings, and says its mistakes in one line."""

import json

import numpy as np
import pandas as pd
import pytest

from activstats import PowerLawTail, Recorder, open_recording

SIZES = [1] * 60 + [2] * 15 + [3] * 8 + [4] * 4 + [5, 5, 6, 7, 9, 12, 20, 41]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sizes.txt").write_text("# sizes\n" + "\n".join(map(str, SIZES)))
    np.save("sizes.npy", np.asarray(SIZES))
    table = pd.DataFrame({"name": "a", "size": SIZES})
    table.to_csv("sizes.csv", index=False)
    table.to_csv("sizes.tsv", index=False, sep="\t")
    table.to_parquet("sizes.parquet")
    counted = table["size"].value_counts().sort_index()
    pd.DataFrame({"size": counted.index, "pages": counted.to_numpy()}).to_csv("counted.csv")
    return tmp_path


def loads(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


COLUMNS = {
    "sizes.txt": (), "sizes.npy": (), "sizes.csv": ("--column", "size"),
    "sizes.tsv": ("--column", "size"), "sizes.parquet": ("--column", "size"),
    "counted.csv": ("--column", "size", "--multiplicities", "pages"),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_every_kind_of_column_gives_the_fit_of_the_package(here, command, name):
    said = command("powerlaw", name, *COLUMNS[name], "--n-boot", 50, "--seed", 3, "--json")
    assert said.code == 0, said.err
    (result,) = loads(said.out)
    expected = PowerLawTail(n_boot=50).fit(SIZES, rng=3)
    assert (result["xmin"], result["n_tail"]) == (expected.xmin, expected.n_tail)
    assert (result["alpha"], result["pvalue"]) == (expected.alpha, expected.pvalue)


def test_options_reach_the_fit(here, command):
    options = ("--xmin", 2, "--ks", "integers", "--n-boot", 20, "--level", 0.9)
    said = command("powerlaw", "sizes.txt", *options)
    expected = PowerLawTail(xmin=2, ks="integers", n_boot=20, level=0.9).fit(SIZES, rng=0)
    assert said.out.strip() == expected.summary().strip()
    assert "min" in command("powerlaw", "sizes.txt", "--min-tail", 500, "--n-boot", 5).out
    grid = command("powerlaw", "sizes.txt", "--xmin", "grid", "--n-boot", 5)
    assert "best of a grid" in grid.out
    continuous = loads(
        command("powerlaw", "sizes.npy", "--continuous", "--n-boot", 5, "--json").out
    )
    assert continuous[0]["settings"]["discrete"] is False


def test_a_tail_is_compared_and_drawn(here, command):
    options = ("--continuous", "--n-boot", 5, "--compare")
    said = command("powerlaw", "sizes.npy", *options, "--plot", "tail.svg")
    assert said.code == 0, said.err
    assert "lognormal" in said.out
    assert (here / "tail.svg").stat().st_size > 2000
    (result,) = loads(command("powerlaw", "sizes.npy", *options, "--json").out)
    assert len(result["comparison"]) == 4


@pytest.fixture
def recorded(here):
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(4, 60), torch.nn.ReLU())
        x = torch.randn(200, 4)
    rules = ["above(0)", "top1%"]
    with Recorder(model, "run", layers="1", rule=rules) as recorder, recorder.batch(step=0):
        model(x)
    return here


def test_the_counts_of_a_recording_are_its_numbers(recorded, command):
    said = command("powerlaw", "run", "--rule", "above(0)", "--n-boot", 20, "--json")
    assert said.code == 0, said.err
    (result,) = loads(said.out)
    expected = PowerLawTail(n_boot=20).fit(open_recording("run").counts(rule="above(0)"), rng=0)
    assert result["alpha"] == expected.alpha
    assert result["provenance"]["layer"] == "1"
    table = command("powerlaw", "run", "--n-boot", 0)
    assert table.code == 0
    assert "top_fraction(0.01)" in table.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("powerlaw",), 2, "Missing"),
        (("powerlaw", "nowhere"), 1, "no recording"),
        (("powerlaw", "no.txt"), 1, "cannot be read"),
        (("powerlaw", "sizes.csv"), 1, "which column"),
        (("powerlaw", "sizes.csv", "--column", "sise"), 1, "no column 'sise'"),
        (("powerlaw", "sizes.csv", "--column", "name"), 1, "no numbers"),
        (("powerlaw", "words.txt"), 1, "cannot be read"),
        (("powerlaw", "half.txt"), 1, "whole"),
        (("powerlaw", "sizes.txt", "--xmin", "abc"), 2, "cannot begin"),
        (("powerlaw", "sizes.txt", "--xmin", "-3"), 2, "cannot begin"),
        (("powerlaw", "sizes.txt", "--min-tail", "-3"), 2, "min_tail"),
        (("powerlaw", "sizes.txt", "--ks", "left"), 2, "distance"),
        (("powerlaw", "sizes.txt", "--seed", "-1"), 2, "seed"),
        (("powerlaw", "sizes.txt", "--rule", "top1%"), 2, "for recordings"),
        (("powerlaw", "run", "--column", "a"), 2, "for files"),
        (("powerlaw", "run", "--compare"), 2, "say --layer and --rule"),
        (("powerlaw", "run", "--rule", "top7%"), 1, "rule"),
        (("powerlaw", "same.txt", "--compare"), 1, "no tail"),
        (("powerlaw", "sizes.txt", "--n-boot", "5", "--plot", "tail.xyz"), 2, "suffix"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(recorded, command, arguments, code, said):
    (recorded / "words.txt").write_text("one two three")
    (recorded / "half.txt").write_text("1 2.5 3")
    (recorded / "same.txt").write_text("5 5 5")
    if "run" in arguments and "--column" not in arguments:
        arguments = (*arguments, "--n-boot", "2")
    answer = command(*arguments)
    assert answer.code == code, answer.err
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_a_sample_without_a_tail_says_why(here, command):
    (here / "same.txt").write_text("5 5 5")
    said = command("powerlaw", "same.txt")
    assert said.code == 0
    assert "All numbers are alike" in said.out


def test_the_command_explains_itself_with_examples(command):
    said = command("powerlaw", "--help")
    assert said.code == 0
    assert "activstats powerlaw" in said.out
    assert "Examples" in said.out
