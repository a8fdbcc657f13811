"""What every command has in common: help, version, quiet, colours, completion, and what it loads."""

import inspect
import os
import pty
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import activstats
import activstats.cli
from activstats.cli.main import EPILOG, PANELS, run

NAMES = [name for panel in PANELS.values() for name in panel]
RECORD = ("record", "nets.py:build", "--layers", "1", "--data", "x.npy")
HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "pyarrow", "torch", "rich", "numba")


def interpreter(*arguments, env=None, **settings):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, check=False, env=os.environ | (env or {}), **settings,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["growth", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    probe = (
        f"import sys; from activstats.cli.main import run; run({arguments});"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = interpreter("-c", probe)
    assert done.stderr == "[]\n"


def test_the_module_is_the_command():
    done = interpreter("-m", "activstats", "--version")
    assert (done.returncode, done.stdout) == (0, f"activstats {activstats.__version__}\n")


def test_the_list_of_commands_names_every_command(command):
    said = command("--help")
    assert said.code == 0
    listed = re.findall(r"^  ([a-z]+)  +\S", said.out, re.MULTILINE)
    assert listed == NAMES
    assert " ".join(EPILOG.split()) in " ".join(said.out.split())


def test_every_function_that_could_be_a_command_is_one():
    folder = Path(activstats.cli.__file__).parent
    single = {
        path.stem
        for path in folder.glob("*.py")
        if f"`activstats {path.stem}`" in path.read_text(encoding="utf-8").split('"""')[1]
    }
    assert single == set(NAMES)
    for name in NAMES:
        assert inspect.isfunction(getattr(import_module(f"activstats.cli.{name}"), name))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_says_examples_and_takes_json_and_quiet(command, name):
    said = command(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"\nExamples:\n  activstats {name}" in said.out
    assert "[bold]" not in said.out
    assert "--json " in said.out
    assert "--quiet " in said.out


def test_quiet_takes_remarks_away_and_leaves_results_and_errors(user, command):
    (user / "losses.csv").write_text(
        "d,loss\n" + "".join(f"{2**k},{8 / 2**k + 1}\n" for k in range(1, 12)) + "5000,\n"
    )
    loud = command("decay", "losses.csv")
    assert (loud.code, loud.err) == (0, "1 row without a loss is left out\n")
    for words in (("decay", "losses.csv", "--quiet"), ("--quiet", "decay", "losses.csv")):
        assert command(*words) == loud._replace(err="")
    assert command("decay", "losses.csv").err == loud.err
    said = command("decay", "nowhere.csv", "--quiet")
    assert (said.code, said.err.count("\n")) == (1, 1)


def on_a_terminal(*arguments, env):
    """Return what a command writes to a terminal, bytes as they are."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "activstats", *arguments],
        stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm-256color"} | env,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while True:
            try:
                said += os.read(ours, 65536)
            except OSError:  # as Linux ends a terminal that nobody writes to any more
                break
        assert process.wait() == 0
    os.close(ours)
    return said


def test_only_a_terminal_gets_escapes(command):
    assert b"\x1b[1m" in on_a_terminal("--help", env={})
    assert b"\x1b[" not in on_a_terminal("--help", env={"NO_COLOR": "1"})
    assert b"\x1b[" not in on_a_terminal("--help", env={"TERM": "dumb"})
    assert b"\x1b[3" not in on_a_terminal("plan", env={"NO_COLOR": "1"})
    assert "\x1b[" not in command("--help").out + command("plan").out


def completed(words, env=None):
    """Return what bash is offered for the last of the words."""
    asked = {
        "_ACTIVSTATS_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    return interpreter("-m", "activstats", env=asked | (env or {})).stdout.split()


def test_the_shell_is_offered_commands_layers_and_rules(user, command):
    said = command(*RECORD, "--out", "run", "--rule", "top1%", "--rule", "above(0)")
    assert said.code == 0, said.err
    assert completed("activstats gro") == ["growth"]
    assert completed("activstats growth run --layer ") == ["1"]
    assert completed("activstats table run --rule a") == ["above(0)"]
    assert completed("activstats growth nowhere --rule ") == []
    assert "mask" in completed("activstats record --mode ")
    assert "tipping" in completed("activstats study ")


def test_completion_can_be_installed_and_shown(command):
    said = command("--help").out
    assert "--install-completion" in said
    assert "--show-completion" in said


# Wrong whatever the data are: the command itself has to be changed.
WRONG = [
    "growth run --seed -1",
    "growth run --method best",
    "growth run --rule top1% --plot picture.doc",
    "record nets.py:build --layers 1 --data x.npy --out run --overwrite --resume",
    "record nets.py:build --layers 1 --data x.npy --out s3://bucket/run",
    "record nets.py --layers 1 --data x.npy --out run",
    "record nets.py:build --layers 1 --data x.txt --out run",
    "fluctuation run --late-share 3",
    "tipping run --definition best",
    "table run -o table.doc",
    "validate run -o report.doc",
    "demo --data x.csv",
    "demo --target label",
    "demo --data x.npy --target label",
    "study best",
    "study tipping --jobs 0",
    "datasets copy best",
]


@pytest.mark.parametrize("words", WRONG)
def test_mistakes_in_the_command_have_a_code_of_their_own(user, command, words):
    said = command(*words.split())
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert sorted(one.name for one in user.iterdir() if one.name != "__pycache__") == [
        "nets.py",
        "x.npy",
    ]


def test_a_reader_that_has_gone_is_no_error(monkeypatch):
    def closed(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("activstats.cli.output.show_text", closed)
    monkeypatch.setattr("builtins.print", closed)
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    assert run(["schema", "plan"]) == 0
