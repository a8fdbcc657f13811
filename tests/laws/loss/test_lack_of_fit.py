"""Replicates tell whether a power law describes the curve at all."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as f_law

from activstats.laws.loss import LossCurve, LossDecay

D = np.geomspace(10, 20_000, 12)


def power_law(d, beta=0.4, floor=0.3, amplitude=4.0):
    return floor + amplitude * d**-beta


def noisy(expected, seed, cv=0.02, seeds=2):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


def test_replicates_tell_a_lack_of_fit():
    true = LossDecay().fit(D, noisy(power_law(D), 1, 0.01, 4))
    assert true.lack_of_fit_pvalue > 1e-3
    bent = 0.3 + 2 * (1 + D / 300) ** -0.8
    doubted = LossDecay().fit(D, noisy(bent, 1, 0.005, 4))
    assert doubted.lack_of_fit_pvalue < 1e-6
    assert any("lack of fit" in warning for warning in doubted.warnings)
    assert math.isnan(LossDecay().fit(D, power_law(D)).lack_of_fit)
    assert math.isnan(LossDecay(robust=True).fit(D, noisy(bent, 1, 0.005, 4)).lack_of_fit)


def test_the_lack_of_fit_is_that_of_two_nested_regressions():
    """F of the power law against a mean for each size, with the residuals of both by hand."""
    curve = LossCurve.from_arrays(D, noisy(power_law(D), 7, 0.03, 3))
    result = LossDecay(noise="additive").fit(curve)
    law = np.sum((curve.loss - result.predict(curve.d).loss) ** 2)
    means = pd.Series(curve.loss).groupby(curve.d).transform("mean")
    pure = np.sum((curve.loss - means) ** 2)
    statistic = ((law - pure) / (12 - 3)) / (pure / (36 - 12))
    assert result.lack_of_fit == pytest.approx(statistic, rel=1e-6)
    assert result.lack_of_fit_pvalue == pytest.approx(f_law.sf(statistic, 9, 24), rel=1e-6)


def test_true_power_laws_are_doubted_no_more_often_than_the_level_says():
    results = [LossDecay().fit(D, noisy(power_law(D), seed, 0.03, 3)) for seed in range(80)]
    assert np.mean([result.lack_of_fit_pvalue <= 0.05 for result in results]) <= 0.12
