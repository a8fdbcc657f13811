"""What is built is whole, and works where nothing but the core dependencies is installed."""

import email
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import activstats

ROOT = Path(__file__).parents[1]


def test_the_version_stands_in_one_place():
    assert distribution("activstats").version == activstats.__version__
    texts = [ROOT / name for name in ("pyproject.toml", "CITATION.cff", "README.md")]
    assert [path.name for path in texts if activstats.__version__ in path.read_text()] == []


def test_the_citation_has_what_its_schema_requires():
    import yaml

    content = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(content)
    assert content["cff-version"] == "1.2.0"
    assert content["type"] == "software"
    known = {
        "cff-version",
        "message",
        "type",
        "title",
        "abstract",
        "authors",
        "license",
        "keywords",
    }
    assert set(content) <= known
    assert all(set(author) == {"name"} for author in content["authors"])
    assert content["license"] == distribution("activstats").metadata["License-Expression"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode and "hatchling" in done.stdout + done.stderr:
        pytest.skip("hatchling, which builds the package, cannot be had here")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


def tracked():
    """Return the files that belong to the project, or nothing where it is no repository."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).exists()}


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if not name.endswith("/")}
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        said = email.message_from_bytes(opened.read(metadata))
    top = {name.split("/")[0] for name in names}
    assert top == {"activstats", f"activstats-{activstats.__version__}.dist-info"}
    package = {name for name in names if name.startswith("activstats/")}
    assert {"activstats/py.typed", "activstats/report/templates/report.html.j2"} <= package
    assert any(name.endswith(".parquet") for name in package)
    if files := tracked():
        assert package == {name for name in files if name.startswith("activstats/")}
    assert said["Version"] == activstats.__version__
    assert said["Description-Content-Type"] == "text/markdown"
    assert said["Requires-Python"] == ">=3.11"
    assert "all" in said.get_all("Provides-Extra")
    assert said.get_payload().startswith("# activstats")


@pytest.mark.slow
def test_the_sdist_holds_all_that_the_tests_need(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    files = tracked()
    if not files:
        pytest.skip("this is no repository that could say which files there are")
    left_out = {name for name in files - names if not name.endswith(".gitignore")}
    assert left_out == set()


def core_distributions():
    """Return the names of what the package needs without extras, with all that these need."""
    waiting, found = [Requirement("activstats")], set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        applies = wanted.marker is None or any(
            wanted.marker.evaluate({"extra": extra}) for extra in (wanted.extras or {""})
        )
        if name in found or not applies:
            continue
        found.add(name)
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:
            found.discard(name)  # of another platform
            continue
        waiting += [
            one
            for one in map(Requirement, needed)
            if one.marker is None or one.marker.evaluate({"extra": ""})
        ]
    return found - {"activstats"}


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """Return an environment with the wheel and its core dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in core_distributions():
        for file in distribution(name).files or []:
            top = file.parts[0]
            if top in {"..", "__pycache__"} or (packages / top).exists():
                continue
            (packages / top).symlink_to(distribution(name).locate_file(top))
    python = folder / "bin" / "python"
    command = ["-m", "pip", "--python", str(python), "install", "--no-deps", "--quiet"]
    subprocess.run([sys.executable, *command, "--no-index", str(wheel)], check=True)
    return folder


def call(bare, folder, *arguments):
    """Run the command of the environment, far from the sources."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [bare / "bin" / "activstats", *map(str, arguments)],
        cwd=folder, env=environment | {"PYTHONWARNINGS": "error"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


ANALYSES = [
    ["datasets", "copy", "digits", "study"],
    ["inspect", "study/trained-w0064-n001079-s0", "--verify"],
    ["growth", "study/trained-w0064-n001079-s0", "--rule", "top1%", "--plot", "growth.svg"],
    ["powerlaw", "study/trained-w0064-n001079-s0", "--rule", "top1%", "--n-boot", "9"],
    ["table", "study/trained-w0064-n001079-s0", "--n-boot", "9", "-o", "table.parquet"],
    ["transition", "study", "--width", "64", "--n-boot", "9"],
    ["schema", "growth"],
    ["datasets", "copy", "stamina", "stamina"],
    ["stamina", "stamina", "-o", "report.html"],
]


@pytest.mark.slow
def test_analysis_works_with_the_core_dependencies_alone(bare, tmp_path):
    probe = "import importlib.util as u; print([m for m in ('torch', 'sklearn') if u.find_spec(m)])"
    done = subprocess.run(
        [bare / "bin" / "python", "-c", probe], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
    assert call(bare, tmp_path, "--version").stdout == f"activstats {activstats.__version__}\n"
    for arguments in ANALYSES:
        done = call(bare, tmp_path, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "growth.svg").stat().st_size > 2000


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["record", "m:f", "--data", "x.npy", "--layers", "1", "--out", "run"],
        ["trace", "m:f", "--sample", "2x3"],
        ["demo", "--out", "demo"],
        ["study", "tipping", "--quick", "--jobs", "1"],
    ],
)
def test_what_needs_torch_says_so_in_one_line(bare, tmp_path, arguments):
    done = call(bare, tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "pip install" in done.stderr
