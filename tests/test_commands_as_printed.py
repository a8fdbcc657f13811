"""Every `activstats` command in the README and on the pages runs as it is printed there.

The blocks of a page are run in their order, Python and shell alike, in a folder of the page's own.
What a page speaks of without making it is prepared: a model, pictures, checkpoints and a table for
the README, and a shipped study under the name that the demo gives its own. Commands that take
minutes are run with options added (`ADDED`), which make them small, and on fewer runs of a shipped
study (`FEWER_RUNS`); what cannot be run stands in `NOT_RUN` with its reason.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, blocks, name, text

# Options that are added to what is printed, so that a small form of the same is run.
SMALL = {"--quick": None, "--config": "{tiny}", "--jobs": "1"}
ADDED: dict[str, dict[str, str | None]] = {
    "demo": SMALL,
    "study": SMALL,
    "validate": {"--n-boot": "39", "--n-draws": "1"},
    "powerlaw": {"--n-boot": "39"},
    "transition": {"--n-boot": "39"},
    "table": {"--n-boot": "0"},
    "design": {"--simulations": "2"},
}
TINY = {
    "demo": "widths = [16, 32]\nseeds = [0]\nsizes = [2, 16, 128]\nsteps = 20\ndepths = [1]\nalong_every = 10\n"
    'learners = ["linear softmax"]\nreplicates = 0\nrules = ["top1%"]\n',
    "study transformer": "widths = [16, 32]\nalong_width = 32\nsizes = [8, 64]\nseeds = [0]\nsteps = 10\n"
    "validation_every = 5\nalong_every = 5\nreplicates = 0\nscored_tokens = 256\nprobe_windows = 64\n",
    "study learning_rates": "seeds = [1, 2]\nepochs = 2\nn_pictures = 160\n",
}
# Of studies that a page copies, the runs that its commands are given.
FEWER_RUNS = {
    ROOT / "README.md": ("demo", [128, 256]),
    DOCS / "howto" / "validate-a-study.md": ("study", [64]),
}
CUT = """
from activstats import open_study
from activstats.recording.study import write_runs
runs = open_study({folder!r}).runs
write_runs({folder!r}, runs[runs["width"].isin({widths})])
"""
# A line that another page runs, but for the options that it is given anyway.
ELSEWHERE = {
    "activstats demo --out mine --data my_table.csv --target label": DOCS
    / "howto"
    / "your-own-table.md"
}
# Pages whose Python does the same once more.
SHELL_ALONE = [DOCS / "notebooks" / "index.md"]
NOT_RUN = {"s3://": "needs object storage", "hf://": "needs a network"}
# Lines of shell that are no commands of ours, and are tested elsewhere.
OTHERS = re.compile(
    r"(make|cd|pip|python -m (pip|notebooks|benchmarks|activstats\.datasets)|git|\.) ?"
)

PREPARE = """
import numpy as np, pandas as pd, torch
from pathlib import Path
from safetensors.torch import save_file
from activstats.datasets import copy

Path("nets.py").write_text('''
from collections import OrderedDict
import torch

def build():
    torch.manual_seed(0)
    return torch.nn.Sequential(OrderedDict(
        fc=torch.nn.Linear(16, 256), relu=torch.nn.ReLU(), out=torch.nn.Linear(256, 4)
    ))
''')
rng = np.random.default_rng(0)
images = rng.normal(size=(600, 16)).astype("float32")
np.savez("images.npz", images=images)
np.save("images.npy", images)
import sys; sys.path.insert(0, ""); import nets
state = nets.build().state_dict()
Path("ckpt").mkdir()
for step in range(5):
    save_file({key: value + step / 10 for key, value in state.items()}, f"ckpt/step{step}.safetensors")
save_file(state, "last.safetensors")
label = rng.integers(0, 4, 600)
table = pd.DataFrame(images + label[:, None]).add_prefix("x").assign(label=label)
table.to_csv("my_table.csv", index=False)
copy("digits", "demo")
del sys.modules["nets"]
"""

RUNNER = """
import contextlib, io, json, os, sys, traceback
import matplotlib, torch
from activstats.cli.main import run
matplotlib.use("agg")
torch.set_num_threads(1)
said = []
for page, folder, steps in json.load(sys.stdin):
    os.chdir(folder)
    space = {"__name__": "__main__"}
    for kind, code in steps:
        heard = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(heard[0]), contextlib.redirect_stderr(heard[1]):
            try:
                result = run(code) if kind == "sh" else exec(compile(code, page, "exec"), space)
            except BaseException:
                traceback.print_exc()
                result = "raised"
        said.append([page, kind, code, result or 0, heard[0].getvalue(), heard[1].getvalue()])
    matplotlib.pyplot.close("all") if "matplotlib.pyplot" in sys.modules else None
print(json.dumps(said))
"""
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n+)?^```(?P<language>python|sh)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def lines_of(code):
    """Return the lines of a block of shell, those that are continued as one."""
    joined = code.replace("\\\n", " ").splitlines()
    return [line for line in joined if line.strip() and not line.startswith("#")]


def is_ours(line):
    return line.startswith("activstats ")


def run_as(words, folder):
    """Return the arguments of a command line with what is added to them."""
    added = ADDED.get(words[1], {}) | ({"--n-boot": "39"} if "--checks" in words else {})
    of = "demo" if words[1] == "demo" else " ".join(words[1:3])
    tiny = folder / f"{of.replace(' ', '-')}.toml"
    if "--config" in added:
        tiny.write_text(TINY.get(of, ""), encoding="utf-8")
    more = [
        part.format(tiny=tiny)
        for option, value in added.items()
        if option not in words
        for part in (option, value)
        if part is not None
    ]
    return words[1:] + more


def steps_of(page, folder):
    """Return what is run of a page, in its order."""
    steps = []
    for block in _BLOCK.finditer(text(page)):
        if block["language"] == "python" and not block["reason"] and page not in SHELL_ALONE:
            steps.append(("python", block["code"]))
        elif block["language"] == "sh":
            lines = [line for line in lines_of(block["code"]) if is_ours(line)]
            runs = [line for line in lines if not any(mark in line for mark in NOT_RUN)]
            runs = [line for line in runs if line not in ELSEWHERE]
            steps += [("sh", run_as(shlex.split(line, comments=True), folder)) for line in runs]
    return with_fewer_runs(page, steps)


def with_fewer_runs(page, steps):
    """Return the steps with one put in before the first that reads the study."""
    if page not in FEWER_RUNS:
        return steps
    folder, widths = FEWER_RUNS[page]
    first = next(
        place
        for place, (kind, words) in enumerate(steps)
        if kind == "sh" and folder in words and words[0] != "datasets"
    )
    return [*steps[:first], ("python", CUT.format(folder=folder, widths=widths)), *steps[first:]]


def with_commands():
    """Return the pages that print commands of ours, beginners' pages before the notebooks."""
    pages = [*PAGES, *sorted((DOCS / "notebooks").glob("index.md"))]
    return [page for page in pages if any(is_ours(line) for line in shell(page))]


def shell(page):
    blocks = (block["code"] for block in _BLOCK.finditer(text(page)) if block["language"] == "sh")
    return [line for code in blocks for line in lines_of(code)]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Run all pages in one process, for loading the libraries anew takes most of the time."""
    jobs = []
    for page in with_commands():
        folder = tmp_path_factory.mktemp(name(page).replace("/", "-").removesuffix(".md"))
        steps = steps_of(page, folder)
        if (
            not any(kind == "python" and "runs/" in code for kind, code in steps)
            or page.parent == ROOT
        ):
            steps.insert(0, ("python", PREPARE))
        jobs.append((name(page), str(folder), steps))
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], input=json.dumps(jobs),
        capture_output=True, text=True, check=True, env=os.environ | {"MPLBACKEND": "agg"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("page", with_commands(), ids=name)
def test_every_command_of_the_page_does_what_it_says(said, page):
    mine = [rest for where, *rest in said if where == name(page)]
    assert mine
    failed = [
        f"{code if kind == 'sh' else code[:200]}: {result}\n{err[-1500:]}"
        for kind, code, result, _, err in mine
        if result != 0
    ]
    assert failed == []
    silent = [code for kind, code, _, out, _ in mine if kind == "sh" and not out.strip()]
    assert silent == []


@pytest.mark.slow
def test_python_prints_what_the_pages_show(said):
    printed = {
        name(page): "".join(
            out
            for where, kind, _code, _result, out, _err in said
            if (where, kind) == (name(page), "python")
        )
        for page in (ROOT / "README.md", DOCS / "quickstart.md")
    }
    assert "Growth law of activated neurons" in printed["README.md"]
    assert "top_fraction(0.01)" in printed["README.md"]
    example = blocks(DOCS / "quickstart.md", "text")[1].code
    shown = [line for line in example.splitlines() if re.match(r"(K|b|misfit) ", line)]
    assert len(shown) == 3
    assert [line for line in shown if line not in printed["docs/quickstart.md"]] == []


def test_lines_that_are_not_run_are_none_of_ours():
    for page in PAGES:
        strange = [line for line in shell(page) if not is_ours(line) and not OTHERS.match(line)]
        assert strange == [], name(page)


def test_what_another_page_runs_stands_there(tmp_path: Path):
    for line, page in ELSEWHERE.items():
        mine = run_as(shlex.split(line), tmp_path)
        theirs = [run_as(shlex.split(one), tmp_path) for one in shell(page) if is_ours(one)]
        assert sorted(mine) in map(sorted, theirs), line


def test_options_are_added_and_none_is_taken_away(tmp_path: Path):
    words = shlex.split("activstats demo --quick --data my.csv --target label --out mine")
    small = run_as(words, tmp_path)
    assert small[: len(words) - 1] == words[1:]
    assert small.count("--quick") == 1
    assert run_as(["activstats", "growth", "runs/a"], tmp_path) == ["growth", "runs/a"]
