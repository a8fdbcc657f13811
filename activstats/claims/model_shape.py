"""The claim that at equal numbers of parameters the shape of a network matters little."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from activstats.claims.claim import Claim, Row, Shown, not_testable, verdict
from activstats.claims.evidence import TRAINED, Evidence
from activstats.claims.judging import all_within, p_against
from activstats.claims.seeds import LEVEL, OverSeeds, geometric, over_seeds
from activstats.claims.verdict import Outcome, Verdict, Yardstick
from activstats.claims.words import counted, grouped, significant

if TYPE_CHECKING:
    import pandas as pd

MARGIN = 1.1
DEEP = "deep"
_NEEDED = frozenset({"kind", "depth", "parameter_budget", "n_train", "seed", "test_loss"})

TITLE = "At equal numbers of parameters the shape of the network matters little"
SOURCE = "scaling laws in which the loss goes with the number of parameters, and the growth law’s N alone"
NEEDS = (
    "networks of two or more depths with equal numbers of parameters on the same training set, from at "
    "least three seeds"
)
CHANGES = "More seeds, and depths further apart; training that suits each depth by itself."
STATISTIC = "loss of deeper networks over that of flat ones"
RULE = (
    "Statistic: test loss of a deeper network over that of the one with a single hidden layer, with as "
    "many parameters and of the same seed, on the largest training set; averaged in the logarithm over "
    "the budgets of a seed, 95 % t-interval over the seeds, the depth farthest from 1 where there are "
    "several. Margin, fixed beforehand: a factor of 1.1 to either side. Supported if every depth’s "
    "interval lies within the margin, contradicted if one lies outside of it, the level divided among "
    "the depths (Bonferroni), undecided otherwise and with fewer than three seeds. p: Student’s test of a ratio of 1, times the number of depths; a large "
    "p supports nothing."
)
CLAIM = Claim(
    title=TITLE, source=SOURCE, rule=RULE, needs=NEEDS, changes=CHANGES, statistic=STATISTIC,
    words=significant,
)  # fmt: skip


def decide(evidence: Evidence) -> Verdict:
    """Judge the claim by the rule in `RULE`."""
    ratios = loss_ratios(evidence.runs)
    if not ratios:
        return not_testable(CLAIM, "no deeper networks of equal size were trained")
    depths = sorted({depth for depth, _, _ in ratios})
    found = {depth: _over(ratios, depth) for depth in depths}
    share = (1 - LEVEL) / len(depths)
    wider = [_over(ratios, depth, level=1 - share) for depth in depths]
    farthest = max(found, key=lambda depth: abs(math.log(found[depth].mean)))
    logs = [
        over_seeds((s, math.log(r)) for (d, _, s), r in ratios.items() if d == x) for x in depths
    ]
    ps = [p for one in logs if (p := p_against(one, 0.0)) is not None]
    budgets = sorted({budget for _, budget, _ in ratios})
    return verdict(
        CLAIM,
        found[farthest],
        all_within([*found.values()], wider, 1 / MARGIN, MARGIN),
        openings={
            Outcome.SUPPORTED: "Depth matters little at equal numbers of parameters",
            Outcome.CONTRADICTED: "Depth matters at equal numbers of parameters",
            Outcome.UNDECIDED: "Whether depth matters at equal numbers of parameters is undecided",
        },
        subject=f"with {counted(farthest, 'hidden layer')} the loss, over that with one, is",
        after=f", over {counted(len(budgets), 'budget')} of parameters",
        shown=Shown(
            rows=[
                Row(f"{grouped(budget)} parameters", _over(ratios, farthest, budget))
                for budget in budgets
            ],
            margin=(1 / MARGIN, MARGIN),
            log=True,
            yardsticks=(Yardstick("margin", MARGIN, "factor to either side, fixed beforehand"),),
            caveats=(
                "Budgets are averaged; the effect of depth may differ between small and large networks.",
                "All networks were trained alike. Deeper ones may want other rates or more steps.",
            ),
        ),
        p=min(1.0, len(depths) * min(ps)) if ps else None,
    )


Ratios = dict[tuple[int, int, int], float]


def loss_ratios(runs: pd.DataFrame) -> Ratios:
    """Return the loss of deeper over flat networks by depth, budget and seed."""
    if not set(runs.columns) >= _NEEDED or DEEP not in set(runs["kind"]):
        return {}
    known = runs[runs["parameter_budget"].notna() & runs["depth"].notna()]
    deep, trained = known[known["kind"] == DEEP], known[known["kind"] == TRAINED]
    largest = deep["n_train"].max()
    flat = {
        (int(row.parameter_budget), int(row.seed)): float(row.test_loss)
        for row in trained[trained["n_train"] == largest].itertuples()
    }
    ratios: Ratios = {}
    for row in deep[deep["n_train"] == largest].itertuples():
        budget, seed = int(row.parameter_budget), int(row.seed)
        loss, of_flat = float(row.test_loss), flat.get((budget, seed), math.nan)
        if 0 < loss < math.inf and 0 < of_flat < math.inf:
            ratios[int(row.depth), budget, seed] = loss / of_flat
    return ratios


def _over(ratios: Ratios, depth: int, budget: int | None = None, level: float = LEVEL) -> OverSeeds:
    own = ((n, seed, ratio) for (d, n, seed), ratio in ratios.items() if d == depth)
    return geometric(((seed, ratio) for n, seed, ratio in own if budget in {None, n}), level)
