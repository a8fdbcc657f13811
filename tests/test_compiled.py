"""Compiled functions are kept on disk where there is a place for them, and work where there is none."""

import os
import subprocess
import sys

import activstats.compiled
from activstats.compiled import compiled, inlined, inner_kernel, kernel


def test_functions_run_where_machine_code_cannot_be_kept(monkeypatch):
    real = activstats.compiled.njit

    def nowhere_to_write(*, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(activstats.compiled, "njit", nowhere_to_write)
    assert compiled(lambda x: x + 1)(1) == 2


def test_dividing_by_zero_is_as_in_numpy():
    @inlined
    def ratio(x, y):
        return x / y

    assert compiled(lambda x: ratio(x, 0.0))(1.0) == float("inf")


def test_kernels_are_compiled_whatever_options_numba_knows(monkeypatch):
    monkeypatch.setattr(activstats.compiled, "DefaultOptions", object)

    @inner_kernel
    def increased(x):
        return x + 1

    assert kernel(lambda x: increased(x) / 0.0)(1.0) == float("inf")


def test_machine_code_is_kept_and_found_again(tmp_path):
    (tmp_path / "doubling.py").write_text(
        "from activstats.compiled import compiled\n\n\n@compiled\ndef doubled(x):\n    return 2 * x\n"
    )
    program = (
        "from doubling import doubled\n"
        "assert doubled(21) == 42\n"
        "print(sum(doubled.stats.cache_hits.values()))"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    hits = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert hits == ["0", "1"]
