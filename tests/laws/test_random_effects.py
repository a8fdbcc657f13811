"""Pooling against published meta-analyses, closed forms and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import DomainError
from activstats.laws.between_groups import between_groups
from activstats.laws.heterogeneity import generalised_q, paule_mandel
from activstats.laws.random_effects import (
    DERSIMONIAN_LAIRD,
    HARTUNG_KNAPP,
    INTERVALS,
    METHODS,
    MODIFIED_HARTUNG_KNAPP,
    NORMAL,
    PAULE_MANDEL,
    random_effects,
)

# Colditz et al. (1994, JAMA 271): tuberculosis with and without vaccination in 13 trials,
# vaccinated cases and others, control cases and others; dat.bcg of the R package metafor.
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
        [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)  # fmt: skip
# How the trials were allocated: at random, alternately, systematically.
ALLOCATION = np.array([0, 0, 0, 0, 1, 1, 0, 0, 0, 2, 2, 2, 2])

# Kacker (2004, Metrologia 41, table 1): nine laboratories; metafor's answers to full precision are
# in statsmodels/stats/tests/results/results_meta.py as exk1_metafor, exk1_dl and exk1_dl_hksj.
LABS = np.array([61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90])
LAB_VARIANCES = np.array([0.2025, 1.21, 0.09, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225])


def risk_ratios():
    a, b, c, d = BCG.T
    effects = np.log(a / (a + b)) - np.log(c / (c + d))
    return effects, 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def test_vaccine_trials_give_metafors_numbers():
    """metafor, rma(yi, vi, data=dat, method="DL"), and confint() for the Q-profile intervals."""
    found = random_effects(*risk_ratios(), method=DERSIMONIAN_LAIRD, interval=NORMAL)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.df == 12
    assert found.pvalue < 1e-4
    assert found.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert 100 * found.i2 == pytest.approx(92.12, abs=5e-3)
    expected = (-0.7141, 0.1787, -1.0644, -0.3638)
    assert (found.mean, found.se, found.low, found.high) == pytest.approx(expected, abs=6e-5)
    assert (found.tau2_low, found.tau2_high) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    assert 100 * found.i2_low == pytest.approx(81.92, abs=5e-3)
    assert 100 * found.i2_high == pytest.approx(97.68, abs=5e-3)


def test_vaccine_trials_do_not_differ_by_allocation():
    """metafor, rma(yi, vi, mods = ~ factor(alloc)): QE(10) = 132.3676, QM(2) = 1.7675 at REML's tau²."""
    effects, variances = risk_ratios()
    assert generalised_q(effects, variances, 0.0, ALLOCATION) == pytest.approx(132.3676, abs=5e-5)
    reml = 0.361546
    total = generalised_q(effects, variances, reml)
    within = generalised_q(effects, variances, reml, ALLOCATION)
    assert total - within == pytest.approx(1.7675, abs=1e-4)
    test = between_groups(effects, variances, ALLOCATION)
    assert (test.df, test.df_residual) == (2, 10)
    assert test.pvalue == pytest.approx(0.41, abs=0.03)


@pytest.mark.parametrize(
    ("method", "interval", "tau2", "mean", "se", "ends"),
    [
        (PAULE_MANDEL, NORMAL, 0.705395309224248, 62.4076199113286, 0.338030602684471,
         (61.7450921043947, 63.0701477182625)),
        (DERSIMONIAN_LAIRD, NORMAL, 0.288049246973751, 62.3901386044504, 0.245749668040304,
         (61.9084781058787, 62.8717991030221)),
        (DERSIMONIAN_LAIRD, HARTUNG_KNAPP, 0.288049246973751, 62.3901386044504, 0.29477605699879,
         (61.710383798052, 63.0698934108488)),
    ],
)  # fmt: skip
def test_laboratories_give_metafors_digits(method, interval, tau2, mean, se, ends):
    found = random_effects(LABS, LAB_VARIANCES, method=method, interval=interval)
    assert (found.tau2, found.se) == pytest.approx((tau2, se), rel=1e-9)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-10)
    assert found.q == pytest.approx(24.801897741835, rel=1e-11)
    assert found.pvalue == pytest.approx(0.00167935146372742, rel=1e-9)
    i2 = {PAULE_MANDEL: 83.7218626490482, DERSIMONIAN_LAIRD: 67.744403741711}
    assert 100 * found.i2 == pytest.approx(i2[method], rel=1e-9)


def test_equal_errors_give_the_closed_form():
    """With one standard error s for all, the mean is plain and tau² + s² is the sample variance."""
    effects, s = np.array([0.1, 0.5, 0.4, 1.0]), 0.2
    found = random_effects(effects, np.full(4, s**2))
    variance = effects.var(ddof=1)
    assert found.mean == pytest.approx(effects.mean())
    assert found.tau2 == pytest.approx(variance - s**2)
    assert found.i2 == pytest.approx(1 - s**2 / variance)
    # Student's t on 3 and on 2 degrees of freedom: 3.18245 and 4.30265.
    assert found.high - found.mean == pytest.approx(3.182446305 * np.sqrt(variance / 4))
    new = found.predicted_high - found.mean
    assert new == pytest.approx(4.302652730 * np.sqrt(found.tau2 + variance / 4))


def test_equal_groups_give_the_classical_analysis_of_variance(rng):
    """Equal errors and sizes: F is that of one-way analysis of variance wherever it exceeds them."""
    from scipy.stats import f_oneway

    groups = np.repeat([0, 1, 2], 6)
    effects = rng.normal(0, 0.5, 18) + np.array([0.0, 0.3, 0.6])[groups]
    test = between_groups(effects, np.full(18, 0.01), groups)
    classical = f_oneway(*(effects[groups == g] for g in range(3)))
    assert test.f == pytest.approx(classical.statistic)
    assert test.pvalue == pytest.approx(classical.pvalue)


def test_results_closer_than_their_errors_get_no_narrower_interval():
    effects, variances = np.array([1.0, 1.001, 0.999]), np.full(3, 0.04)
    plain = random_effects(effects, variances, interval=HARTUNG_KNAPP)
    modified = random_effects(effects, variances, interval=MODIFIED_HARTUNG_KNAPP)
    assert plain.tau2 == modified.tau2 == 0
    assert plain.high - plain.low < 0.01
    assert modified.high - modified.low == pytest.approx(2 * 4.302652730 * 0.2 / np.sqrt(3))


def test_paule_mandel_is_found_where_newton_steps_lose_it(rng):
    """A root that is passed by rounding is no tau² of zero."""
    for _ in range(100):
        variances = rng.uniform(0.05, 0.2, 300) ** 2
        effects = rng.normal(-1.5, 0.3, 300) + rng.normal(0, np.sqrt(variances))
        tau2 = paule_mandel(effects, variances)
        assert tau2 == pytest.approx(0.09, rel=0.5)
        assert generalised_q(effects, variances, tau2) == pytest.approx(299, rel=1e-9)
        assert random_effects(effects, variances).tau2 == pytest.approx(tau2)


def test_one_and_two_estimates_give_what_they_can():
    one = random_effects(np.array([0.3]), np.array([0.01]))
    assert (one.mean, one.se, one.df) == (0.3, pytest.approx(0.1), 0)
    assert one.high == pytest.approx(0.3 + 1.959964 * 0.1)
    assert np.isnan([one.tau2, one.q, one.pvalue, one.i2, one.predicted_low]).all()
    two = random_effects(np.array([0.3, 0.5]), np.array([0.01, 0.01]))
    assert two.q == pytest.approx(2.0)
    assert np.isnan([two.predicted_low, two.predicted_high]).all()
    assert two.tau2_low <= two.tau2 <= two.tau2_high
    assert np.isnan(random_effects(np.array([]), np.array([])).mean)


@pytest.mark.parametrize(
    "settings_", [{"level": 1.0}, {"level": 0}, {"method": "reml"}, {"interval": "bootstrap"}]
)
def test_unknown_settings_are_refused(settings_):
    with pytest.raises(DomainError):
        random_effects(LABS, LAB_VARIANCES, **settings_)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-20, 20), st.floats(1e-9, 1e9)), min_size=2, max_size=20),
    st.sampled_from(METHODS),
    st.sampled_from(INTERVALS),
)
def test_numbers_are_never_silently_undefined(pairs, method, interval):
    effects, errors = np.array(pairs).T
    found = random_effects(effects, errors**2, method=method, interval=interval)
    given_ = (
        found.mean,
        found.se,
        found.tau2,
        found.tau2_low,
        found.tau2_high,
        found.q,
        found.pvalue,
    )
    assert np.isfinite(given_).all()
    assert effects.min() - 1e-6 <= found.mean <= effects.max() + 1e-6
    assert found.low <= found.mean <= found.high
    assert 0 <= found.i2 <= 1
    assert 0 <= found.tau2_low <= found.tau2_high


@settings(max_examples=40)
@given(st.integers(3, 12), st.floats(-5, 5), st.floats(0.1, 10), st.integers(0, 2**32 - 1))
def test_shifting_and_scaling_all_estimates_moves_the_answer_alike(k, shift, factor, seed_):
    generator = np.random.default_rng(seed_)
    effects, errors = generator.normal(0, 1, k), generator.uniform(0.1, 0.5, k)
    before = random_effects(effects, errors**2)
    after = random_effects(shift + factor * effects, (factor * errors) ** 2)
    assert after.mean == pytest.approx(shift + factor * before.mean, rel=1e-6, abs=1e-6)
    assert after.tau2 == pytest.approx(factor**2 * before.tau2, rel=1e-6, abs=1e-9)
    assert after.i2 == pytest.approx(before.i2, abs=1e-6)
    assert after.pvalue == pytest.approx(before.pvalue, rel=1e-6)
