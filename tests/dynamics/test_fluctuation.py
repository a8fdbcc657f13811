"""Fluctuation is what a straight line leaves of a weight; drift is the line."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from activstats.dynamics.fluctuation import Fluctuation
from activstats.dynamics.fluctuation_measures import MEASURES, neuron_drift, neuron_fluctuation
from activstats.dynamics.fluctuation_result import FluctuationResult
from activstats.dynamics.moments_by_layer import join
from activstats.dynamics.weight_moments import WeightMoments
from activstats.errors import DomainError, InputError, LayerNotFoundError
from activstats.laws.results import Status


def moments(values, times=None):
    return WeightMoments.of_snapshots(np.asarray(values, dtype=float), times)


def sums(values, times):
    values, times = np.asarray(values, dtype=float), np.asarray(times, dtype=float)
    return {
        "n": len(times),
        "sum_t": times.sum(),
        "sum_tt": (times**2).sum(),
        "sum_w": values.sum(axis=0),
        "sum_ww": (values**2).sum(axis=0),
        "sum_tw": np.tensordot(times, values, axes=1),
    }


def test_constant_weights_neither_fluctuate_nor_drift(rng):
    weights = np.repeat(rng.normal(1e6, 1, (1, 7, 5)), 30, axis=0)
    found = moments(weights)
    assert not found.fluctuation.any()
    assert not found.drift.any()
    assert not found.spread.any()


def test_constant_weights_of_plain_sums_do_not_fluctuate_either(rng):
    weights = np.repeat(rng.normal(size=(1, 7, 5)), 30, axis=0)
    found = WeightMoments.of_sums(**sums(weights, np.arange(30)))
    assert not found.fluctuation.any()
    assert not found.drift.any()


def test_a_pure_trend_is_all_drift():
    times = np.arange(0, 200, 10)
    slopes = np.array([[0.5, -2.0], [0.0, 1e-3]])
    found = moments(3 + slopes * times[:, None, None], times)
    np.testing.assert_allclose(found.fluctuation, 0, atol=1e-12)
    np.testing.assert_allclose(found.slope, slopes, atol=1e-14)
    np.testing.assert_allclose(found.drift, slopes * 190, atol=1e-11)
    # With its trend left in, the SD of evenly spaced times is left.
    np.testing.assert_allclose(found.spread, np.abs(slopes) * times.std(ddof=1))


def test_white_noise_has_its_own_sd_whatever_the_trend(rng):
    noise = 0.03 * rng.normal(size=(50, 40, 25))
    trend = np.arange(50)[:, None, None] * rng.normal(size=(40, 25))
    found = moments(noise + trend)
    mean_square = np.mean(found.fluctuation**2)
    # 48 degrees of freedom for each of 1,000 weights: a chi-square with 48,000.
    low, high = 0.03**2 * stats.chi2(48_000).ppf([1e-4, 1 - 1e-4]) / 48_000
    assert low < mean_square < high


def test_a_sawtooth_of_two_values_has_its_closed_form():
    # +1, −1, +1, …: n values, odd, around the line Σ(t − t̄)w = 0 and w̄ = 1/n.
    n = 101
    weights = (-1.0) ** np.arange(n)
    left = n - 1 / n  # Σw² − n w̄²
    found = moments(weights[:, None, None])
    np.testing.assert_allclose(found.fluctuation, np.sqrt(left / (n - 2)))


def test_a_random_walk_fluctuates_as_the_root_of_the_window(rng):
    # Brownian motion around its least-squares line: variance length · σ²/15.
    steps = rng.normal(size=(400, 120, 100))
    found = moments(np.cumsum(steps, axis=0))
    assert np.mean(found.fluctuation**2) == pytest.approx(400 / 15, rel=0.05)


def test_it_is_scipys_regression_for_every_weight(rng):
    times = np.sort(rng.choice(1000, 15, replace=False))
    weights = rng.normal(size=(15, 3, 4))
    found = moments(weights, times)
    for index in np.ndindex(3, 4):
        line = stats.linregress(times, weights[(slice(None), *index)])
        left = weights[(slice(None), *index)] - line.intercept - line.slope * times
        assert found.slope[index] == pytest.approx(line.slope)
        assert found.fluctuation[index] == pytest.approx(np.sqrt(left @ left / 13))


@given(st.integers(4, 30), st.integers(1, 29), st.integers(0, 2**32 - 1))
def test_moments_of_parts_add_up_to_those_of_the_whole(n, cut, seed):
    rng = np.random.default_rng(seed)
    cut = min(cut, n - 1)
    times = np.sort(rng.choice(500, n, replace=False)).astype(float)
    weights = rng.normal(100, 1, (n, 3, 2))
    whole = moments(weights, times)
    both = moments(weights[:cut], times[:cut]) + moments(weights[cut:], times[cut:])
    for name in ("fluctuation", "slope", "spread", "drift"):
        np.testing.assert_allclose(getattr(both, name), getattr(whole, name), rtol=1e-7, atol=1e-9)


@given(st.integers(4, 40), st.integers(0, 2**32 - 1))
def test_plain_sums_say_what_snapshots_say(n, seed):
    rng = np.random.default_rng(seed)
    times = np.arange(n) * 3.0
    weights = rng.normal(size=(n, 4, 3)) + times[:, None, None] * 0.01
    found = WeightMoments.of_sums(**sums(weights, times))
    np.testing.assert_allclose(found.fluctuation, moments(weights, times).fluctuation, rtol=1e-6)
    np.testing.assert_allclose(found.drift, moments(weights, times).drift, rtol=1e-6, atol=1e-9)


def test_sums_that_no_numbers_have_are_refused():
    with pytest.raises(InputError, match="no numbers have these sums"):
        WeightMoments.of_sums(n=4, sum_t=6, sum_tt=14, sum_w=[8.0], sum_ww=[1.0], sum_tw=[1.0])


def test_a_neuron_is_the_root_mean_square_over_what_leads_to_it(rng):
    # SDs 3 and 4 by construction: sawtooth of that height.
    saw = (-1.0) ** np.arange(1001)
    weights = np.stack([3 * saw, 4 * saw], axis=1)[:, None, :]
    assert neuron_fluctuation(moments(weights)) == pytest.approx(np.sqrt(12.5), rel=2e-3)
    trend = np.arange(11.0)[:, None, None] * np.array([[[3.0, 4.0]]])
    assert neuron_drift(moments(trend)) == pytest.approx(10 * np.sqrt(12.5))


def scaled_saw(sds, n=1001):
    """Weights whose temporal SDs are those of the array (n_neurons, n_inputs)."""
    saw = (-1.0) ** np.arange(n)
    unit = moments(saw[:, None, None]).fluctuation[0, 0]
    return saw[:, None, None] * np.asarray(sds, dtype=float) / unit


def test_every_variant_of_the_spread_of_the_spread_is_what_its_name_says(rng):
    sds = rng.uniform(0.5, 2, (9, 6))
    layer = Fluctuation().fit({"fc.weight": scaled_saw(sds)})["fc", "whole"]
    inner = sds.std(axis=1, ddof=1)
    wanted = {
        "fluctuation": np.sqrt(np.mean(sds**2)),
        "spread_of_spread": inner.std(ddof=1),
        "mean_spread": inner.mean(),
        "spread_of_means": sds.mean(axis=1).std(ddof=1),
        "spread_of_all": sds.std(ddof=1),
        "relative_spread": inner.std(ddof=1) / sds.mean(),
    }
    assert set(wanted) <= set(MEASURES)
    for name, value in wanted.items():
        assert layer.estimate(name).value == pytest.approx(value, rel=1e-9), name


def test_neurons_that_are_alike_have_no_spread_of_spread():
    layer = Fluctuation().fit({"fc.weight": scaled_saw(np.tile([1.0, 2.0, 3.0], (8, 1)))})
    assert layer["fc", "whole"].estimate("spread_of_spread").value == pytest.approx(0, abs=1e-9)
    assert layer["fc", "whole"].estimate("mean_spread").value == pytest.approx(1)


def test_weight_and_bias_are_one_layer(rng):
    weight, bias = rng.normal(size=(20, 4, 3)), rng.normal(size=(20, 4))
    result = Fluctuation().fit({"net.fc.weight": weight, "net.fc.bias": bias, "scale": bias})
    assert {one.layer for one in result.layers} == {"net.fc", "scale"}
    assert result["net.fc", "whole"].n_inputs == 4
    joined = join([moments(weight), moments(bias[..., None])]).fluctuation
    assert result["net.fc", "whole"].estimate("fluctuation").value == pytest.approx(
        np.sqrt(np.mean(joined**2))
    )


def test_a_network_is_the_root_mean_square_of_all_its_weights(rng):
    sds = {"fc1.weight": rng.uniform(0.5, 2, (9, 6)), "fc2.weight": rng.uniform(2, 5, (4, 3))}
    found = Fluctuation().fit({name: scaled_saw(one) for name, one in sds.items()})
    every = np.concatenate([one.ravel() for one in sds.values()])
    assert found.of_network("whole") == pytest.approx(np.sqrt(np.mean(every**2)))
    slopes = {name: np.arange(41.0)[:, None, None] * one for name, one in sds.items()}
    drift = Fluctuation().fit(slopes).of_network("whole", "drift")
    assert drift == pytest.approx(40 * np.sqrt(np.mean(every**2)))


def test_the_late_window_is_the_end_of_the_run(rng):
    weights = rng.normal(size=(100, 5, 4))
    weights[75:] = 0.1 * weights[75:] + 3
    result = Fluctuation(late_share=0.25).fit({"w": weights})
    late = result["w", "late"]
    assert late.n_times == 25
    expected = moments(weights[75:]).fluctuation
    assert late.estimate("fluctuation").value == pytest.approx(np.sqrt(np.mean(expected**2)))
    assert result["w", "whole"].estimate("fluctuation").value > 5 * expected.mean()


def test_intervals_over_neurons_hold_the_truth(rng):
    held = []
    for _ in range(200):
        sds = rng.gamma(4, 0.25, (40, 1)) * np.ones((1, 5))
        layer = Fluctuation().fit({"w": scaled_saw(sds, 5)})["w", "whole"]
        low, high = layer.estimate("fluctuation").interval(0.95)
        held.append(low <= np.sqrt(20 / 16) <= high)  # E[sd²] of the gamma: k(k + 1)θ²
    assert 0.9 <= np.mean(held) <= 0.99


@pytest.mark.parametrize("axis", [1, 2])
def test_the_order_of_neurons_and_of_inputs_does_not_matter(rng, axis):
    weights = rng.normal(size=(12, 6, 5))
    mixed = np.take(weights, rng.permutation(weights.shape[axis]), axis=axis)
    one, other = (Fluctuation().fit({"w": values}).params for values in (weights, mixed))
    assert one == pytest.approx(other)


def test_activations_are_measured_as_weights_are(rng):
    # (times, neurons, samples) of SDs 1 and 2
    acts = rng.normal(size=(200, 2, 300)) * np.array([1.0, 2.0])[:, None]
    found = Fluctuation(of="activations").fit({"relu": acts})["relu", "whole"]
    assert found.neurons == pytest.approx((1.0, 2.0), rel=0.02)


def test_a_result_survives_json_and_prints(rng):
    result = Fluctuation().fit({"fc.weight": rng.normal(size=(20, 4, 3))}, provenance={"run": "a"})
    again = FluctuationResult.from_json(result.to_json())
    assert again == result
    assert "fc, late" in result.summary()
    assert "<table>" in result._repr_html_()
    frame = result.to_frame()
    assert frame["layer"].tolist() == ["fc", "fc"]
    assert (frame["fluctuation_low"] < frame["fluctuation"]).all()
    assert json.loads(result.to_json())["status"] == "converged"
    assert result.conf_int(0.5)["low"].iloc[0] > result.conf_int()["low"].iloc[0]
    assert result.plot().get_xlabel().startswith("fluctuation of a neuron's weights")
    with pytest.raises(LayerNotFoundError):
        result["fc", "early"]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_too_few_times_are_a_status_and_no_number(n, rng):
    result = Fluctuation().fit({"w": rng.normal(size=(n, 3, 2))})
    assert result.status is Status.TOO_FEW
    assert "at least 4" in result.reason
    assert result.params == {}
    assert "too few" in result.summary()
    assert len(result.to_frame()) == 2


@pytest.mark.parametrize(
    ("snapshots", "times"),
    [
        ({}, None),
        ({"w": np.full((5, 2, 2), np.nan)}, None),
        ({"w": np.zeros((5, 2, 2)), "v": np.zeros((4, 2))}, None),
        ({"w": np.zeros((5, 2, 2))}, [0, 1, 2, 3]),
        ({"w": np.zeros((5, 2, 2))}, [0, 1, 2, 2, 3]),
        ({"w": np.zeros((5, 2, 2))}, [0, 1, 2, 3, np.inf]),
        ({"w": np.zeros((0, 2, 2))}, None),
        ({"w": np.array(["a"] * 5)}, None),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(snapshots, times):
    with pytest.raises(InputError):
        Fluctuation().fit(snapshots, times)


@pytest.mark.parametrize("settings", [{"late_share": 0}, {"late_share": 1.5}, {"level": 1.0}])
def test_settings_outside_their_domain_are_refused(settings):
    with pytest.raises(DomainError):
        Fluctuation(**settings)


def test_the_callers_arrays_stay_as_they_are(rng):
    weights = rng.normal(size=(10, 3, 2)).astype(np.float32)
    before = weights.copy()
    weights.flags.writeable = False
    Fluctuation().fit({"w": weights})
    np.testing.assert_array_equal(weights, before)
