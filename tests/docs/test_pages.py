"""What the pages show works as it stands there: code runs, commands exist, links lead somewhere."""

import json
import re
import shlex
import subprocess
import sys

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, Block, blocks, name, prose, text

# Where a page has commands too, Python runs between them: tests/test_commands_as_printed.py.
WITH_PYTHON_ALONE = [
    page
    for page in PAGES
    if any(not b.reason for b in blocks(page, "python"))
    and not any("\nactivstats " in f"\n{b.code}" for b in blocks(page, "sh"))
]
# One process for all pages: loading the libraries anew for each would take most of the time.
RUNNER = """
import json, os, sys, traceback
import matplotlib, torch
matplotlib.use("agg")
torch.set_num_threads(1)
for name, folder, code in json.load(sys.stdin):
    os.chdir(folder)
    try:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    except Exception:
        traceback.print_exc()
        print("FAILED", name, file=sys.stderr)
    matplotlib.pyplot.close("all") if "matplotlib.pyplot" in sys.modules else None
"""


def runnable(page):
    return "\n".join(block.code for block in blocks(page, "python") if not block.reason)


@pytest.mark.slow
def test_python_of_pages_without_commands_runs_in_order(tmp_path):
    jobs = []
    for page in WITH_PYTHON_ALONE:
        folder = tmp_path / name(page).replace("/", "-")
        folder.mkdir()
        jobs.append((name(page), str(folder), runnable(page)))
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(jobs), capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert "FAILED" not in done.stderr, done.stderr
    # Of docs/values-and-parameters.md.
    assert "values in float16" in done.stdout
    assert "(2, 64, 8)" in done.stdout


def test_what_is_not_run_says_why():
    reasons = [b.reason for page in PAGES for b in blocks(page, "python") if b.reason]
    assert all(reason.startswith("needs ") for reason in reasons)


def commands_of(page):
    """Give every command line of a page: of its sh blocks, and of the code within its lines."""
    for block in blocks(page, "sh"):
        yield from block.code.replace("\\\n", " ").splitlines()
    outside = re.sub(r"^```.*?^```$", "", text(page), flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`(activstats [a-z][^`\n]*)`", outside)


def command_named(words):
    """Return the command that words call, and what of them is left for it."""
    import typer.main

    from activstats.cli.main import app

    found, left = typer.main.get_command(app), list(words)
    while hasattr(found, "commands") and left and not left[0].startswith("-"):
        found = found.commands.get(left.pop(0))
    return found, left


def options_of(command):
    return {
        option: parameter
        for parameter in command.params
        for option in [*parameter.opts, *parameter.secondary_opts]
        if option.startswith("-")
    }


def mistakes_in(words):
    """Return what is wrong with a command line, in words; nothing where its command takes it."""
    command, left = command_named(words)
    if command is None:
        return f"there is no command {words[0]}"
    known, arguments = options_of(command), 0
    while left:
        word = left.pop(0)
        if not word.startswith("-"):
            arguments += 1
        elif word not in {*known, "--help"}:
            return f"there is no option {word}"
        elif word != "--help" and not known[word].is_flag and not (left and left.pop(0)):
            return f"{word} needs a value"
    taken = [one for one in command.params if one.param_type_name == "argument"]
    too_many = all(one.nargs == 1 for one in taken) and arguments > len(taken)
    return "there are too many arguments" if too_many else ""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_line_is_one_that_there_is(page):
    lines = [shlex.split(line, comments=True) for line in commands_of(page)]
    shown = [words[1:] for words in lines if words[:1] == ["activstats"] and words[1:]]
    found = {" ".join(words): mistakes_in(words) for words in shown if words[0] != "COMMAND"}
    assert {line: mistake for line, mistake in found.items() if mistake} == {}


def test_a_command_line_that_is_wrong_is_found():
    assert mistakes_in(["grow", "runs/a"]) == "there is no command grow"
    assert mistakes_in(["growth", "runs/a", "--ruel", "top1%"]) == "there is no option --ruel"
    assert mistakes_in(["growth", "runs/a", "--rule"]) == "--rule needs a value"
    assert mistakes_in(["growth", "runs/a", "runs/b"]) == "there are too many arguments"
    assert mistakes_in(["growth", "runs/a", "--rule", "top1%", "--checks"]) == ""


def slug(heading):
    words = re.sub(r"[^\w\s-]", "", heading.replace("`", "").strip().lower())
    return re.sub(r"\s", "-", words)


def anchors(page):
    outside = re.sub(r"^```.*?^```$", "", text(page), flags=re.DOTALL | re.MULTILINE)
    return {slug(line) for line in re.findall(r"^#+ (.+)$", outside, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_pages_and_headings_that_are_there(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{name(page)}: {link}"
        if heading:
            assert heading in anchors(target), f"{name(page)}: {link}"


def test_every_page_is_in_a_table_of_contents():
    listed = set()
    for page in PAGES:
        for block in re.findall(
            r"^```\{toctree\}\n(.*?)^```$", text(page), re.DOTALL | re.MULTILINE
        ):
            for line in block.splitlines():
                if line and not line.startswith(":"):
                    listed.update(page.parent.glob(f"{line}.md"))
    resolved = {one.resolve() for one in listed}
    pages = {page.resolve() for page in PAGES if page.is_relative_to(DOCS)}
    assert pages - resolved == {(DOCS / "index.md").resolve()}


def test_no_place_is_left_to_be_filled_in():
    for page in PAGES:
        assert re.findall(r"@[A-Z]+@|TODO|XXX", text(page)) == [], name(page)


def test_blocks_are_read_with_their_reasons(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: needs a network -->\n```python\na = 1\n```\n\n```python\nb\n```\n"
    )
    assert blocks(page, "python") == [
        Block("python", "a = 1\n", "needs a network"),
        Block("python", "b\n", None),
    ]


def test_the_readme_is_among_the_pages():
    assert ROOT / "README.md" in PAGES
