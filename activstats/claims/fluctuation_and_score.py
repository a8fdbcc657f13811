"""The claim that runs whose weights fluctuate more end better."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from activstats.claims.learning_rates_evidence import PUBLISHED, Arm, LearningRateEvidence
from activstats.claims.rate_words import (
    LEAST_SEEDS,
    ONE_SETTING,
    OURS,
    PAREEK,
    ends,
    not_testable,
    number,
    with_other_arms,
)
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick
from activstats.claims.words import counted
from activstats.dynamics.association import Association
from activstats.dynamics.association_result import AssociationResult
from activstats.laws.results import Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MARGIN = 0.3

TITLE = "Weights that fluctuate more end in better networks"
SOURCE = f"{PAREEK}: larger fluctuations go with better reconstruction"
NEEDS = "runs at two learning rates or more from at least three seeds"
CHANGES = (
    "More seeds at each rate, since only what differs within a rate is used: a correlation of "
    ".3 takes some 90 runs to be told from none."
)
STATISTIC = "correlation of late fluctuation and score within a learning rate"
RULE = (
    "Statistic: correlation over runs of the logarithm of the late fluctuation with the score, after "
    "the means of every learning rate and every seed were taken away, with Fisher’s 95 % interval. "
    "Score: minus the logarithm of the final test loss. Runs: published range of rates, Adam .0001 to "
    ".01 (SGD: .03 to 1). What varies between rates is not used: the rate moves both numbers, and "
    "they correlate between rates whether or not they have to do with each other. Equivalence margin, "
    "fixed beforehand: .3. Supported if the interval lies above 0. Contradicted if it lies below the "
    "margin: a correlation of that size is ruled out, or has the other sign. Undecided otherwise, and "
    "with fewer than three seeds."
)


def decide(evidence: LearningRateEvidence, arm: tuple[str, str] = PUBLISHED) -> Verdict:
    """Judge the claim by the rule in `RULE`.

    Parameters
    ----------
    evidence : LearningRateEvidence
        The runs of a study.
    arm : pair of str
        Task and optimiser that the verdict is on; the others are yardsticks.

    Returns
    -------
    Verdict
        Not testable where the arm has no runs.
    """
    return with_other_arms(evidence, arm, _judge, needs=NEEDS, changes=CHANGES)


def _judge(arm: Arm) -> Verdict:
    inside = arm.within_range()
    if inside.runs.empty:
        return not_testable(TITLE, SOURCE, RULE, STATISTIC, needs=NEEDS, arm=arm)
    found = _association(inside, "late")
    interval = found.interval("within")
    outcome, why = _outcome(found, interval)
    return Verdict(
        title=TITLE,
        source=SOURCE,
        rule=RULE,
        outcome=outcome,
        sentence=_sentence(arm, found, interval, why),
        statistic_name=STATISTIC,
        statistic=found["within"].value,
        interval=interval,
        yardsticks=_yardsticks(inside, found),
        picture=Picture(
            "Fluctuation and score",
            (
                "Each mark a run; marks of one kind share a learning rate and differ in seed alone. What the "
                "claim is judged by is the slant within a kind, not the course of the kinds."
            ),
            partial(_draw, inside),
        ),
        caveats=(
            (
                "Correlation within a rate is that of a few runs that differ by chance; nobody set the "
                "fluctuation, so that even a clear one would not say that fluctuation makes networks better."
            ),
            "Between rates both numbers follow the rate. That correlation is shown and decides nothing.",
            OURS,
            ONE_SETTING,
        ),
    )


def association_at(arm: Arm, window: str) -> AssociationResult:
    """Return the correlations of fluctuation and score in one window, or at equal loss."""
    return _association(arm, window)


def _association(arm: Arm, window: str) -> AssociationResult:
    if window == "equal loss":
        matched = arm.matched()
        x, y = matched.fluctuation, -_log(matched.test_loss)
    else:
        x, y = arm.table(f"fluctuation_{window}"), arm.score()
    names = ("log10 fluctuation of weights", "score: −log10 test loss")
    return Association().fit(arm.rates, _log(x), y, names=names)


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log10(np.where(values > 0, values, np.nan)))


def _outcome(found: AssociationResult, interval: tuple[float, float]) -> tuple[Outcome, str]:
    low, high = interval
    if found.n_seeds < LEAST_SEEDS or found.status is not Status.CONVERGED:
        return Outcome.UNDECIDED, "there are too few runs at each rate"
    if low > 0:
        return Outcome.SUPPORTED, ""
    if high < MARGIN:
        return Outcome.CONTRADICTED, f"a correlation of {MARGIN:g} or more is ruled out"
    return Outcome.UNDECIDED, f"neither none at all nor {MARGIN:g} is ruled out"


def _sentence(arm: Arm, found: AssociationResult, interval: tuple[float, float], why: str) -> str:
    told = (
        f"Within a learning rate late fluctuation and score correlate by "
        f"{number(found['within'].value)} ({ends(interval)}; {counted(found.n_obs, 'run')}, "
        f"{arm.title}), between rates by {number(found['between'].value)}"
    )
    return f"{told}{'; ' + why if why else ''}."


def _yardsticks(arm: Arm, late: AssociationResult) -> tuple[Yardstick, ...]:
    whole, equal = _association(arm, "whole"), _association(arm, "equal loss")
    rows = (
        ("between rates", late, "between", "late window; the rate moves both"),
        ("whole run", whole, "within", "within a rate, fluctuation over the whole run"),
        ("equal loss, within", equal, "within", "both at the same training loss"),
        ("equal loss, between", equal, "between", "both at the same training loss"),
    )
    sticks = [
        Yardstick(name, one[key].value, f"{words}; {ends(one.interval(key))}")
        for name, one, key, words in rows
    ]
    return (Yardstick("margin", MARGIN, "fixed beforehand"), *sticks)


def _draw(arm: Arm) -> Axes:
    return _association(arm, "late").plot()
