"""The claim that the transition moves with the width as N/c does."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from activstats.claims.claim import Claim, Row, Shown, not_testable, signed, verdict
from activstats.claims.evidence import Evidence
from activstats.claims.judging import Finding, p_against, within
from activstats.claims.over_layers import over_layers
from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.claims.transition_exists import TIED
from activstats.claims.transition_location import log_places, missing
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, significant
from activstats.rules import DEFAULT_RULE

MARGIN = 0.25
LEAST_WIDTHS = 3
# How near the slope of ln c over ln N is to 0 or 1 to be called that.
NEAR = 0.1

TITLE = "The transition moves with the width as N/c does"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: the threshold bN/c, proportional to N for a fixed c"
NEEDS = (
    "losses that show a transition at three or more widths, and recordings of the same networks from "
    "at least three seeds"
)
CHANGES = (
    "A wider range of widths, more seeds. A rule or a network that activates as many neurons whatever "
    "its width would test the statement for fixed c, γ = 1."
)
STATISTIC = "slope of log D* over log N, less that of log(N/c)"
RULE = (
    "Statistic: γ, the least-squares slope of log D* of the losses over log N, minus the slope of "
    "log(N/c) of the recordings at the same widths, rule top 1 % of the layer; for each seed by itself, "
    "95 % t-interval over the seeds. With c fixed the theory has γ = 1; with c proportional to N the "
    "threshold b/ρ, ρ = c/N, does not move and γ = 0: c is measured at every N and the case is named. "
    "Widths: those whose losses, all seeds together, show a transition. Margin, fixed beforehand: ±.25. "
    "Supported if the interval lies within the margin and the threshold itself is predicted to move, its "
    "slope more than the margin away from 0; contradicted if the interval lies outside of the margin; "
    "undecided otherwise and with fewer than three seeds. p: Student’s test of 0; a large p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=signed,
)  # fmt: skip

Places = dict[tuple[int, int], float]


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    log_d, log_c = log_places(evidence), log_active(evidence)
    places = sorted(log_d.keys() & log_c.keys())
    widths = {width for width, _ in places}
    if not places:
        return not_testable(CLAIM, missing(evidence))
    if len(widths) < LEAST_WIDTHS:
        shown = counted(len(widths), "width")
        return not_testable(CLAIM, f"{shown} of at least {LEAST_WIDTHS} show a transition")
    gamma = slopes({place: log_d[place] for place in places})
    of_c = slopes({place: log_c[place] for place in places})
    excess = {seed: gamma[seed] - (1 - of_c[seed]) for seed in gamma}
    found = over_seeds(excess.items())
    c_slope = over_seeds(of_c.items()).mean
    return verdict(
        CLAIM,
        found,
        _judge(found, c_slope),
        openings={
            Outcome.SUPPORTED: "The transition moves with the width as N/c does",
            Outcome.CONTRADICTED: "The transition does not move with the width as N/c does",
            Outcome.UNDECIDED: "Whether the transition moves with the width as N/c does is undecided",
        },
        subject="the slope of log D* over log N less that of log(N/c) is",
        after=f"; {case_of_c(c_slope)}",
        shown=Shown(
            rows=[
                Row("γ, slope of D*", over_seeds(gamma.items())),
                Row("slope of N/c", over_seeds((seed, 1 - x) for seed, x in of_c.items())),
            ],
            margin=(-MARGIN, MARGIN),
            shaded="within the margin, for the first row alone",
            yardsticks=(
                Yardstick("margin", MARGIN, "to either side, fixed beforehand"),
                Yardstick("γ", over_seeds(gamma.items()).mean, "slope of log D* over log N"),
                Yardstick("γ predicted", 1 - c_slope, "1 − slope of log c over log N"),
            ),
            caveats=(
                "γ = 1 is the statement for a c that does not grow with N; here it is tested only as "
                "far as c is fixed."
                if abs(c_slope) > NEAR
                else "",
                "Widths that show no transition are left out, which can bend the slope.",
                TIED,
            ),
        ),
        p=p_against(found, 0.0),
    )


def _judge(found: OverSeeds, c_slope: float) -> Finding:
    """Judge by the margin; a threshold that hardly moves puts nothing to the test."""
    finding = within(found, -MARGIN, MARGIN)
    if finding.outcome is Outcome.SUPPORTED and abs(1 - c_slope) <= MARGIN:
        return Finding(
            Outcome.UNDECIDED,
            "c grows nearly like N, and a transition that never moves would agree as well",
        )
    return finding


def log_active(evidence: Evidence) -> Places:
    """Return ln c by width and seed under the default rule."""
    return over_layers(
        ((fit.width, fit.seed), math.log(fit.fit.c))
        for fit in evidence.trained(DEFAULT_RULE.name)
        if fit.fit.c > 0
    )


def slopes(places: Mapping[tuple[int, int], float]) -> dict[int, float]:
    """Return the slope over ln N of each seed that has the number at three widths or more.

    Examples
    --------
    >>> found = slopes({(n, 0): 2 * math.log(n) for n in (64, 128, 256)})
    >>> round(found[0], 9)
    2.0
    """
    found = {}
    for seed in dict.fromkeys(seed for _, seed in places):
        own = {width: value for (width, s), value in places.items() if s == seed}
        if len(own) >= LEAST_WIDTHS:
            found[seed] = float(np.polyfit(np.log(list(own)), list(own.values()), 1)[0])
    return found


def case_of_c(slope: float) -> str:
    """Return what c does as N grows, and what the theory then says.

    Examples
    --------
    >>> case_of_c(0.98)
    'here c goes like N^0.98, proportional to N, where the theory has γ = 0'
    """
    grows = f"here c goes like N^{significant(slope, 2).replace('-', '−')}"
    if abs(slope) <= NEAR:
        return f"{grows}, as good as fixed, where the theory has γ = 1"
    if abs(slope - 1) <= NEAR:
        return f"{grows}, proportional to N, where the theory has γ = 0"
    return f"{grows}, where the theory has γ = {significant(1 - slope, 2).replace('-', '−')}"
