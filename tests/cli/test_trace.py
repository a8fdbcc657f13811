"""`activstats trace` on a model of the user's own."""

import json

import pytest

GATED = """
import torch
from torch.nn import functional as F
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(50, 8)
        self.up, self.down = torch.nn.Linear(8, 20), torch.nn.Linear(20, 8)
    def forward(self, x):
        return self.down(F.relu(self.up(self.embed(x))))
"""


def test_it_lists_what_can_be_recorded_and_what_is_worth_it(user, command):
    answer = command("trace", "nets.py:build", "--data", "x.npy", "--json")
    assert answer.code == 0
    said = json.loads(answer.out)
    assert said["suggested"] == ["1"]
    assert [place["layer"] for place in said["places"]] == ["model:in", "0", "1", "2", "model"]
    assert said["places"][2]["shape"] == [8, 64]


def test_its_names_record(user, command):
    (user / "gated.py").write_text(GATED)
    answer = command("trace", "gated.py:Net", "--sample", "2x6:50", "--suggested", "--json")
    assert json.loads(answer.out)["suggested"] == ["model/relu"]
    (place,) = json.loads(answer.out)["places"]
    assert place["shape"] == [2, 6, 20]
    (user / "ids.py").write_text(
        "import torch\ndef batches(): return torch.arange(40).view(4, 2, 5) % 50\n"
    )
    done = command("record", "gated.py:Net", "--data", "ids.py:batches", "--layers", "model/relu",
                   "--out", "run", "--json")  # fmt: skip
    assert done.code == 0
    assert json.loads(done.out)["layers"][0]["layer"] == "model/relu"


def test_the_table_is_for_people(user, command):
    answer = command("trace", "nets.py:build", "--sample", "4x8")
    assert answer.code == 0
    assert "post-activation: record this; saturated under above(0): use top1%" in answer.out
    assert "4×64" in answer.out


def test_it_can_choose_the_layers_of_a_recording(user, command):
    done = command("record", "nets.py:build", "--data", "x.npy", "--layers", "auto", "--out", "run",
                   "--json")  # fmt: skip
    assert done.code == 0
    assert json.loads(done.out)["layers"][0]["layer"] == "1"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "either --data or --sample"),
        (("--data", "x.npy", "--sample", "2x8"), 2, "either --data or --sample"),
        (("--sample", "2 by 8"), 2, "'2 by 8' is no shape"),
        (("--sample", "2x0"), 2, "is no shape"),
        (("--sample", "2x8:0"), 2, "is no shape"),
        (("--sample", "2x9"), 1, "the model cannot take the sample"),
        (("--data", "nothing.npy"), 1, "nothing.npy"),
    ],
)
def test_mistakes_are_one_line(user, command, arguments, code, said):
    answer = command("trace", "nets.py:build", *arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert said in answer.err
