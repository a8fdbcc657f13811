"""The claim on samples per working neuron, by how fast layers grow with the data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from activstats.claims.claim import Claim, Row, Shown, not_testable, signed, verdict
from activstats.claims.evidence import Evidence, FittedLayer
from activstats.claims.judging import Finding, p_against, together, within
from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import rule_words
from activstats.laws.capacity_scaling import DISCREPANCY
from activstats.laws.curves import expected_activated

LEAST_WIDTHS = 3
# How far c may go with N and count as fixed: c ∝ N^±.1 at most.
FIXED_C = 0.1
GROWTHS = (2.0, 0.5)
SIGN = 0.02

TITLE = (
    "Samples per working neuron fall where layers outgrow the data, and rise where they lag behind"
)
SOURCE = (
    "the law of Zhang & Sui 2024, R = cD/K with N ∝ D^s: R falls for s > 1 and rises for s < 1; their "
    "summary says the opposite for s > 1"
)
NEEDS = (
    "trained networks of at least three widths from at least three seeds, recorded under a rule whose c "
    "does not go with the width, such as the winner of each sample"
)
CHANGES = (
    "A b that is the same at every width under a rule with fixed c, which the law takes for granted; a "
    "wider range of widths."
)
STATISTIC = "slope of log R over log D"
RULE = (
    "Statistic: least-squares slope of log R over log D, R = cD/K samples per working neuron, in "
    "trained networks of all widths, each rarefied to the D that N ∝ D^s gives it (the widest keeps all "
    "its samples): measured at s = 2 and at s = 1/2, so that the growth is set and known. Rule: the first "
    "recorded one whose c goes like N to a power of at most ±.1. For each seed by itself, 95 % t-interval "
    "over the seeds. Predicted with one b: negative at s = 2, positive at s = 1/2; a slope within ±.02 of "
    "0 is none. Supported if both intervals lie beyond that on the predicted sides, contradicted if one "
    "lies on the other side, or within ±.02, undecided otherwise and with fewer than three seeds. p: "
    "Student’s test of a slope of 0 at s = 2."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=signed,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    rule, fits = _with_fixed_c(evidence)
    if not fits:
        return not_testable(CLAIM, rule)
    outgrown, lagging = (slopes(fits, growth) for growth in GROWTHS)
    by_law = [slopes(fits, growth, law=True).mean for growth in GROWTHS]
    return verdict(
        CLAIM,
        outgrown,
        _judge(outgrown, lagging),
        openings={
            Outcome.SUPPORTED: "Samples per working neuron fall and rise where the law says",
            Outcome.CONTRADICTED: "Samples per working neuron do not go as the law says",
            Outcome.UNDECIDED: "Which way samples per working neuron go is undecided",
        },
        subject="where layers outgrow the data, N ∝ D², R goes like D to the power",
        after=(
            f", where they lag behind, N ∝ √D, to the power {signed(lagging.mean)} "
            f"({signed(lagging.low)} to {signed(lagging.high)}), {rule_words(rule)}; the law with one b gives "
            f"{signed(by_law[0])} and {signed(by_law[1])}"
        ),
        shown=Shown(
            first="N ∝ D²",
            rows=[Row("N ∝ √D", lagging)],
            margin=(-SIGN, SIGN),
            yardsticks=(
                Yardstick("N ∝ √D", lagging.mean, "slope where layers lag behind"),
                Yardstick("law, N ∝ D²", by_law[0], "slope of the law with one b for all widths"),
                Yardstick("law, N ∝ √D", by_law[1], "the same"),
            ),
            caveats=(
                f"{DISCREPANCY[0].upper()}{DISCREPANCY[1:]}.",
                (
                    "Under a top share of the layer c grows with N, and R then depends on D alone: the "
                    "statement does not apply there."
                ),
                (
                    "A smaller D is had here by leaving out recorded samples of the same network, not by "
                    "training on fewer."
                ),
            ),
        ),
        p=p_against(outgrown, 0.0),
    )


def _judge(outgrown: OverSeeds, lagging: OverSeeds) -> Finding:
    return together([within(outgrown, -math.inf, -SIGN), within(lagging, SIGN, math.inf)])


def _with_fixed_c(evidence: Evidence) -> tuple[str, Sequence[FittedLayer]]:
    """Return the first rule with fixed c and its fits, or what is missing and none."""
    most = 0
    for rule in evidence.rules:
        fits = [fit for fit in evidence.trained(rule) if fit.fit.k and fit.fit.c > 0]
        widths = {fit.width for fit in fits}
        most = max(most, len(widths))
        if len(widths) < LEAST_WIDTHS:
            continue
        n, c = np.log([fit.width for fit in fits]), np.log([fit.fit.c for fit in fits])
        if abs(np.polyfit(n, c, 1)[0]) <= FIXED_C:
            return rule, fits
    if most < LEAST_WIDTHS:
        return f"trained networks of fewer than {LEAST_WIDTHS} widths were recorded", ()
    return "under every recorded rule c goes with the width, and the statement is for a fixed c", ()


def slopes(fits: Sequence[FittedLayer], growth: float, *, law: bool = False) -> OverSeeds:
    """Return the slope of ln R over ln D with N ∝ D^growth over the seeds.

    Parameters
    ----------
    fits : sequence of FittedLayer
        Of several widths and seeds under one rule.
    growth : float
        s.
    law : bool
        R of the growth law with one b for all widths of a seed, not of the counts.
    """
    found = []
    for seed in dict.fromkeys(fit.seed for fit in fits):
        own = [fit for fit in fits if fit.seed == seed]
        if len({fit.width for fit in own}) < LEAST_WIDTHS:
            continue
        widest = max(fit.width for fit in own)
        sizes = [fit.fit.n_samples * (fit.width / widest) ** (1 / growth) for fit in own]
        sizes = [max(1, round(size)) for size in sizes]
        b = _common_b(own) if law else None
        logs = [_log_per_neuron(fit, size, b) for fit, size in zip(own, sizes, strict=True)]
        found.append((seed, float(np.polyfit(np.log(sizes), logs, 1)[0])))
    return over_seeds(found)


def _common_b(fits: Sequence[FittedLayer]) -> float:
    """Return the geometric mean of b, ∞ where every layer fires alike."""
    logs = [math.log(fit.fit.b) for fit in fits if 0 < fit.fit.b < math.inf]
    return math.exp(float(np.mean(logs))) if logs else math.inf


def _log_per_neuron(fit: FittedLayer, size: int, b: float | None) -> float:
    if b is None:
        k = float(fit.fit.rarefied([size])[0])
    else:
        k = float(np.ravel(expected_activated(size, n_neurons=fit.width, b=b, c=fit.fit.c))[0])
    return math.log(fit.fit.c * size / k)
