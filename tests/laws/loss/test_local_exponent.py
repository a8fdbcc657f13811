"""The local exponent is that of the curve, and says where noise has swallowed it."""

import math

import numpy as np
import pytest

from activstats.errors import DomainError, InputError
from activstats.laws.loss import LossCurve, LossDecay, LossTransition
from activstats.laws.loss._excess import floor_influence
from activstats.laws.loss.families import CROSSOVER, POWER_LAW
from activstats.laws.loss.fit import fit_family
from activstats.laws.loss.local_exponent import crossover_exponent, local_exponent
from activstats.laws.results import Status

D = np.geomspace(10, 20_000, 12)


def noisy(expected, seed, cv=0.01, seeds=3):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


def crossover_loss(d, b=0.6, d_star=200.0):
    return 0.3 + 2 * (1 + d / d_star) ** -b


@pytest.mark.parametrize("window", [2, 3, 5])
def test_a_power_law_has_the_same_exponent_everywhere(window):
    found = local_exponent(D, 0.3 + 4 * D**-0.4, window=window)
    assert found.status is Status.CONVERGED
    assert found.d.size == 12 - window + 1
    np.testing.assert_allclose(found.exponent, 0.4, rtol=1e-5)
    assert ((D[0] < found.d) & (found.d < D[-1])).all()


def test_the_theory_has_half_of_b_at_d_star():
    np.testing.assert_allclose(crossover_exponent([80.0], b=0.5, d_star=80), [0.25])


def test_the_theory_is_the_derivative_of_its_crossover():
    d, step = np.array([3.0, 80.0, 1e4]), 1e-5
    up, down = (np.log((1 + d * np.exp(s) / 80) ** -0.5) for s in (step, -step))
    np.testing.assert_allclose(
        crossover_exponent(d, b=0.5, d_star=80), -(up - down) / (2 * step), rtol=1e-6
    )


def test_along_a_crossover_it_is_that_of_the_theory():
    d = np.geomspace(1, 1e6, 121)
    found = local_exponent(d, crossover_loss(d), floor="crossover", b=0.6, d_star=200)
    np.testing.assert_allclose(found.exponent, found.theory, atol=1e-3)
    np.testing.assert_allclose(found.exponent, found.theory_seen, atol=1e-4)
    assert (np.diff(found.exponent) > 0).all()


@pytest.mark.parametrize("window", [2, 3, 5])
def test_wide_windows_see_the_theory_as_they_see_the_curve(window):
    d = np.geomspace(10, 20_000, 8)
    found = local_exponent(d, crossover_loss(d), floor=0.3, window=window, b=0.6, d_star=200)
    np.testing.assert_allclose(found.exponent, found.theory_seen, rtol=1e-9)
    np.testing.assert_allclose(found.theory, found.theory_seen, atol=0.05)


def test_slopes_of_unequally_precise_sizes_are_put_where_a_parabola_has_them():
    """ln(L − L_inf) = −c x²/2: the slope at x is −c x, so places tell the exponents."""
    d = np.exp(np.linspace(1, 4, 10))
    found = local_exponent(d, 1 + np.exp(-0.2 * np.log(d) ** 2), floor=1.0)
    np.testing.assert_allclose(found.exponent, 0.4 * np.log(found.d), rtol=2e-2)


@pytest.mark.parametrize("family", [POWER_LAW, CROSSOVER], ids=lambda family: family.name)
def test_a_floor_follows_the_means_as_its_influence_says(family):
    expected = crossover_loss(D) if family is CROSSOVER else 0.3 + 4 * D**-0.4
    fit = fit_family(family, LossCurve(D, expected), noise="additive")
    influence = floor_influence(fit)
    for i in (0, 5, 11):
        step = 1e-4 * np.eye(12)[i]
        up, down = (
            fit_family(family, LossCurve(D, expected + s), noise="additive").params["loss_opt"]
            for s in (step, -step)
        )
        assert influence[i] == pytest.approx((up - down) / 2e-4, rel=0.02)


@pytest.mark.slow
def test_intervals_hold_the_true_exponents_of_a_power_law():
    held = []
    for seed in range(100):
        found = local_exponent(D, noisy(0.3 + 4 * D**-0.4, seed))
        held += ((found.low <= 0.4) & (found.high >= 0.4))[~found.lost].tolist()
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.slow
def test_intervals_hold_the_true_exponents_of_a_crossover():
    d = np.geomspace(10, 20_000, 20)
    held = []
    for seed in range(100):
        curve = LossCurve.from_arrays(d, noisy(crossover_loss(d), seed))
        found = local_exponent(curve, floor="crossover", b=0.6, d_star=200)
        inside = (found.low <= found.theory_seen) & (found.theory_seen <= found.high)
        held += inside[~found.lost].tolist()
    assert 0.92 <= np.mean(held) <= 0.98


def test_sizes_whose_excess_is_lost_in_noise_are_flagged():
    d = np.geomspace(10, 1e6, 14)
    losses = noisy(1 + 3 * d**-0.8, 4, 0.02, 2)
    found = local_exponent(d, losses)
    assert found.lost[-1]
    assert not found.lost[0]
    assert np.isnan(found.exponent[found.lost]).all()
    assert np.isfinite(found.low[~found.lost]).all()
    assert "lost in the noise" in found.warnings[0]
    assert "lost" in found.summary()
    table = found.to_frame()
    assert table["lost"].sum() == found.lost.sum()
    ax = found.plot()
    assert "lost in noise" in ax.get_legend_handles_labels()[1]


def test_a_floor_that_is_given_brings_its_own_error():
    losses = noisy(0.3 + 4 * D**-0.4, 1)
    exact, unsure = (local_exponent(D, losses, floor=0.3, floor_se=se) for se in (0.0, 0.03))
    np.testing.assert_array_equal(exact.exponent, unsure.exponent)
    narrow, wide = exact.high - exact.low, unsure.high - unsure.low
    assert (wide[~unsure.lost] > narrow[~unsure.lost]).all()
    assert exact.floor == 0.3


def test_where_no_floor_can_be_told_there_are_no_exponents():
    found = local_exponent(D, 3 - 0.2 * np.log(D))
    assert found.status is Status.NOT_IDENTIFIABLE
    assert "say floor=" in found.reason
    assert found.d.size == 0
    assert math.isnan(found.floor)
    assert "no floor can be told" in found.summary().lower()
    assert found.to_frame().empty
    assert found.plot().get_ylabel() == "local exponent"
    assert local_exponent(D, 3 - 0.2 * np.log(D), floor=0.0).d.size == 10


def test_a_floor_above_all_losses_leaves_nothing():
    found = local_exponent(D, noisy(0.3 + 4 * D**-0.4, 1), floor=50.0)
    assert found.status is Status.NOT_IDENTIFIABLE
    assert "told from its noise" in found.reason
    assert found.lost.all()


@pytest.mark.parametrize(
    ("d", "loss", "status"),
    [([10, 20, 30], [3.0, 2.0, 1.0], Status.TOO_FEW), ([7] * 6, [1.0] * 6, Status.TOO_FEW),
     (D, np.full(12, 0.7), Status.NOT_IDENTIFIABLE), (D, np.log(D), Status.NOT_IDENTIFIABLE)],
)  # fmt: skip
def test_curves_that_tell_nothing_get_a_reason(d, loss, status):
    found = local_exponent(d, loss)
    assert found.status is status
    assert found.reason


@pytest.mark.parametrize(
    "setting",
    [{"window": 1}, {"window": 2.5}, {"window": True}, {"floor": "flat"}, {"floor": math.nan},
     {"floor": 0.1, "floor_se": -1.0}, {"floor_se": 0.1}, {"b": 0.3}, {"b": -1.0, "d_star": 5.0},
     {"b": 0.3, "d_star": 0.0}, {"level": 1.0}, {"noise": "pink"}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(DomainError):
        local_exponent(D, 0.3 + 4 * D**-0.4, **setting)


def test_losses_not_above_zero_need_additive_noise():
    losses = 4 * D**-0.4 - 0.2
    with pytest.raises(InputError, match="above 0"):
        local_exponent(D, losses)
    np.testing.assert_allclose(local_exponent(D, losses, noise="additive").exponent, 0.4, rtol=1e-4)


def test_a_decay_shows_its_own_local_exponent_beside_a_transitions_constants():
    losses = noisy(crossover_loss(D), 2, 0.005)
    change = LossTransition(n_boot=0).fit(D, losses)
    law = LossDecay().fit(D, losses)
    found = law.local_exponent(
        b=change.b, d_star=change.d_star, floor=change.loss_opt, floor_se=change.loss_opt_se
    )
    assert found.theory is not None
    upper, lower = law.plot_panels(b=change.b, d_star=change.d_star, floor="crossover")
    assert "theory, b·u/(1 + u)" in lower.get_legend_handles_labels()[1]
    assert "power law" in upper.get_legend_handles_labels()[1]
