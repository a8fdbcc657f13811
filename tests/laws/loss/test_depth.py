"""Depths at equal numbers of parameters: Fisher's blocked design, its error rates and its words."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.loss.depth import DepthComparison, compare_depths, compare_depths_of_runs
from activstats.laws.results import Status

BUDGETS = (1e3, 4e3, 16e3, 64e3)


def runs(rng, effect=0.0, cv=0.02, depths=(1, 2, 3), seeds=3, by_budget=0.0):
    """Return depth, budget, loss, seed; `effect` a layer on the log loss, seeds sharing theirs."""
    shared = 0.1 * rng.standard_normal(seeds)
    rows = [
        (
            depth,
            budget,
            math.exp(
                -0.2 * math.log(budget) + shared[seed] + cv * rng.standard_normal()
                + (effect + by_budget * place) * (depth - 1)
            ),
            seed,
        )
        for place, budget in enumerate(BUDGETS)
        for depth in depths
        for seed in range(seeds)
    ]  # fmt: skip
    return [np.array(column) for column in zip(*rows, strict=True)]


def compare(columns, **named):
    depth, budget, loss, seed = columns
    return compare_depths(depth, budget, loss, seed=seed, **named)


def test_two_depths_in_blocks_are_a_paired_t_test(rng):
    """With one run of each depth in every block, F is the square of Student's paired t."""
    depth, budget, loss, _ = runs(rng, effect=0.05, depths=(1, 2), seeds=1)
    found = compare_depths(depth, budget, loss)
    paired = stats.ttest_rel(np.log(loss[depth == 2]), np.log(loss[depth == 1]))
    assert found.statistic == pytest.approx(paired.statistic**2)
    assert found.pvalue == pytest.approx(paired.pvalue)
    ends = paired.confidence_interval(0.95)
    assert (found.ratios[0].low, found.ratios[0].high) == pytest.approx(np.exp([*ends]))


def test_f_of_depth_and_interaction_are_those_of_statsmodels(rng):
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    depth, budget, loss, seed = columns = runs(rng, effect=0.03, by_budget=0.01)
    found = compare(columns)
    table = pd.DataFrame({"y": np.log(loss), "depth": depth, "budget": budget, "seed": seed})
    additive = ols("y ~ C(budget) + C(seed) + C(depth)", table).fit()
    full = ols("y ~ C(budget) * C(depth) + C(seed)", table).fit()
    by_depth = anova_lm(additive, typ=2).loc["C(depth)"]
    assert (found.statistic, found.pvalue) == pytest.approx((by_depth["F"], by_depth["PR(>F)"]))
    assert found.interaction_pvalue == pytest.approx(anova_lm(additive, full).iloc[1]["Pr(>F)"])
    assert (found.df, found.df_residual) == (2, additive.df_resid)
    assert found.noise_level == pytest.approx(math.sqrt(full.mse_resid))
    ratio = found.ratios[1]
    assert ratio.ratio == pytest.approx(math.exp(additive.params["C(depth)[T.3]"]))
    # Bonferroni over the two depths that are compared with the smallest.
    ends = additive.conf_int(0.05 / 2).loc["C(depth)[T.3]"]
    assert (ratio.low, ratio.high) == pytest.approx(tuple(np.exp(ends)))


def test_what_depth_does_is_called_by_its_name(rng):
    answers = [
        compare(runs(rng, effect)).answer for effect in (-0.15, 0.15)
    ] + [compare(runs(rng, 0.0, cv=0.01)).answer, compare(runs(rng, 0.0, cv=0.2)).answer]  # fmt: skip
    assert answers == ["deeper is better", "deeper is worse", "no difference", "cannot tell"]


def test_an_effect_that_differs_between_budgets_is_said_to(rng):
    found = compare(runs(rng, by_budget=0.08))
    assert found.answer == "depends on the budget"
    assert found.interaction_pvalue < 1e-3
    at = {(one.depth, one.budget): one.ratio for one in found.ratios_by_budget}
    assert at[2, BUDGETS[0]] == pytest.approx(1, abs=0.06)
    assert at[2, BUDGETS[3]] == pytest.approx(math.exp(0.24), rel=0.06)


def test_depths_that_differ_by_less_than_the_margin_are_not_called_better(rng):
    found = compare(runs(rng, effect=-0.01, cv=0.001))
    assert found.answer == "no difference"
    assert found.pvalue < 1e-6
    assert any("do differ, but by less" in warning for warning in found.warnings)
    assert compare(runs(rng, effect=-0.01, cv=0.001), margin=0.005).answer == "deeper is better"


@pytest.mark.parametrize("matched", [True, False])
def test_without_an_effect_the_test_rejects_as_often_as_said(rng, matched):
    pvalues = []
    for _ in range(300):
        depth, budget, loss, seed = runs(rng, seeds=2)
        if not matched:
            loss = budget**-0.2 * np.exp(0.1 * rng.standard_normal(loss.size))
        found = compare_depths(depth, budget, loss, seed=seed if matched else None)
        pvalues.append((found.pvalue, found.interaction_pvalue))
    assert np.mean(np.array(pvalues) <= 0.05, axis=0) == pytest.approx([0.05, 0.05], abs=0.035)


def test_the_interval_of_a_ratio_holds_the_true_one(rng):
    true = math.exp(-0.05)
    found = [compare(runs(rng, effect=-0.05, depths=(1, 2))).ratios[0] for _ in range(300)]
    assert np.mean([one.low <= true <= one.high for one in found]) == pytest.approx(0.95, abs=0.035)


def test_matching_seeds_takes_out_what_they_share(rng):
    columns = runs(rng, effect=-0.03)
    matched = compare(columns)
    alone = compare_depths(*columns[:3])
    assert matched.matched
    assert not alone.matched
    assert matched.noise_level < alone.noise_level / 2
    assert "nothing that they share" in " ".join(alone.summary().split())


def test_seeds_of_their_own_for_every_run_cannot_be_matched(rng):
    depth, budget, loss, _ = runs(rng)
    found = compare_depths(depth, budget, loss, seed=np.arange(loss.size))
    assert not found.matched
    assert found.status is Status.CONVERGED


def test_budgets_of_a_single_depth_are_left_out_and_counted(rng):
    depth, budget, loss, seed = runs(rng, depths=(1, 2))
    kept = (budget != BUDGETS[3]) | (depth == 1)
    found = compare_depths(depth[kept], budget[kept], loss[kept], seed=seed[kept])
    assert found.n_obs == 18
    assert "1 budget was left out" in found.warnings[0]
    assert {cell.budget for cell in found.cells} == set(BUDGETS[:3])


@pytest.mark.parametrize(
    ("depth", "budget", "loss", "status", "said"),
    [
        ([1, 1, 1], [1, 1, 2], [0.5, 0.4, 0.3], Status.TOO_FEW, "more than one depth"),
        ([1, 2], [1, 1], [0.5, 0.4], Status.TOO_FEW, "as many numbers"),
        (
            [1, 2, 1, 2, 3, 4, 3, 4],
            [1, 1, 1, 1, 2, 2, 2, 2],
            [0.5, 0.4, 0.5, 0.41, 0.3, 0.2, 0.31, 0.2],
            Status.NOT_IDENTIFIABLE,
            "never trained at the budgets",
        ),
    ],
)
def test_where_depths_cannot_be_compared_there_is_a_reason(depth, budget, loss, status, said):
    found = compare_depths(depth, budget, loss)
    assert (found.answer, found.status) == ("cannot tell", status)
    assert said in found.reason
    assert found.plot().get_xlabel()
    assert found.summary()


def test_runs_without_scatter_are_no_trouble():
    depth, budget = np.array([1, 2, 1, 2] * 2), np.repeat([1.0, 2.0], 4)
    same = compare_depths(depth, budget, np.full(8, 0.5))
    assert (same.answer, same.pvalue) == ("no difference", 1.0)
    apart = compare_depths(depth, budget, np.where(depth == 2, 0.25, 0.5))
    assert (apart.answer, apart.pvalue) == ("deeper is better", 0.0)
    assert apart.ratios[0].ratio == pytest.approx(0.5)


def test_unequal_numbers_of_parameters_are_warned_of(rng):
    depth, budget, loss, seed = runs(rng)
    found = compare_depths(depth, budget, loss, seed=seed, n_parameters=budget * 1.08)
    assert found.most_unequal == pytest.approx(0.08)
    assert "up to 8 %" in found.warnings[0]


def test_a_studys_table_is_read_at_its_largest_training_set(rng):
    depth, budget, loss, seed = runs(rng, effect=-0.1)
    table = pd.DataFrame({
        "kind": np.where(depth == 1, "trained", "deep"), "depth": depth, "parameter_budget": budget,
        "n_parameters": budget, "n_train": 1000, "seed": seed, "test_loss": loss,
    })  # fmt: skip
    small = table.assign(n_train=100, test_loss=1.0)
    larger = table[table["depth"] == 1].assign(n_train=2000)
    other = table.assign(kind="random labels", test_loss=9.0)
    found = compare_depths_of_runs(pd.concat([table, small, larger, other]))
    expected = compare_depths(depth, budget, loss, seed=seed, n_parameters=budget)
    assert found.ratios == expected.ratios
    assert found.provenance == {"loss": "test_loss", "n_train": 1000}
    assert compare_depths_of_runs(pd.concat([table, small]), n_train=100).answer == "no difference"
    with pytest.raises(InputError, match="no column 'parameter_budget'"):
        compare_depths_of_runs(table.drop(columns="parameter_budget"))
    with pytest.raises(InputError, match="no run has that size"):
        compare_depths_of_runs(table, n_train=7)


def test_a_result_survives_json_and_becomes_tables_and_a_picture(rng):
    depth, budget, loss, seed = runs(rng, effect=-0.1)
    found = compare_depths(depth, budget, loss, seed=seed, n_parameters=budget)
    again = DepthComparison.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    grid = found.grid()
    assert grid.shape == (3, 4)
    here = (depth == 2) & (budget == 4e3)
    assert grid.loc[2, 4e3] == pytest.approx(stats.gmean(loss[here]))
    assert found.table()["n_runs"].tolist() == [3] * 12
    assert found.to_frame().loc[0, "ratio_3_to_1"] == found.ratios[1].ratio
    assert found.conf_int().loc["depth_2", "low"] == found.ratios[0].low
    with pytest.raises(DomainError):
        found.conf_int(0.8)
    assert found.plot().get_legend_handles_labels()[1] == [
        "1 hidden layer", "2 hidden layers", "3 hidden layers",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "columns",
    [
        ([1, 2], [1, 1], [0.5]),
        ([1, 1.5], [1, 1], [0.5, 0.4]),
        ([0, 1], [1, 1], [0.5, 0.4]),
        ([1, 2], [1, math.nan], [0.5, 0.4]),
        ([1, 2], [1, 1], [0.5, -0.4]),
        ([1, 2], [1, 1], [0.5, math.nan]),
        ([1, 2], ["a", "b"], [0.5, 0.4]),
        ([], [], []),
    ],
)
def test_what_are_no_runs_is_refused_in_words(columns):
    with pytest.raises(InputError) as refused:
        compare_depths(*columns)
    assert refused.value.what


@pytest.mark.parametrize("wrong", [{"margin": 0}, {"margin": 1.5}, {"level": 0.5}, {"level": 1}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(DomainError):
        compare_depths([1, 2], [1, 1], [0.5, 0.4], **wrong)


row = st.tuples(
    st.integers(1, 3), st.sampled_from([1.0, 2.0]), st.floats(1e-3, 1e3), st.integers(0, 2)
)


@settings(max_examples=60)
@given(st.lists(row, min_size=1, max_size=14))
def test_whatever_the_runs_there_is_an_answer_or_an_error_in_words(rows):
    depth, budget, loss, seed = zip(*rows, strict=True)
    try:
        found = compare_depths(depth, budget, loss, seed=seed)
    except ActivstatsError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    assert found.answer != "cannot tell" or found.reason
    assert all(one.low <= one.ratio <= one.high for one in found.ratios)
    assert found.summary()
    assert DepthComparison.from_json(found.to_json()).to_json() == found.to_json()
