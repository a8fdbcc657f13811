"""What recordings of many activations take: arithmetic from rates and prices, and its tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from activstats.laws.planning import expected_standard_error

SIZES = (10**9, 10**12, 10**15)
FLOAT32 = 4


@dataclass(frozen=True)
class Rate:
    """What a mode takes, by billion activations.

    Parameters
    ----------
    mode : str
    megabytes : float
        On disk.
    recording, counting : float
        CPU seconds to record on top of the model's own, and to count afterwards.
    """

    mode: str
    megabytes: float
    recording: float
    counting: float


@dataclass(frozen=True)
class Prices:
    """Assumed prices, in dollars.

    Parameters
    ----------
    gigabyte_month : float
        Of object storage.
    core_hour : float
    """

    gigabyte_month: float = 0.02
    core_hour: float = 0.05


def cost_table(rates: Sequence[Rate], prices: Prices) -> str:
    """Return bytes, time and cost of each mode at each size as Markdown."""
    lines = [
        (
            "| activations | mode | bytes | core-hours to record | core-hours to count "
            "| storage, $ a month | compute, $ |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    for size in SIZES:
        billions = size / 10**9
        raw = size * FLOAT32
        month = money(raw / 10**9 * prices.gigabyte_month)
        lines.append(
            f"| {power(size)} | float32, for comparison | {of_bytes(raw)} | | | {month} | |"
        )
        for rate in rates:
            content = rate.megabytes * billions * 10**6
            record, count = (billions * s / 3600 for s in (rate.recording, rate.counting))
            cells = [
                power(size), rate.mode, of_bytes(content), number(record), number(count),
                money(content / 10**9 * prices.gigabyte_month),
                money((record + count) * prices.core_hour),
            ]  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def rate_table(rates: Sequence[Rate]) -> str:
    """Return the rates as Markdown."""
    lines = [
        "| mode | MB on disk | CPU s to record | CPU s to count |",
        "|---|---|---|---|",
    ]
    for rate in rates:
        figures = (rate.megabytes, rate.recording, rate.counting)
        lines.append(f"| {rate.mode} | {' | '.join(number(figure) for figure in figures)} |")
    return "\n".join(lines)


def error_table(
    n_neurons: Sequence[int], n_samples: Sequence[int], b: float, c_share: float
) -> str:
    """Return the expected standard errors of ln b as Markdown: a row a number of samples."""
    head = " | ".join(f"N = {grouped(n)}" for n in n_neurons)
    lines = [f"| samples | {head} |", "|---" * (len(n_neurons) + 1) + "|"]
    for d in n_samples:
        errors = (expected_standard_error(n, d, b=b, c=c_share * n) for n in n_neurons)
        lines.append(f"| {power(d)} | {' | '.join(f'{error:.3f}' for error in errors)} |")
    return "\n".join(lines)


def number(value: float) -> str:
    """Write a number, 0 or more, with two figures and without a power of ten."""
    if value == 0:
        return "0"
    rounded = two_figures(value)
    digits = max(0, 1 - math.floor(math.log10(rounded)))
    return grouped(round(rounded)) if digits == 0 else f"{rounded:.{digits}f}"


def two_figures(value: float) -> float:
    """Round to two figures."""
    return float(f"{value:.1e}")


def money(value: float) -> str:
    """Write dollars: whole ones, and what is under a cent as such."""
    return "under 0.01" if value < 0.01 else f"{value:.2f}" if value < 1 else number(value)


def of_bytes(value: float) -> str:
    """Write a number of bytes in the largest unit that fits."""
    units = ["B", "kB", "MB", "GB", "TB", "PB"]
    step = min(len(units) - 1, int(math.log10(max(value, 1)) / 3 + 1e-9))
    return f"{number(value / 1000**step)} {units[step]}"


def power(value: int) -> str:
    """Write a power of ten."""
    return f"10{str(round(math.log10(value))).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def grouped(value: int) -> str:
    """Write a whole number in groups of three digits."""
    return f"{value:,}"
