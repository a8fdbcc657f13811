"""What importing the package loads, and what it must not."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import activstats

HEAVY = ("torch", "scipy", "pandas", "matplotlib", "pyarrow", "numba", "sklearn")


def loaded_after(code: str) -> set[str]:
    probe = f"import sys; {code}; print(' '.join(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import activstats") == set()


def test_the_probe_would_see_a_heavy_import():
    assert loaded_after("import activstats; import scipy") == {"scipy"}


def test_reading_a_recording_needs_no_torch():
    assert "torch" not in loaded_after("import activstats; activstats.open_recording")


def test_fitting_a_law_loads_nothing_of_other_laws_nor_of_files_and_pictures():
    assert loaded_after("import activstats; activstats.GrowthLaw") == {"scipy"}


def test_a_command_that_draws_nothing_loads_nothing_to_draw_with(tmp_path):
    code = "from activstats.cli.main import run; from activstats import datasets; "
    code += f"datasets.copy('digits-trained', {str(tmp_path / 'run')!r}); "
    code += f"assert run(['growth', {str(tmp_path / 'run')!r}, '--json']) == 0; print()"
    assert loaded_after(code).isdisjoint({"matplotlib", "numba", "torch"})


@pytest.mark.parametrize("package", ["activstats", "activstats.laws", "activstats.laws.loss"])
def test_every_public_name_is_there(package):
    opened = importlib.import_module(package)
    assert len(opened.__all__) > 15
    for name in opened.__all__:
        assert getattr(opened, name) is not None


@pytest.mark.parametrize("package", ["activstats", "activstats.laws", "activstats.laws.loss"])
def test_no_file_takes_the_place_of_a_public_name(package):
    """Whoever imports a file of that name would put the file where the name was."""
    opened = importlib.import_module(package)
    files = {found.name for found in pkgutil.iter_modules(opened.__path__)}
    assert files & set(opened.__all__) <= {"datasets"}


def test_unknown_names_are_refused_as_python_does():
    try:
        activstats.nonsense  # noqa: B018
    except AttributeError as error:
        assert "nonsense" in str(error)  # noqa: PT017
    else:
        raise AssertionError
