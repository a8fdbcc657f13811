"""The page on scale: its figures follow from the rates and prices that it states."""

import re
from pathlib import Path

import pytest

from activstats.laws.planning import expected_standard_error, samples_needed
from benchmarks.scale_table import (
    Prices,
    Rate,
    cost_table,
    error_table,
    number,
    of_bytes,
    rate_table,
)

PAGE = (Path(__file__).parents[1] / "docs" / "scale.md").read_text(encoding="utf-8")
UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15}
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def table(head):
    """Return the rows of the table whose head begins so, cell by cell."""
    lines = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def figure(text):
    return float(text.replace(",", ""))


def rates():
    return [Rate(mode, *map(figure, figures)) for mode, *figures in table("mode")]


def is_rounded(text, exact):
    """Return whether a figure is the exact one to two figures; sums under a cent are only named."""
    if text == "under 0.01":
        return exact < 0.01
    return figure(text) == pytest.approx(exact, rel=0.06, abs=0.006 if exact < 1 else 0)


def test_every_cell_follows_from_the_rates_and_prices_stated():
    storage, core_hour = map(
        float, re.search(r"numbers: ([\d.]+) \$.*?, ([\d.]+) \$", PAGE, re.DOTALL).groups()
    )
    by_mode = {rate.mode: rate for rate in rates()}
    assert set(by_mode) == {"counts", "mask", "values"}
    rows = table("activations")
    assert len(rows) == 12
    for activations, mode, size, record, count, month, compute in rows:
        billions = 10.0 ** int(activations.removeprefix("10").translate(POWERS)) / 1e9
        value, unit = size.split()
        rate = by_mode.get(mode, Rate("float32", 4000.0, 0.0, 0.0))
        content = rate.megabytes * 1e6 * billions
        assert figure(value) * UNITS[unit] == pytest.approx(content, rel=0.06)
        assert is_rounded(month, content / 1e9 * storage)
        if mode not in by_mode:
            continue
        hours = [billions * seconds / 3600 for seconds in (rate.recording, rate.counting)]
        assert figure(record) == pytest.approx(hours[0], rel=0.06)
        assert figure(count) == pytest.approx(hours[1], rel=0.06)
        assert is_rounded(compute, sum(hours) * core_hour)


def test_tables_are_those_that_the_benchmark_prints():
    assert rate_table(rates()) in PAGE
    assert cost_table(rates(), Prices()) in PAGE
    assert error_table((512, 4096, 65_536), [10**k for k in (2, 3, 4, 6, 9, 12)], 0.3, 0.01) in PAGE


def test_what_is_said_of_samples_is_so():
    def error(n, d):
        return expected_standard_error(n, d, b=0.3, c=0.01 * n)

    assert f"{error(4096, 10**4):.3f}" == "0.020"
    assert f"{error(4096, 24 * 10**10):.3f}" == "0.017"
    assert samples_needed(0.017, n_neurons=4096, b=0.3, c=40.96) > 10**10
    assert error(16_384, 10**4) == pytest.approx(error(4096, 10**4) / 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (9.96, "10"), (0.000031, "0.000031"), (5310.0, "5,300"), (1.04, "1.0")],
)
def test_numbers_have_two_figures(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(4e9, "4.0 GB"), (4.3e5, "430 kB"), (9.9e15, "9.9 PB")]
)
def test_bytes_have_the_largest_unit_that_fits(value, text):
    assert of_bytes(value) == text
