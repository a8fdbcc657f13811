"""Pooling fits and tables: groups, and what is said of them."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

import activstats
from activstats.laws.growth import GrowthLaw
from activstats.laws.pooling import pool
from activstats.laws.results import Status


def table(**columns):
    base = {"b": [0.20, 0.22, 0.19, 0.35, 0.33], "bse": 0.06, "width": [64, 64, 64, 512, 512]}
    return pd.DataFrame(base | columns)


def fitted(draw_counts, b, **provenance):
    values, multiplicities = np.unique(draw_counts(400, b, 6, 900), return_counts=True)
    histogram = SimpleNamespace(values=values, multiplicities=multiplicities)
    return GrowthLaw().fit(
        SimpleNamespace(n_samples=900, histogram=histogram, provenance=provenance)
    )


@pytest.fixture
def fits(draw_counts):
    several = [(0.2, 64), (0.2, 64), (0.2, 64), (0.8, 512), (0.8, 512)]
    return [
        fitted(draw_counts, b, recording=f"run-{i}", rule="top1%", width=width, layer="relu")
        for i, (b, width) in enumerate(several)
    ]


def test_pool_is_part_of_the_public_face():
    assert activstats.pool is pool


def test_fits_are_pooled_by_what_their_provenance_knows(fits):
    pooled = pool(fits, by="width")
    assert pooled.group_names == ("width 64", "width 512")
    assert [found.k for found in pooled.groups] == [3, 2]
    low, high = (math.exp(found.mean) for found in pooled.groups)
    assert low == pytest.approx(0.2, rel=0.3)
    assert high == pytest.approx(0.8, rel=0.3)
    assert pooled.between.pvalue < 0.05
    assert pooled.status is Status.CONVERGED
    assert pooled.warnings == ("with 5 results, tau² and I² are uncertain: read their intervals",)


def test_fits_and_their_table_give_the_same(fits):
    frame = pd.concat([fit.to_frame() for fit in fits])
    assert pool(frame, by="width").to_json() == pool(fits, by="width").to_json()


def test_results_can_be_given_by_name(fits):
    pooled = pool({f"run {i}": fit for i, fit in enumerate(fits)})
    assert pooled.labels == tuple(f"run {i}" for i in range(5))


def test_pooled_b_its_interval_and_weights_are_those_of_statsmodels():
    """Paule & Mandel's tau², there "iterated", and Hartung & Knapp's interval."""
    from statsmodels.stats.meta_analysis import combine_effects

    log_b = np.log([0.2, 0.22, 0.19, 0.35, 0.33, 0.5])
    se = np.array([0.06, 0.1, 0.05, 0.08, 0.2, 0.12])
    peer = combine_effects(log_b, se**2, method_re="iterated")
    pooled = pool(pd.DataFrame({"b": np.exp(log_b), "bse": se}), interval="hartung-knapp")
    mean, error = peer.mean_effect_re, peer.sd_eff_w_re_hksj
    low, high = peer.conf_int(use_t=True)[3]
    found = np.log([pooled.b, pooled.b_low, pooled.b_high])
    assert found.tolist() == pytest.approx([mean, low, high], rel=1e-6)
    assert (pooled.bse, pooled.params["tau2"]) == pytest.approx((error, peer.tau2), rel=1e-6)
    assert pooled.weights == pytest.approx(peer.weights_rel_re, rel=1e-6)
    # Higgins, Thompson & Spiegelhalter 2009: a new value by t on k − 2 degrees of freedom.
    reach = t.ppf(0.975, 4) * math.hypot(math.sqrt(peer.tau2), error)
    assert np.log(pooled.prediction).tolist() == pytest.approx([mean - reach, mean + reach])


def test_attributes_of_results_make_groups_too(fits):
    assert pool(fits, by="n_neurons").group_names == ("n_neurons 400",)


def test_combinations_of_columns_make_groups():
    pooled = pool(table(layer=["a", "b", "a", "a", "a"]), by=["width", "layer"])
    assert pooled.group_names == ("width 64, layer a", "width 64, layer b", "width 512, layer a")
    assert pooled.between.df_residual == 2


def test_numbers_order_groups_as_numbers_and_mixtures_as_text():
    assert pool(table(), by="width").group_names == ("width 64", "width 512")
    mixed = pool(table(width=[64, 64, "a", 512, 512]), by="width")
    assert len(mixed.group_names) == 3


def test_groups_of_one_result_each_have_no_test_between_and_say_so():
    pooled = pool(table(seed=range(5)), by="seed")
    assert pooled.between is None
    assert "no group holds a second result" in pooled.findings[1]
    assert "only one group" in pool(table(kind="trained"), by="kind").findings[1]


def test_several_results_of_one_recording_are_named_dependent(fits):
    again = [*fits, fits[0]]
    assert any("2 results come from recordings" in line for line in pool(again).warnings)
    assert not any("come from recordings" in line for line in pool(fits).warnings)
    frame = table(run=["a", "a", "b", "c", "d"])
    assert any("not independent" in line for line in pool(frame).warnings)


def test_pooling_over_rules_is_named(fits):
    frame = table(rule=["argmax", "argmax", "top1%", "top1%", "top1%"])
    assert any("depends on the rule" in line for line in pool(frame).warnings)
    assert not any("depends on the rule" in line for line in pool(frame, by="rule").warnings)


def test_a_small_p_with_a_tiny_scatter_is_of_no_practical_note():
    b = 0.3 * np.exp(np.tile([-0.02, 0.02], 30))
    found = pool(pd.DataFrame({"b": b, "bse": 0.005}))
    assert found.overall.pvalue < 1e-6
    assert "no practical note" in found.findings[0]
    assert "not one constant" not in found.findings[0]


def test_no_heterogeneity_is_never_worded_as_proof():
    found = pool(pd.DataFrame({"b": [0.30, 0.31, 0.29], "bse": 0.1}))
    assert "no proof" in found.findings[0]
    assert "tau up to" in found.findings[0]


def test_a_prediction_that_cannot_be_trusted_is_named():
    words = "may be too narrow"
    close = pd.DataFrame({"b": [0.30, 0.31, 0.29, 0.33], "bse": 0.1})
    assert any(words in line for line in pool(close).warnings)
    assert not any(words in line for line in pool(table()).warnings)


def test_clear_heterogeneity_is_said():
    assert "b is not one constant here" in pool(table()).findings[0]


@pytest.mark.slow
def test_fits_of_simulated_layers_share_one_b_as_often_as_they_should(draw_counts):
    """100 studies of six layers with b = .3: pooled interval and size of Q on real fits."""
    held, rejected = [], []
    for _ in range(100):
        fits = [GrowthLaw().fit(draw_counts(256, 0.3, 4, 600), n_samples=600) for _ in range(6)]
        pooled = pool(fits)
        held.append(pooled.b_low <= 0.3 <= pooled.b_high)
        rejected.append(pooled.overall.pvalue < 0.05)
    assert np.mean(held) >= 0.93
    assert np.mean(rejected) <= 0.12
