"""The claim that the form of the growth law is evidence of learning."""

from __future__ import annotations

import math
from collections.abc import Sequence

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import RANDOM_LABELS, UNTRAINED, Evidence, FittedLayer
from activstats.claims.judging import BOTH_SIDES, Finding, p_against, too_few
from activstats.claims.seeds import OverSeeds, geometric, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import percent, significant
from activstats.rules import DEFAULT_RULE

MARGIN = 0.025
HIDDEN = "chance alone gives layers so narrow a misfit that could hide a departure"
CONTROLS = {UNTRAINED: "untrained networks", RANDOM_LABELS: "networks on random labels"}

TITLE = "The form of the growth law is evidence of learning"
SOURCE = (
    "read out of Zhang & Sui 2024, arXiv 2412.18073, who fit the law to trained networks; a network that "
    "learnt nothing should then not obey it"
)
NEEDS = (
    "recordings of trained networks from at least three seeds, and of the same networks untrained or "
    "trained on random labels, rule top 1 % of the layer"
)
CHANGES = (
    "A control that departs from the law by more than the trained networks do, by at least 2.5 % of the "
    "neurons and in every seed."
)
STATISTIC = "misfit of the control less that of the trained networks"
RULE = (
    "Statistic: misfit sup|K measured − K law|/N of the controls minus that of the trained networks of "
    "the same width and seed, rule top 1 % of the layer, the exact law fitted to each; averaged within "
    "each seed, 95 % t-interval over the seeds. Controls: untrained networks and networks on random "
    "labels; the one nearer to the trained networks decides. Margin, fixed beforehand: 2.5 % of the "
    "neurons. Supported if, for every control, the interval begins above the margin. Contradicted if, for "
    "a control, it ends below the margin even when the misfit that chance alone gives the trained networks "
    "is added, for so much of a departure can be lost in a misfit that is large already: then it obeys the "
    "law as well. Undecided otherwise, and with fewer than three seeds. p: Student’s test of equal misfit."
)


def _points(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:+.2f} % of N".replace("-", "−")


CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=_points,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    trained = {_place(f): f for f in evidence.trained(DEFAULT_RULE.name) if f.tells}
    if not trained:
        return not_testable(CLAIM, "no recording of a trained network tells b")
    pairs = {kind: _pairs(evidence, kind, trained) for kind in CONTROLS}
    pairs = {kind: several for kind, several in pairs.items() if several}
    if not pairs:
        return not_testable(CLAIM, "no network that learnt nothing was recorded beside them")
    found = {kind: _difference(several) for kind, several in pairs.items()}
    hidden = {kind: _by_chance(several) for kind, several in pairs.items()}
    nearest = min(found, key=lambda kind: found[kind].mean)
    return verdict(
        CLAIM,
        found[nearest],
        _judge(found, hidden),
        openings={
            Outcome.SUPPORTED: "Only networks that learnt obey the law",
            Outcome.CONTRADICTED: "The form of the law is no evidence of learning",
            Outcome.UNDECIDED: "Whether the form of the law is evidence of learning is undecided",
        },
        subject=f"the misfit of {CONTROLS[nearest]} less that of trained ones is",
        after=f"; {'; '.join(_b_in_words(kind, several) for kind, several in pairs.items())}",
        shown=Shown(
            first=CONTROLS[nearest],
            rows=[Row(CONTROLS[kind], one) for kind, one in found.items() if kind != nearest],
            margin=(-MARGIN, MARGIN),
            yardsticks=(
                Yardstick.of_share("margin", MARGIN, "share of the neurons, fixed beforehand"),
                *(_misfit_stick(kind, several) for kind, several in pairs.items()),
                Yardstick.of_share("by chance", hidden[nearest], "misfit that chance alone gives"),
            ),
            caveats=(
                (
                    "b is another matter: where it differs between trained networks and controls, its "
                    "value, not the law’s form, has something to do with what was learnt."
                ),
                (
                    "Controls see the same samples as the trained networks; that data of some structure "
                    "give unequal firing rates is no doing of the training."
                ),
            ),
        ),
        p=p_against(found[nearest], 0.0),
    )


Pair = tuple[FittedLayer, FittedLayer]
Place = tuple[int, int, str]


def _place(fit: FittedLayer) -> Place:
    return fit.width, fit.seed, fit.layer


def _pairs(evidence: Evidence, kind: str, trained: dict[Place, FittedLayer]) -> list[Pair]:
    controls = evidence.select(kind=kind, rule=DEFAULT_RULE.name)
    return [(one, trained[_place(one)]) for one in controls if one.tells and _place(one) in trained]


def _difference(pairs: Sequence[Pair]) -> OverSeeds:
    return over_seeds((one.seed, one.fit.misfit - other.fit.misfit) for one, other in pairs)


def _by_chance(pairs: Sequence[Pair]) -> float:
    """Return the mean misfit that chance alone gives the trained networks; their own where it was not drawn."""
    several = (
        (f.seed, float(f.chance.mean()) if f.chance.size else f.fit.misfit) for _, f in pairs
    )
    return over_seeds(several).mean


def _judge(found: dict[str, OverSeeds], hidden: dict[str, float]) -> Finding:
    for one in found.values():
        if reason := too_few(one):
            return Finding(Outcome.UNDECIDED, reason)
    if any(one.high + hidden[kind] < MARGIN for kind, one in found.items()):
        return Finding(Outcome.CONTRADICTED)
    if all(one.low > MARGIN for one in found.values()):
        return Finding(Outcome.SUPPORTED)
    if any(one.high < MARGIN for one in found.values()):
        return Finding(Outcome.UNDECIDED, HIDDEN)
    return Finding(Outcome.UNDECIDED, BOTH_SIDES)


def _b_in_words(kind: str, pairs: Sequence[Pair]) -> str:
    ratio = geometric((one.seed, one.fit.b / other.fit.b) for one, other in pairs)
    told = f"b of {CONTROLS[kind]} is {significant(ratio.mean, 2)} times that of trained ones"
    if math.isnan(ratio.low):
        return told
    return f"{told} ({significant(ratio.low, 2)} to {significant(ratio.high, 2)})"


def _misfit_stick(kind: str, pairs: Sequence[Pair]) -> Yardstick:
    misfit = over_seeds((one.seed, one.fit.misfit) for one, _ in pairs).mean
    of_trained = over_seeds((other.seed, other.fit.misfit) for _, other in pairs).mean
    return Yardstick.of_share(
        f"misfit, {kind}", misfit, f"trained: {percent(of_trained)} of the neurons"
    )
