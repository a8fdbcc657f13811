"""The claim that the transition lies at D* = bN/c of the recordings."""

from __future__ import annotations

import math

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.judging import p_against, within
from activstats.claims.over_layers import over_layers
from activstats.claims.seeds import OverSeeds, geometric, over_seeds
from activstats.claims.transition_exists import TIED
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import grouped, significant
from activstats.rules import DEFAULT_RULE

MARGIN = 2.0

TITLE = "The transition lies at log(bN/c)"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: the threshold D* = bN/c"
NEEDS = (
    "losses that show a transition at some width, and recordings of the same networks from at least "
    "three seeds whose counts tell b and c"
)
CHANGES = (
    "More seeds and more sizes about the transition: D* of a single seed is off by a factor of its own. "
    "Another activation rule has another bN/c."
)
STATISTIC = "D* of the losses over bN/c of the recordings"
RULE = (
    "Statistic: D* of the losses over bN/c of the recording of the same width and seed, rule top 1 % of "
    "the layer; widths whose losses, all seeds together, show a transition. D* is that of the theory’s "
    "form s = 1, or of the fit with free s where that form is rejected. Averaged in the logarithm "
    "within each seed, 95 % t-interval over the seeds. Margin, fixed beforehand: a factor of 2 to either "
    "side. Supported if the interval lies within the margin, contradicted if it lies outside of it, "
    "undecided otherwise and with fewer than three seeds. p: Student’s test of a ratio of 1; a large p "
    "supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=significant,
)  # fmt: skip
_KNEE_OF_CONTROLS = (
    "Learners without hidden neurons are told apart from the networks, or are not, in the table of "
    "controls; a knee in the same place as theirs takes this agreement away as evidence for free neurons."
)


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    ratios = log_ratios(evidence)
    if not ratios:
        return not_testable(CLAIM, missing(evidence))
    logs = over_seeds((seed, value) for (_, seed), value in ratios.items())
    found = geometric((seed, math.exp(value)) for (_, seed), value in ratios.items())
    return verdict(
        CLAIM,
        found,
        within(found, 1 / MARGIN, MARGIN),
        openings={
            Outcome.SUPPORTED: "The transition lies where the activations put it, within a factor of 2",
            Outcome.CONTRADICTED: "The transition does not lie where the activations put it",
            Outcome.UNDECIDED: "Whether the transition lies at bN/c is undecided",
        },
        subject="D* of the losses over bN/c is",
        shown=Shown(
            rows=[Row(f"N = {grouped(w)}", _of_width(ratios, w)) for w in widths_of(ratios)],
            margin=(1 / MARGIN, MARGIN),
            log=True,
            yardsticks=(Yardstick("margin", MARGIN, "factor to either side, fixed beforehand"),),
            caveats=(
                "Under other rules bN/c lies elsewhere: the verdict is on this one.",
                _KNEE_OF_CONTROLS if evidence.examination.loss is not None else "",
                TIED,
            ),
        ),
        p=p_against(logs, 0.0),
    )


def log_ratios(evidence: Evidence) -> dict[tuple[int, int], float]:
    """Return ln of D* over bN/c by width and seed, where both are known."""
    predicted = over_layers(
        ((fit.width, fit.seed), math.log(fit.fit.b * fit.width / fit.fit.c))
        for fit in evidence.trained(DEFAULT_RULE.name)
        if fit.tells and 0 < fit.fit.b < math.inf and fit.fit.c > 0
    )
    return {
        place: log_d - predicted[place]
        for place, log_d in log_places(evidence).items()
        if place in predicted
    }


def log_places(evidence: Evidence) -> dict[tuple[int, int], float]:
    """Return ln D* of the losses by width and seed, at widths that show a transition."""
    losses = evidence.examination.loss
    shown = {n for n, one in losses.transitions.items() if one.found} if losses else set()
    return {
        (one.width, one.seed): math.log(one.d_star)
        for one in evidence.seeds.of_kind(TRAINED)
        if one.width in shown and 0 < one.d_star < math.inf
    }


def missing(evidence: Evidence) -> str:
    """Return what the study lacks to compare D* with bN/c."""
    if evidence.examination.loss is None:
        return "no trained network has losses"
    if not log_places(evidence):
        return "the losses show no transition at any width"
    return "no recording of the same networks tells b under the default rule"


def widths_of(ratios: dict[tuple[int, int], float]) -> list[int]:
    """Return the widths that occur, ascending."""
    return sorted({width for width, _ in ratios})


def _of_width(ratios: dict[tuple[int, int], float], width: int) -> OverSeeds:
    return geometric((seed, math.exp(x)) for (w, seed), x in ratios.items() if w == width)
