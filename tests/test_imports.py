"""What importing the package loads, and what it must not."""

import subprocess
import sys

import activstats

HEAVY = ("torch", "scipy", "pandas", "matplotlib", "pyarrow", "numba", "sklearn")


def loaded_after(code: str) -> set[str]:
    probe = f"import sys; {code}; print(' '.join(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import activstats") == set()


def test_the_probe_would_see_a_heavy_import():
    assert loaded_after("import activstats; import scipy") == {"scipy"}


def test_reading_a_recording_needs_no_torch():
    assert "torch" not in loaded_after("import activstats; activstats.open_recording")


def test_fitting_a_law_needs_neither_torch_nor_files():
    assert loaded_after("import activstats; activstats.GrowthLaw").isdisjoint({"torch", "pyarrow"})


def test_every_public_name_is_there():
    for name in activstats.__all__:
        assert getattr(activstats, name) is not None


def test_unknown_names_are_refused_as_python_does():
    try:
        activstats.nonsense  # noqa: B018
    except AttributeError as error:
        assert "nonsense" in str(error)  # noqa: PT017
    else:
        raise AssertionError
