"""What a report says of a whole study: its name, rules that say nothing, draws, widest gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.claims.evidence import TRAINED
from activstats.claims.words import listed, rule_words
from activstats.report.growth_pictures import mean_field_gap, shown_runs

if TYPE_CHECKING:
    from activstats.claims.evidence import Evidence


def study_title(evidence: Evidence) -> str:
    """Return the names of the tables that a study is on."""
    names = evidence.runs["dataset"].unique() if "dataset" in evidence.runs else ()
    return listed([str(name) for name in names]) if len(names) else "study"


def silent_rules(evidence: Evidence) -> list[str]:
    """Return the rules under which the counts of no trained network tell b."""
    return [
        rule_words(rule)
        for rule in evidence.rules
        if not any(fit.has_b for fit in evidence.select(kind=TRAINED, rule=rule))
    ]


def gap_of_mean_field(evidence: Evidence) -> float:
    """Return the largest distance between the two forms of the law, in the runs shown."""
    return max((mean_field_gap(run.fit) for run in shown_runs(evidence)), default=float("nan"))


def draws_of_chance(evidence: Evidence) -> int:
    """Return how often each law was drawn from to see what chance alone gives."""
    return max((fit.chance.size for fit in evidence.fits), default=0)
