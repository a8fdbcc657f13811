"""The claim that free neurons can be taken out at no loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.judging import p_against, together, within
from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import grouped, percent

if TYPE_CHECKING:
    import pandas as pd

MARGIN = 0.01
LEAST_REMOVED = 0.05
COUNTED, HELD_OUT = "free_counted_accuracy_drop", "free_held_out_accuracy_drop"
_NEEDED = ("free_removed", COUNTED, HELD_OUT)

TITLE = "Free neurons can be taken out at no loss, on counted and on other samples"
SOURCE = (
    "Zhang & Sui 2024, arXiv 2412.18073: the free share is what a network can be compressed by without "
    "touching what it has seen"
)
NEEDS = (
    "runs of trained networks from at least three seeds that were scored whole and without the neurons "
    "that half of the recorded samples never activated, on that half and on the other"
)
CHANGES = (
    "Another meaning of activated: neurons that never put out anything can be taken out without any "
    "change on counted data, by arithmetic. Removal followed by more training is another question."
)
STATISTIC = "loss of accuracy on samples that were not counted"
RULE = (
    "Statistic: accuracy of the whole network minus that without the neurons that no sample of one half "
    "of the recorded rows put among the top 1 % of the layer, on the other half. Beside it the same on "
    "the counted half. Runs: trained networks on the largest training set; averaged within each seed, "
    "95 % t-interval over the seeds. Margin, fixed beforehand: one percentage point. Supported if both "
    "intervals end below the margin, contradicted if one begins above it, undecided otherwise and with "
    "fewer than three seeds. Not testable where fewer than 5 % of the neurons are removed. p: Student’s "
    "test of no loss on samples that were not counted; a large p supports nothing."
)


def points(share: float) -> str:
    """Write a difference of shares in percentage points.

    Examples
    --------
    >>> points(0.0123), points(-0.004), points(-0.0002), points(float("nan"))
    ('1.2 points', '−0.4 points', '0.0 points', '–')
    """
    # Nothing has no sign, whichever side it was rounded from.
    return (
        "–" if math.isnan(share) else f"{round(100 * share, 1) + 0.0:.1f} points".replace("-", "−")
    )


CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=points,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    runs = pruned_runs(evidence)
    if runs.empty:
        return not_testable(CLAIM, "no trained network was scored without its free neurons")
    removed = mean_of(runs, "free_removed").mean
    if removed < LEAST_REMOVED:
        return not_testable(CLAIM, f"only {percent(removed)} of the neurons are free")
    held_out, counted = mean_of(runs, HELD_OUT), mean_of(runs, COUNTED)
    widths = sorted(runs["width"].unique().tolist())
    return verdict(
        CLAIM,
        held_out,
        together([within(one, -math.inf, MARGIN) for one in (held_out, counted)]),
        openings={
            Outcome.SUPPORTED: "Free neurons can be taken out at a loss of less than one point",
            Outcome.CONTRADICTED: "Taking out free neurons costs more than one point",
            Outcome.UNDECIDED: "Whether free neurons can be taken out at no loss is undecided",
        },
        subject=(
            f"without {percent(removed)} of the neurons the loss on samples that were not counted is"
        ),
        after=(
            f", on the counted samples by {points(counted.mean)} ({points(counted.low)} to "
            f"{points(counted.high)}){_beside_random(runs)}"
        ),
        shown=Shown(
            rows=[
                Row("counted", counted),
                *(
                    Row(
                        f"not counted, N = {grouped(w)}",
                        mean_of(runs[runs["width"] == w], HELD_OUT),
                    )
                    for w in widths
                ),
                *_others_rows(runs),
            ],
            margin=(-MARGIN, MARGIN),
            yardsticks=(
                Yardstick("margin", MARGIN, "one percentage point, fixed beforehand"),
                Yardstick("removed", removed, "share of the neurons"),
                *_others(runs),
            ),
            caveats=(
                *_no_better_than_random(runs),
                (
                    "Both halves hold samples that the networks were trained on: what was not counted may "
                    "still have been seen in training."
                ),
                (
                    "A free neuron under this rule may well fire, if never among the strongest; the loss "
                    "is that of its output."
                ),
            ),
        ),
        p=p_against(held_out, 0.0),
    )


def pruned_runs(evidence: Evidence) -> pd.DataFrame:
    """Return the trained runs on the largest training set that were scored without free neurons."""
    runs = evidence.runs
    if not {"kind", "n_train", "width", "seed", *_NEEDED} <= set(runs.columns):
        return runs.iloc[:0]
    trained = runs[runs["kind"] == TRAINED]
    trained = trained[trained["n_train"] == trained["n_train"].max()]
    known: pd.DataFrame = trained[trained[list(_NEEDED)].notna().all(axis=1)]
    return known


def mean_of(runs: pd.DataFrame, column: str) -> OverSeeds:
    """Return the mean of a column within seeds, then over them."""
    return over_seeds(zip(runs["seed"].astype(int), runs[column].astype(float), strict=True))


_OTHERS = {
    "random": "as many neurons at random",
    "silent": "only neurons whose output was never above 0",
}


def _others(runs: pd.DataFrame) -> list[Yardstick]:
    known = {name: words for name, words in _OTHERS.items() if f"{name}_removed" in runs}
    return [
        Yardstick(
            f"without {words}",
            mean_of(runs, f"{name}_held_out_accuracy_drop").mean,
            "samples not counted",
        )
        for name, words in known.items()
    ]


def _at_random(runs: pd.DataFrame) -> OverSeeds | None:
    known = "random_removed" in runs
    return mean_of(runs, "random_held_out_accuracy_drop") if known else None


def _beside_random(runs: pd.DataFrame) -> str:
    """Name the control in the sentence: what as many neurons cost that are not free."""
    at_random = _at_random(runs)
    if at_random is None:
        return ""
    ends = f"{points(at_random.low)} to {points(at_random.high)}"
    return f"; without as many at random, on the former, by {points(at_random.mean)} ({ends})"


def _no_better_than_random(runs: pd.DataFrame) -> list[str]:
    at_random = _at_random(runs)
    if at_random is None or not abs(at_random.mean) < MARGIN:
        return []
    return [
        (
            "As many neurons taken out at random cost less than a point, too: the network has room to spare, "
            "and nothing here says that it is the free neurons that it can spare."
        )
    ]


def _others_rows(runs: pd.DataFrame) -> list[Row]:
    return [
        Row(f"not counted, {name}", mean_of(runs, f"{name}_held_out_accuracy_drop"))
        for name in _OTHERS
        if f"{name}_removed" in runs
    ]
