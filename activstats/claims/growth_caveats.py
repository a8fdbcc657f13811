"""What a verdict on the growth law does not say."""

from __future__ import annotations

from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED, Evidence, counted_fits
from activstats.claims.growth_distance import Distance, distance_of
from activstats.claims.seeds import geometric
from activstats.claims.words import (
    counted,
    listed,
    percent,
    percent_range,
    rule_words,
    significant,
)
from activstats.rules import DEFAULT_RULE, Above

FROZEN = (
    "Frozen weights are no evidence for the process. Fixed unequal firing rates and the "
    "reinforcement process behind the law give the same counts, so this says how unequal the rates "
    "are and nothing about how they came to be."
)
CORRELATED = (
    "Neurons of a layer can fire together. The interval of b from a single run takes them to be "
    "independent and can be far too narrow (simulated layers with strong correlation were covered in "
    "50 to 58 % of the cases, not 95 %), and what chance alone gives can be too small. The spread over "
    "seeds is what to go by."
)
ONE_TABLE = (
    "Seeds change the initial weights, the order of the training samples and the batches. They share "
    "the table, its splits and the architecture, so nothing here speaks of other data or other networks."
)

PUBLISHED_RULE = Above(0)
_NOTHING_UNDER_PUBLISHED = (
    "Under the published rule a > 0 the curves of these layers are saturated and say nothing for or "
    "against the law."
)

_CONTROLS = {UNTRAINED: "untrained networks", RANDOM_LABELS: "networks on random labels"}


def caveats(evidence: Evidence, distance: Distance) -> tuple[str, ...]:
    """Return the caveats of a verdict, with the numbers of this study in them."""
    found = (
        _scope(evidence),
        FROZEN,
        _controls(evidence, distance),
        CORRELATED,
        _documents(evidence),
        _exactness(distance),
        _left_out(distance),
    )
    return tuple(words for words in (*found, ONE_TABLE) if words)


def _scope(evidence: Evidence) -> str:
    published = evidence.select(kind=TRAINED, rule=PUBLISHED_RULE.name)
    silent = published and not any(fit.tells for fit in published)
    words = (
        f"The verdict is on one rule, {rule_words(DEFAULT_RULE.name)}, and b was fitted to the same "
        "counts that it is held against."
    )
    return f"{words} {_NOTHING_UNDER_PUBLISHED}" if silent else words


def _documents(evidence: Evidence) -> str:
    intervals = evidence.examination.intervals
    if not intervals:
        return ""
    factors = [one.documents.inflation for one in intervals if one.documents.inflation > 0]
    wider = (
        f" (standard errors {significant(min(factors), 2)} to {significant(max(factors), 2)} times as "
        "large)"
        if factors
        else ""
    )
    return (
        f"Samples are tokens of {counted(evidence.examination.n_documents, 'document')}, and tokens of "
        "one document are not independent of each other. What chance alone gives, the intervals of "
        "single runs and every p-value from counts take samples to be independent, and can be too small. "
        "Intervals of b with whole documents as what is independent stand in the section on layers"
        f"{wider}. The interval over seeds does not rest on that, but all seeds read the same text."
    )


def _controls(evidence: Evidence, distance: Distance) -> str:
    controls = [
        (name, distance_of(evidence.select(kind=kind, rule=DEFAULT_RULE.name)))
        for kind, name in _CONTROLS.items()
    ]
    controls = [(name, control) for name, control in controls if control.fits]
    if not controls:
        return (
            "There are no controls in this study. Untrained networks and networks trained on random "
            "labels have been seen to obey the law as well, so its form is no evidence of learning."
        )
    trained = ("trained ones", distance)
    parts = [_b_and_misfit(name, shown) for name, shown in [*controls, trained]]
    return (
        "The form of the law is no evidence of learning; it has to be seen beside networks that "
        f"learnt nothing of the task: {'; '.join(parts)} (all widths, 95 % intervals over seeds)."
    )


def _b_and_misfit(name: str, distance: Distance) -> str:
    b, exact = geometric((fit.seed, fit.fit.b) for fit in distance.fits), distance.exact
    shown = f"{name} b = {significant(b.mean, 2)}"
    if exact.n_seeds < 2:  # noqa: PLR2004  (an interval needs two)
        return f"{shown}, misfit {percent(exact.mean)}"
    return (
        f"{shown} ({significant(b.low, 2)} to {significant(b.high, 2)}), misfit "
        f"{percent(exact.mean)} ({percent_range(max(exact.low, 0.0), exact.high)})"
    )


def _exactness(distance: Distance) -> str:
    if distance.p is None:
        return ""
    high, p = distance.chance_quantile(0.95), f"p = {distance.p:.2f}"
    if distance.exact.mean > high:
        return (
            "The law is an approximation, not the exact truth: chance alone would stay below "
            f"{percent(high)} in 95 % of studies ({p}). With enough neurons every real layer is found out "
            "in this way, which is why the size of the misfit decides and not its p-value."
        )
    return (
        f"The misfit, averaged over all widths, is no larger than what chance alone gives with "
        f"independent neurons (below {percent(high)} in 95 % of studies, {p}). That does not make the law "
        "exactly true: narrow layers, where chance alone is large, weigh most in the average, and a "
        "departure in wide ones may hide behind them."
    )


def _left_out(distance: Distance) -> str:
    if not distance.silent:
        return ""
    reasons = sorted({str(fit.fit.status) for fit in distance.silent})
    return (
        f"{counted_fits(distance.silent)} left out of the average: {listed(reasons)}. "
        "Averages of different seeds may so be over different widths."
    )
