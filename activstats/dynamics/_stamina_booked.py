"""What was booked as a result, with its status in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from activstats.dynamics._stamina_book import Book
from activstats.dynamics.stamina_result import StaminaLedgerResult
from activstats.laws.results import Status

if TYPE_CHECKING:
    from activstats.dynamics.stamina import StaminaLedger

_NO_SCALE = (
    "no neuron fires, or the middle one always does: there is no p* to measure penalties by, and those "
    "shown are in units of the output"
)


def ledger_result(
    model: StaminaLedger, book: Book, *, method: str, provenance: dict[str, Any]
) -> StaminaLedgerResult:
    """Return what was booked as a result, with its status in words."""
    status, reason = _status(model, book)
    return StaminaLedgerResult(
        method=method,
        level=model.level,
        n_obs=book.n_samples,
        status=status,
        reason=reason,
        warnings=_warnings(book),
        provenance=provenance,
        penalties=book.penalties,
        died_at=book.died_at,
        critical=book.critical,
        mean_output=book.mean_output,
        firing_rate=book.firing_rate,
        typical=book.typical,
        life=model.life,
        cap=model.cap,
        start=math.nan if model.start is None else model.start,
        n_samples=book.n_samples,
    )


def _status(model: StaminaLedger, book: Book) -> tuple[Status, str]:
    if math.isnan(book.typical) and model.penalties is None:
        return (
            Status.NOT_IDENTIFIABLE,
            _NO_SCALE,
        )
    if book.relative and book.n_samples < model.life:
        return (
            Status.TOO_FEW,
            f"{book.n_samples} samples, fewer than a silent neuron lives ({model.life:g}): nobody can die",
        )
    return Status.CONVERGED, ""


def _warnings(book: Book) -> tuple[str, ...]:
    found = ["deaths do not change what the others do here; in a layer in training they do"]
    if np.all(book.firing_rate == 1):
        found.append("every neuron fires in every sample: nobody can die")
    return tuple(found)
