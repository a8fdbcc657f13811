"""Whatever the user's own code raises is one line that names the place and repeats the message."""

import textwrap

import pytest

from activstats import open_recording

BROKEN = """
    import torch
    from activstats.errors import RuleError

    def batch_norm():
        return torch.nn.Sequential(torch.nn.BatchNorm2d(8), torch.nn.ReLU())

    def embedding():
        return torch.nn.Sequential(torch.nn.Embedding(2, 4), torch.nn.ReLU())

    class Interrupted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.act = torch.nn.ReLU()
        def forward(self, x):
            raise KeyboardInterrupt

    def unbuilt():
        raise ValueError("out of clay")

    def ours():
        raise RuleError("a rule of the package was broken.")

    def gone():
        raise FileNotFoundError("data/images")

    def halfway():
        yield torch.zeros(5, 8)
        raise KeyError("image 5")

    def large():
        yield torch.full((4, 3), 7)

    class NotAgain:
        def __iter__(self):
            raise RuntimeError("read once already")

    once = NotAgain()
"""


@pytest.fixture
def broken(user):
    (user / "broken.py").write_text(textwrap.dedent(BROKEN))
    (user / "syntax.py").write_text("def build(:\n")
    (user / "zero.py").write_text("1 / 0\n")
    (user / "leaves.py").write_text("import sys\nsys.exit('usage: leaves.py FILE')\n")
    return user


def call(model, data):
    return ("record", model, "--layers", "*", "--out", "run", "--data", data)


@pytest.mark.parametrize(
    ("model", "data", "said"),
    [
        ("broken.py:batch_norm", "x.npy", ("cannot take the data", "ValueError: expected 4D")),
        ("broken.py:embedding", "broken.py:large", ("cannot take the data", "IndexError")),
        ("broken.py:unbuilt", "x.npy", ("broken.py:unbuilt", "ValueError: out of clay")),
        ("nets.py:build", "broken.py:gone", ("broken.py:gone", "FileNotFoundError: data/images")),
        ("nets.py:build", "broken.py:halfway", ("broken.py:halfway", "KeyError: 'image 5'")),
        ("nets.py:build", "broken.py:once", ("broken.py:once", "read once already")),
        ("syntax.py:build", "x.npy", ("syntax.py", "SyntaxError")),
        ("syntax:build", "x.npy", ("module 'syntax'", "SyntaxError")),
        ("zero.py:build", "x.npy", ("zero.py", "ZeroDivisionError: division by zero")),
        ("zero:build", "x.npy", ("module 'zero'", "ZeroDivisionError: division by zero")),
        ("leaves:build", "x.npy", ("module 'leaves'", "SystemExit: usage: leaves.py FILE")),
    ],
)
def test_what_the_users_code_raises_is_one_line(broken, command, model, data, said):
    answer = command(*call(model, data))
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert all(part in answer.err for part in said), answer.err


def test_errors_of_the_package_pass_through(broken, command):
    answer = command(*call("broken.py:ours", "x.npy"))
    assert (answer.code, answer.err) == (2, "activstats: a rule of the package was broken.\n")


def test_an_interrupt_in_the_model_is_an_interrupt(broken, command):
    answer = command(*call("broken.py:Interrupted", "x.npy"))
    assert (answer.code, answer.err.count("\n")) == (130, 1)


def test_a_rule_that_was_not_recorded_is_one_line(user, command):
    assert command(*call("nets.py:build", "x.npy"), "--rule", "above(0)").code == 0
    for more in ((), ("--plot", "picture.svg"), ("--json",), ("--layer", "1")):
        answer = command("growth", "run", "--rule", "argmax", *more)
        assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
        assert "holds no rule 'argmax'. allowed: above(0)" in answer.err
    assert not (user / "picture.svg").exists()


@pytest.mark.parametrize("place", ["foo://somewhere", "memory://nowhere"])
def test_places_that_cannot_be_reached_are_one_line(command, place):
    for name in ("inspect", "growth"):
        answer = command(name, place)
        assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
        assert place in answer.err


def test_recordings_are_not_written_to_uris(user, command):
    before = sorted(path.name for path in user.iterdir())
    answer = command("record", "nets.py:build", "--layers", "1", "--data", "x.npy",
                     "--out", "s3://bucket/run")  # fmt: skip
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "a folder of this machine, not 's3://bucket/run'" in answer.err
    assert sorted(p.name for p in user.iterdir() if p.name != "__pycache__") == before


def test_activations_that_are_not_finite_are_shown_and_warned_of(user, command):
    (user / "roots.py").write_text(
        "import torch\n"
        "class Root(torch.nn.Module):\n"
        "    def forward(self, x): return torch.sqrt(x)\n"
        "def build(): return torch.nn.Sequential(Root())\n"
    )
    assert command(*call("roots.py:build", "x.npy")).code == 0
    share = open_recording("run").counts().nonfinite_share
    assert 0.3 < share < 0.7
    answer = command("inspect", "run")
    assert "nonfinite_share" in answer.out
    assert f"0: warning: {100 * share:.3g} % of the activations were NaN or infinite" in answer.out
    assert '"nonfinite_share": 0.' in command("inspect", "run", "--json").out
    assert "warning" in open_recording("run").counts().summary()
