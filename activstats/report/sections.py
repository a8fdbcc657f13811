"""The sections that follow the pictures of K(D), each led by the verdicts that it bears on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from activstats.claims import (
    b_over_rules,
    b_over_widths,
    bounded_law,
    form_of_learning,
    free_share,
    growth_law,
    heavy_tail,
    loss_decay,
    model_shape,
    pruning_damage,
    reinforcement,
    samples_per_neuron,
    three_exponents,
    transition_exists,
    transition_location,
    transition_scaling,
    transition_width,
)
from activstats.report.agreement_section import agreement_section
from activstats.report.capacity_section import capacity_section
from activstats.report.decay_section import decay_section
from activstats.report.elsewhere_section import elsewhere_section
from activstats.report.layers_section import layers_section
from activstats.report.models_section import models_section
from activstats.report.order_section import order_section
from activstats.report.runs_table import runs_section
from activstats.report.section import Lead, Section
from activstats.report.sweep_section import sweep_section
from activstats.report.tail_section import tail_section
from activstats.report.transition_section import transition_section

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from activstats.claims.evidence import Evidence
    from activstats.claims.verdict import Verdict

_ELSEWHERE = "Other claims"


@dataclass(frozen=True)
class _Maker:
    """How a section is made, and which claims lead it.

    Parameters
    ----------
    make : callable
        Returns the section, or None where there is nothing to show.
    heading : str
        Of the section where there are verdicts and nothing else.
    claims : tuple of str
        Titles of the claims, in the order of reading.
    """

    make: Callable[[Evidence], Section | None]
    heading: str
    claims: tuple[str, ...] = ()


MAKERS = (
    _Maker(models_section, "Form of the law and learning", (form_of_learning.TITLE,)),
    _Maker(sweep_section, "Is b one constant?", (b_over_widths.TITLE, b_over_rules.TITLE)),
    _Maker(tail_section, "Power laws in the counts", (bounded_law.TITLE, heavy_tail.TITLE)),
    _Maker(
        capacity_section,
        "Working neurons and free ones",
        (samples_per_neuron.TITLE, free_share.TITLE, pruning_damage.TITLE),
    ),
    _Maker(order_section, "Order and replicate runs", (reinforcement.TITLE,)),
    _Maker(
        transition_section,
        "Is there a transition in the loss?",
        (transition_exists.TITLE, transition_width.TITLE),
    ),
    _Maker(
        agreement_section,
        "Does the transition lie where the activations put it?",
        (transition_location.TITLE, transition_scaling.TITLE),
    ),
    _Maker(
        decay_section,
        "How the loss decays",
        (loss_decay.TITLE, three_exponents.TITLE, model_shape.TITLE),
    ),
    _Maker(layers_section, "Layer by layer"),
    _Maker(elsewhere_section, "Claims that other studies test"),
    _Maker(runs_section, "Runs", ()),
)


def sections(evidence: Evidence, verdicts: Sequence[Verdict] = ()) -> list[Section]:
    """Return the sections for which there is anything to show, in the order of reading.

    Parameters
    ----------
    evidence : Evidence
        What the sections show.
    verdicts : sequence of Verdict
        All verdicts; that on the growth law leads the page and no section, one on a claim that no
        section knows stands in a section of its own at the end.
    """
    leads = {one.title: Lead(one, place) for place, one in enumerate(verdicts, start=1)}
    leads.pop(growth_law.TITLE, None)
    found = []
    for maker in MAKERS:
        own = tuple(leads.pop(title) for title in maker.claims if title in leads)
        section = maker.make(evidence)
        if section is not None:
            found.append(replace(section, parts=(*own, *section.parts)))
        elif own:
            found.append(Section(maker.heading, own))
    return [*found, Section(_ELSEWHERE, tuple(leads.values()))] if leads else found
