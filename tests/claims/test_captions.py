"""The caption of a verdict's picture names what the picture shows, and nothing else."""

import math

import pytest

from activstats.claims.claim import Claim, Row, Shown, verdict
from activstats.claims.judging import Finding
from activstats.claims.seeds import OverSeeds
from activstats.claims.verdict import Outcome
from activstats.claims.words import significant

CLAIM = Claim(
    title="", source="", rule="", needs="", changes="", statistic="α − (1 − b)", words=significant
)
BARRED, BARE = OverSeeds(0.5, 0.4, 0.6, 3), OverSeeds(0.5, math.nan, math.nan, 1)


@pytest.mark.parametrize(
    ("found", "shown", "marks"),
    [
        (BARE, Shown(), ""),
        (BARRED, Shown(), "Bars: 95 % intervals over the seeds."),
        (BARE, Shown(rows=[Row("one", BARRED)]), "Bars: 95 % intervals over the seeds."),
        (BARE, Shown(margin=(-1.0, 1.0)), "Shaded: within the margin."),
        (BARE, Shown(margin=(1.0, math.inf), shaded="beyond it"), "Shaded: beyond it."),
    ],
)
def test_bars_and_shading_are_named_where_they_are_drawn(found, shown, marks):
    finding = Finding(Outcome.SUPPORTED)
    openings = {Outcome.SUPPORTED: "It is"}
    told = verdict(CLAIM, found, finding, openings=openings, subject="it is", shown=shown)
    assert told.picture.marks == marks
    assert told.picture.title == "α − (1 − b)"
    ax = told.picture.draw()
    assert bool(ax.patches) == ("haded" in marks)
