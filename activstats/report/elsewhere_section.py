"""Section: claims that no table of runs like this one can test, and the studies that test them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims import (
    best_rate_inside,
    even_use,
    falling_participation,
    firing_not_size,
    fluctuation_and_score,
    masking_and_accuracy,
    masking_and_tipping,
    rising_fluctuation,
    tipping_and_size,
    tipping_exists,
    unused_neurons,
)
from activstats.report.section import Section

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence

TITLE = "Claims that other studies test"
# What makes the study and what reads it; then the claims: title and what it needs.
STUDIES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "activstats study learning_rates",
        "activstats fluctuation",
        tuple(
            (claim.TITLE, claim.NEEDS)
            for claim in (
                rising_fluctuation,
                fluctuation_and_score,
                best_rate_inside,
                falling_participation,
            )
        ),
    ),
    (
        "activstats study tipping",
        "activstats tipping",
        tuple(
            (claim.CLAIM.title, claim.CLAIM.needs)
            for claim in (
                tipping_exists,
                tipping_and_size,
                masking_and_tipping,
                masking_and_accuracy,
            )
        ),
    ),
    (
        "activstats study stamina",
        "activstats stamina",
        tuple((claim.TITLE, claim.NEEDS) for claim in (unused_neurons, even_use, firing_not_size)),
    ),
)
_WHY = (
    "These claims are not testable here: they are about learning rates, masks and stamina, of which the "
    "runs of this study have one each. Each study has a report of its own."
)


def elsewhere_section(evidence: Evidence) -> Section | None:
    """Return the section, None where the study has no runs."""
    if evidence.runs.empty:
        return None
    return Section(TITLE, (_WHY, *map(_of_study, STUDIES)))


def _of_study(study: tuple[str, str, tuple[tuple[str, str], ...]]) -> str:
    make, read, claims = study
    told = "; ".join(f"“{title}” needs {needs}" for title, needs in claims)
    return f"{make}, read with {read}: {told}."
