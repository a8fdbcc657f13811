"""The claim that the growth law describes the layers of a study."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

from activstats.claims.claim import effect_words
from activstats.claims.evidence import TRAINED, Evidence, counted_fits
from activstats.claims.growth_caveats import caveats
from activstats.claims.growth_distance import Distance, distance_of
from activstats.claims.growth_picture import draw_distances
from activstats.claims.seeds import LEVEL, OverSeeds
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import counted, grouped, listed, percent, percent_range, rule_words
from activstats.rules import DEFAULT_RULE

MARGIN = 0.05
LEAST_SEEDS = 3
CHANCE_LEVEL = 0.95

TITLE = "The growth law describes these layers"
SOURCE = (
    "Zhang & Sui 2024, arXiv 2412.18073: the law of K(D), here in its exact (beta-binomial) form"
)
NEEDS = (
    "recordings of trained networks under the rule top 1 % of the layer, from at least three seeds, "
    "in which K(D) is not over within some 50 samples"
)
CHANGES = (
    "Wider layers and more seeds, which narrow the interval; recordings long enough that K(D) is not over "
    "at once, and not so short that b cannot be had."
)
STATISTIC = "largest distance between measured and predicted K(D), as a share of the N neurons"
RULE = (
    "Statistic: the misfit sup over D of |K measured − K law| / N, where K measured is the rarefied "
    "curve of the counts and K law the exact law with its one constant b fitted by likelihood. Runs: "
    "trained networks at the largest training size, rule top 1 % of the layer. The misfits are "
    "averaged within each seed, and a 95 % t-interval is taken over the seeds, which are the "
    "independent units. Margin, fixed beforehand: 5 % of N. Supported if the interval ends at or "
    "below the margin. Contradicted if it begins above the margin and the mean misfit is also above "
    "the 95 % quantile of what chance alone gives when the law is true (counts drawn from the "
    "fitted law, refitted, averaged in the same way). Undecided otherwise, with fewer than three "
    "seeds, or where K(D) is saturated or b cannot be had in most of the runs."
)
MARKS = "Bars: 95 % intervals over the seeds, for chance alone what 90 % of its draws give; dashed: the margin."


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`.

    Parameters
    ----------
    evidence : Evidence
        With the misfits that chance alone gives for trained networks under the default rule.

    Returns
    -------
    Verdict
        Not testable where there is no trained network recorded under the default rule.
    """
    fits = evidence.select(kind=TRAINED, rule=DEFAULT_RULE.name)
    if not fits:
        return _not_testable(evidence)
    largest = max(fit.n_train for fit in fits)
    distance = distance_of(tuple(fit for fit in fits if fit.n_train == largest))
    finding = _judge(distance)
    exact = _from_zero(distance.exact)
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=finding.outcome,
        sentence=f"{finding.opening}: {_effect(distance)}",
        statistic_name=STATISTIC,
        statistic=distance.exact.mean,
        interval=(exact.low, exact.high),
        level=LEVEL,
        p=distance.p,
        yardsticks=_yardsticks(distance),
        picture=Picture(
            title="How far the law is from the measured curves",
            description=_description(distance),
            draw=partial(draw_distances, evidence, distance, MARGIN),
            marks=MARKS,
        ),
        caveats=caveats(evidence, distance),
        effect=effect_words(exact, percent),
        changes=CHANGES,
        needs=NEEDS,
    )


@dataclass(frozen=True)
class _Finding:
    outcome: Outcome
    opening: str


def _judge(distance: Distance) -> _Finding:
    if reason := _too_little(distance):
        return _undecided(reason)
    if distance.exact.high <= MARGIN:
        opening = "The growth law describes these layers to within 5 % of the neurons"
        return _Finding(Outcome.SUPPORTED, opening)
    if distance.exact.low <= MARGIN:
        return _undecided("the interval reaches to both sides of the margin of 5 % of the neurons")
    if not distance.chance.size:
        return _undecided("what chance alone gives was not drawn")
    if distance.exact.mean <= distance.chance_quantile(CHANCE_LEVEL):
        return _undecided("chance alone could put a true law as far off as this")
    opening = "The growth law does not describe these layers to within 5 % of the neurons"
    return _Finding(Outcome.CONTRADICTED, opening)


def _too_little(distance: Distance) -> str:
    told, all_runs = len(distance.fits), len(distance.fits) + len(distance.silent)
    if 2 * told <= all_runs:
        return (
            f"in {len(distance.silent)} of {counted_fits((*distance.fits, *distance.silent))} K(D) is saturated or "
            "b cannot be had"
        )
    if distance.exact.n_seeds < LEAST_SEEDS:
        seeds = counted(distance.exact.n_seeds, "seed")
        return f"{seeds} do not tell the spread between networks (at least three are needed)"
    return ""


def _undecided(reason: str) -> _Finding:
    opening = f"Whether the growth law describes these layers is undecided, because {reason}"
    return _Finding(Outcome.UNDECIDED, opening)


def _effect(distance: Distance) -> str:
    exact = distance.exact
    if exact.n_seeds == 0:
        return "there is no misfit to report."
    interval = (
        f"95 % interval over {counted(exact.n_seeds, 'seed')}: "
        f"{percent_range(exact.low, exact.high)}"
        if exact.n_seeds > 1
        else "one seed, so no interval"
    )
    widths = sorted({fit.width for fit in distance.fits})
    n_train = distance.fits[0].n_train
    return (
        f"at its worst point the law's curve K(D) is {percent(exact.mean)} of the neurons away from "
        f"the measured one ({interval}), averaged over {counted_fits(distance.fits)} of width "
        f"{listed([grouped(width) for width in widths])}, trained on {grouped(n_train)} samples, "
        f"{rule_words(DEFAULT_RULE.name)} activated per sample."
    )


def _from_zero(found: OverSeeds) -> OverSeeds:
    """Cut the interval to what a distance can be: none is below 0."""
    return replace(found, low=max(found.low, 0.0)) if math.isfinite(found.low) else found


def _yardsticks(distance: Distance) -> tuple[Yardstick, ...]:
    quantile = percent(distance.chance_quantile(CHANCE_LEVEL))
    chance = (
        f"mean misfit if the law is exactly true and neurons are independent; {quantile} is reached "
        "in 1 of 20 such studies"
    )
    return (
        Yardstick.of_share("margin", MARGIN, "fixed beforehand"),
        Yardstick.of_share("chance alone", distance.chance_mean, chance),
        Yardstick.of_share(
            "mean-field law", distance.mean_field.mean, "the published form, same b"
        ),
        Yardstick.of_share(
            "equal firing rates", distance.equal_rates.mean, "no constant at all: b = ∞"
        ),
    )


def _description(distance: Distance) -> str:
    return (
        f"Exact law {percent(distance.exact.mean)} of the neurons, chance alone "
        f"{percent(distance.chance_mean)}, mean-field law {percent(distance.mean_field.mean)}, equal "
        f"firing rates {percent(distance.equal_rates.mean)}; the margin is {percent(MARGIN)}."
    )


def _not_testable(evidence: Evidence) -> Verdict:
    trained = any(fit.kind == TRAINED for fit in evidence.fits)
    rules = listed([rule_words(rule) for rule in evidence.rules]) if evidence.rules else "nothing"
    reason = (
        f"the trained networks were recorded under {rules}, not under {rule_words(DEFAULT_RULE.name)}"
        if trained
        else "no trained network was recorded"
    )
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=Outcome.NOT_TESTABLE,
        sentence=f"Whether the growth law describes these layers cannot be tested here: {reason}.",
        statistic_name=STATISTIC,
        caveats=(f"The claim needs {NEEDS}.",),
        effect="–",
        changes=CHANGES,
        needs=NEEDS,
    )
