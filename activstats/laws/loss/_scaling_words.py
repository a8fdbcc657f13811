"""The scaling of transitions in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    from activstats.laws.loss.scaling_result import TransitionScaling

_TWO_WIDTHS = (
    "two widths: the interval of gamma knows the errors of the two fits and no scatter between "
    "widths"
)
# A slope of ln b beyond this is told.
_NO_CONSTANT = 0.1


def sentence(found: TransitionScaling) -> str:
    """Return the answer in one sentence."""
    if math.isnan(found.gamma):
        return f"{found.answer}: {found.reason}"
    interval = f"[{significant(found.gamma_low, 2)}, {significant(found.gamma_high, 2)}]"
    return (
        f"{found.answer}: D* goes like N^{significant(found.gamma, 2)} {interval}; {found.reason}"
    )


def notes(found: TransitionScaling) -> tuple[str, ...]:
    """Return what a reader must know, in phrases."""
    two = (_TWO_WIDTHS,) * (found.n_obs == 2)
    out = (f"left out: {'; '.join(found.left_out)}",) * bool(found.left_out)
    other = (
        f"b of the recordings goes like N^{significant(found.b_slope, 2)}, where the slope predicted takes one b",
    )
    return (*two, *found.warnings, *other * (abs(found.b_slope) > _NO_CONSTANT), *out)


def describe(found: TransitionScaling) -> Summary:
    """Return what a summary of the scaling says."""
    return Summary(
        title="D* of the loss over the width N",
        facts=(
            (("answer", found.answer), ("margin", f"± {significant(found.margin)}")),
            (("widths", grouped(found.n_obs)), ("status", str(found.status))),
            (("shared b", significant(found.shared_b)), ("scatter", significant(found.tau, 2))),
        ),
        columns=("estimate", f"{found.level * 100:g} % interval", "SE"),
        rows=(
            _row("gamma", found.gamma, found.gamma_low, found.gamma_high, found.gamma_se),
            _row(
                "1 − slope of c", 1 - found.c_slope, 1 - found.c_slope_high, 1 - found.c_slope_low
            ),
            _row("gamma less it", found.excess, found.excess_low, found.excess_high),
            _row("slope of c", found.c_slope, found.c_slope_low, found.c_slope_high),
            _row("slope of b", found.b_slope, found.b_slope_low, found.b_slope_high),
        ),
        measures=(
            ("p, gamma = 1", significant(found.one_pvalue, 2)),
            ("p, as predicted", significant(found.predicted_pvalue, 2)),
            ("p, one b", significant(found.shared_b_pvalue, 2)),
        ),
        notes=tuple(
            capital(text) + "." for text in (found.reason, found.case_of_c, *notes(found)) if text
        ),
    )


def capital(text: str) -> str:
    """Return a phrase as a sentence begins, a symbol of one letter left as it is."""
    return text if text[1:2] == " " else text[0].upper() + text[1:]


def _row(
    label: str, value: float, low: float, high: float, error: float = math.nan
) -> tuple[str, ...]:
    interval = f"[{significant(low)}, {significant(high)}]"
    return label, significant(value), interval, "" if math.isnan(error) else f"{error:.2g}"
