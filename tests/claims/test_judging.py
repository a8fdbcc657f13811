"""Intervals and tests that claims rest on are those of textbooks, and keep their error rates."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from activstats.claims import FittedLayer, Outcome
from activstats.claims.judging import p_against, within
from activstats.claims.seed_evidence import CurveOfSeed
from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.claims.spread import spread_between
from activstats.claims.transition_exists import joined_p
from activstats.laws.growth import GrowthLaw

EDGE = 0.1


def test_p_is_students(rng):
    values = rng.normal(0.3, 1, 6)
    found = p_against(over_seeds(enumerate(values)), 0.1)
    assert found == pytest.approx(stats.ttest_1samp(values, 0.1).pvalue)


def test_p_needs_two_seeds():
    assert p_against(over_seeds([(0, 1.0)]), 0.0) is None
    assert p_against(over_seeds([(0, 1.0), (1, 1.0)]), 1.0) == 1.0
    assert p_against(over_seeds([(0, 1.0), (1, 1.0)]), 0.0) == 0.0


def test_fitted_layers_have_the_shares_of_their_counts(rng):
    rates = np.concatenate([np.zeros(7), np.ones(5), rng.beta(0.6, 6, 88)])
    counts = rng.binomial(300, rates)
    fit = GrowthLaw().fit(counts, n_samples=300)
    found = FittedLayer(
        run="a", kind="trained", layer="relu", rule="above(0)", width=100, n_train=300, seed=0,
        step=0, fit=fit,
    )  # fmt: skip
    assert found.dead_share == pytest.approx((counts == 0).mean())
    assert found.always_on_share == pytest.approx((counts == 300).mean())


@pytest.mark.parametrize(
    ("truth", "wrong"), [(EDGE, Outcome.SUPPORTED), (EDGE, Outcome.CONTRADICTED)]
)
def test_wrong_verdicts_at_the_edge_of_the_margin_are_rare(rng, truth, wrong):
    """At the margin itself either verdict is wrong in at most 2.5 % of studies of three seeds."""
    outcomes = [
        within(over_seeds(enumerate(rng.normal(truth, 0.02, 3))), -EDGE, EDGE).outcome
        for _ in range(2000)
    ]
    assert np.mean([one is wrong for one in outcomes]) <= 0.025 + 3 * np.sqrt(0.025 / 2000)


def test_imprecise_seeds_are_undecided_whatever_the_mean():
    assert within(OverSeeds(0.0, -0.5, 0.5, 3), -EDGE, EDGE).outcome is Outcome.UNDECIDED
    assert within(OverSeeds(0.9, 0.0, 1.8, 3), -EDGE, EDGE).outcome is Outcome.UNDECIDED


def table(rng, tau, *, seeds=3, groups=5, noise=0.1):
    rows = rng.normal(0, tau, groups) + rng.normal(0, noise, (seeds, groups))
    rows += rng.normal(0, 0.3, (seeds, 1))  # seeds are blocks, and drop out
    return {(s, g): rows[s, g] for s in range(seeds) for g in range(groups)}


def test_f_test_is_that_of_a_two_way_analysis_of_variance(rng):
    import statsmodels.api as sm
    from statsmodels.formula.api import ols

    values = table(rng, 0.1)
    frame = pd.DataFrame([(s, g, y) for (s, g), y in values.items()], columns=["s", "g", "y"])
    expected = sm.stats.anova_lm(ols("y ~ C(s) + C(g)", frame).fit(), typ=1)
    found = spread_between(values)
    assert found.pvalue == pytest.approx(expected.loc["C(g)", "PR(>F)"])
    squares = expected["sum_sq"] / expected["df"]
    assert found.tau**2 == pytest.approx(max(squares["C(g)"] - squares["Residual"], 0) / 3)


@pytest.mark.parametrize("tau", [0.03, 0.1, 0.4])
def test_interval_of_the_spread_covers_the_truth(rng, tau):
    found = [spread_between(table(rng, tau)) for _ in range(1000)]
    covered = np.mean([one.low <= tau <= one.high for one in found])
    assert covered >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_groups_that_a_seed_lacks_are_left_out(rng):
    values = table(rng, 0.1)
    del values[1, 2]
    assert spread_between(values).n_groups == 4
    assert np.isnan(spread_between({(0, 1): 1.0, (0, 2): 2.0}).tau)


def test_joined_p_holds_its_level_where_widths_depend(rng):
    """Widths of a seed share one p: twice their mean is too large, and never too small."""
    rejected = [
        joined_p(
            [
                CurveOfSeed(kind="", width=w, seed=s, pvalue=p)
                for s, p in enumerate(rng.uniform(size=3))
                for w in (64, 128, 256)
            ]
        )
        <= 0.05
        for _ in range(2000)
    ]
    assert np.mean(rejected) <= 0.05
