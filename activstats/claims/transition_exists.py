"""The claim that the loss has a transition over log D."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.judging import Finding, too_few
from activstats.claims.loss_examination import LossExamination
from activstats.claims.seed_evidence import CurveOfSeed
from activstats.claims.seeds import LEVEL, OverSeeds, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, listed, percent

if TYPE_CHECKING:
    from activstats.laws.loss.transition_result import LossTransitionResult

MARGIN = 0.2
# A scale so near to the smallest training set leaves no plateau within the sizes.
NEAR_START = 2.0
BELOW_MARGIN = "curves without a scale are rejected, but the interval reaches below the margin"

TITLE = "The loss has a transition over log D"
SOURCE = "Zhang & Sui 2024, arXiv 2412.18073: a plateau, then a transition to a falling loss"
NEEDS = "losses of trained networks at five or more training sizes from at least three seeds"
CHANGES = (
    "Smaller training sets, which show more of the plateau, more sizes, and more seeds. What no size "
    "of sample mends: a learner without hidden neurons with the same curve."
)
STATISTIC = "share of the scatter about the best curve without scale that a crossover removes"
RULE = (
    "Statistic: 1 − RSS1/RSS0, RSS1 of the crossover, RSS0 of the best curve without a scale (flat, a "
    "line in log D, a power law with a floor), for the curve of each seed and width; averaged within "
    "each seed, 95 % t-interval over the seeds. p: of each curve by bootstrap under the best curve "
    "without scale; twice the mean over the widths of a seed, which holds however they depend (Vovk & "
    "Wang 2020), seeds joined after Fisher. Margin: .2, which the mean over the seeds reaches by chance "
    "in one of 20 simulated studies of noisy losses without a scale. Supported if p ≤ .05 and the "
    "interval begins at or above the margin. Contradicted if p > .05 and, at every width, all seeds "
    "together leave no D* above twice the smallest training set. Undecided otherwise, and with fewer "
    "than three seeds."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=percent,
)  # fmt: skip
AS_A_CURVE = (
    "Learners without hidden neurons ({names}) show a transition on the same training sets by the test at "
    ".05. Whatever the outcome, it is one on the shape of curves: there is no evidence for free neurons in "
    "it."
)
NO_CONTROL_SHOWS_IT = (
    "The learners without hidden neurons of this study show no transition by the test at .05. That rules "
    "them out as explanation and no others: a plateau at chance level is enough for a transition."
)
NO_CONTROL = (
    "There are no learners without hidden neurons in this study. Others have been seen to show the same "
    "transition, so it is no evidence for free neurons."
)
TIED = (
    "Training sets of a seed are nested and all seeds share one test set, which ties runs together; "
    "each curve’s test counts its runs as independent."
)


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    curves = curves_of(evidence, TRAINED)
    losses = evidence.examination.loss
    if not curves or losses is None:
        return not_testable(CLAIM, "no trained network has losses at five or more training sizes")
    found = shares(curves)
    p = joined_p(curves)
    widths = sorted({one.width for one in curves})
    return verdict(
        CLAIM,
        found,
        _judge(found, p, losses),
        openings={
            Outcome.SUPPORTED: "The loss has a transition over log D as a shape of the curve",
            Outcome.CONTRADICTED: "The loss has no transition over these sizes",
            Outcome.UNDECIDED: "Whether the loss has a transition is undecided",
        },
        subject="of the scatter about the best curve without a scale the crossover removes",
        shown=Shown(
            rows=[
                *(
                    Row(
                        f"N = {grouped(w)}",
                        shares([one for one in curves if one.width == w]),
                    )
                    for w in widths
                ),
                *(Row(kind, shares(curves_of(evidence, kind))) for kind in losses.controls),
            ],
            margin=(MARGIN, 1.0),
            shaded="beyond the margin",
            yardsticks=(Yardstick("margin", MARGIN, "what counts as a gain"), *_controls(evidence)),
            caveats=(_controls_in_words(evidence), TIED),
        ),
        p=p,
    )


def curves_of(evidence: Evidence, kind: str) -> tuple[CurveOfSeed, ...]:
    """Return the curves of one kind of learner that a test was made of."""
    return tuple(one for one in evidence.seeds.of_kind(kind) if math.isfinite(one.gain))


def shares(curves: Sequence[CurveOfSeed]) -> OverSeeds:
    """Return the mean gain over the seeds; an interval of shares ends at 0 and 1."""
    found = over_seeds((one.seed, one.gain) for one in curves)
    if math.isnan(found.low):
        return found
    return OverSeeds(found.mean, max(found.low, 0.0), min(found.high, 1.0), found.n_seeds)


def joined_p(curves: Sequence[CurveOfSeed]) -> float:
    """Return one p-value of curves of several seeds and widths.

    Examples
    --------
    >>> curves = [CurveOfSeed(kind="", width=w, seed=s, pvalue=0.01) for w in (1, 2) for s in (0, 1, 2)]
    >>> round(joined_p(curves), 5)
    0.00065
    """
    by_seed: dict[int, list[float]] = {}
    for one in curves:
        by_seed.setdefault(one.seed, []).append(one.pvalue)
    widths = max(len(several) for several in by_seed.values())
    factor = 2.0 if widths > 1 else 1.0
    ps = [min(1.0, factor * float(np.mean(several))) for several in by_seed.values()]
    return float(chdtrc(2 * len(ps), -2 * float(np.log(ps).sum())))


def _judge(found: OverSeeds, p: float, losses: LossExamination) -> Finding:
    if reason := too_few(found):
        return Finding(Outcome.UNDECIDED, reason)
    if p <= 1 - LEVEL:
        if found.low >= MARGIN:
            return Finding(Outcome.SUPPORTED)
        return Finding(Outcome.UNDECIDED, BELOW_MARGIN)
    if all(leaves_none(one) for one in losses.transitions.values()):
        return Finding(Outcome.CONTRADICTED)
    return Finding(Outcome.UNDECIDED, "curves without a scale do as well, and so does a transition")


def leaves_none(transition: LossTransitionResult) -> bool:
    """Tell whether losses leave no scale above twice the smallest training set."""
    start = float(transition.curve.sizes[0])
    return not transition.found and transition.d_star_high <= NEAR_START * start


def _controls(evidence: Evidence) -> list[Yardstick]:
    losses = evidence.examination.loss
    found = []
    for kind in losses.controls if losses else ():
        curves = curves_of(evidence, kind)
        if curves:
            gain = shares(curves).mean
            found.append(Yardstick(kind, gain, "no hidden neurons, the same training sets"))
    return found


def _controls_in_words(evidence: Evidence) -> str:
    losses = evidence.examination.loss
    known = [kind for kind in (losses.controls if losses else ()) if curves_of(evidence, kind)]
    if not known:
        return NO_CONTROL
    shown = [kind for kind in known if _shows_one(curves_of(evidence, kind))]
    if not shown:
        return NO_CONTROL_SHOWS_IT
    names = f"{listed(shown)}, {len(shown)} of {counted(len(known), 'kind')}"
    return AS_A_CURVE.format(names=names)


def _shows_one(curves: Sequence[CurveOfSeed]) -> bool:
    # A bend that the test sees is enough: the burden is on those who claim free neurons.
    return joined_p(curves) <= 1 - LEVEL
