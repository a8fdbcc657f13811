"""The sections that follow the pictures of K(D), each made where its subject is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.report.agreement_section import agreement_section
from activstats.report.capacity_section import capacity_section
from activstats.report.decay_section import decay_section
from activstats.report.models_section import models_section
from activstats.report.order_section import order_section
from activstats.report.sweep_section import sweep_section
from activstats.report.tail_section import tail_section
from activstats.report.transition_section import transition_section

if TYPE_CHECKING:
    from collections.abc import Callable

    from activstats.claims.evidence import Evidence
    from activstats.report.section import Section

MAKERS: tuple[Callable[[Evidence], Section | None], ...] = (
    models_section,
    sweep_section,
    tail_section,
    capacity_section,
    order_section,
    transition_section,
    agreement_section,
    decay_section,
)


def sections(evidence: Evidence) -> list[Section]:
    """Return the sections for which there is anything to show, in the order of reading."""
    return [section for make in MAKERS if (section := make(evidence)) is not None]
