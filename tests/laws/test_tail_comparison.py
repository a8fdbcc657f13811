"""Likelihood ratios against other laws are those of the powerlaw package, and as published."""

import warnings

import numpy as np
import pytest

from activstats.laws._tail_cutoff import cutoff_integral, cutoff_sum
from activstats.laws._tail_draws import draw_tail
from activstats.laws.tail import PowerLawTail
from activstats.laws.tail_comparison import compare_tails
from activstats.laws.tail_fit import fit_tail
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings


def compared(sample, *, discrete=False, **settings):
    numbers, settings = tail_sample(sample, discrete=discrete), TailSettings(discrete, **settings)
    return compare_tails(numbers, fit_tail(numbers, settings), discrete=discrete)


# Clauset, Shalizi & Newman (2009), tables 6.2 and 6.3: normalised ratio and p. The tolerance of the
# ratio allows for where the search for the other law's maximum stopped.
PUBLISHED = [
    ("words.txt", True, "lognormal", 0.395, 0.69, 0.12, 0.06),
    ("words.txt", True, "exponential", 9.09, 0.00, 0.1, 0.005),
    ("words.txt", True, "stretched exponential", 4.13, 0.00, 1.0, 0.005),
    ("terrorism.txt", True, "lognormal", -0.278, 0.78, 0.01, 0.01),
    ("terrorism.txt", True, "exponential", 2.457, 0.01, 0.01, 0.005),
    ("blackouts.txt", False, "lognormal", -0.412, 0.68, 0.01, 0.01),
    ("blackouts.txt", False, "exponential", 1.21, 0.23, 0.25, 0.09),
]


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["words.txt", "terrorism.txt", "blackouts.txt"])
def test_published_ratios_come_out(shared_data, name):
    rows = [row for row in PUBLISHED if row[0] == name]
    ratios = compared(np.loadtxt(shared_data / "csn" / name).ravel(), discrete=rows[0][1])
    for _, _, law, normalised, pvalue, tolerance, p_tolerance in rows:
        assert ratios[law].normalised == pytest.approx(normalised, abs=tolerance), law
        assert ratios[law].pvalue == pytest.approx(pvalue, abs=p_tolerance), law
        assert (ratios[law].pvalue < 0.1) == (pvalue < 0.1)


@pytest.mark.parametrize("discrete", [True, False])
def test_ratios_are_those_of_the_powerlaw_package(rng, discrete):
    sample = np.ceil(rng.lognormal(2.5, 0.8, 300)) if discrete else rng.lognormal(1, 1, 300)
    numbers, settings = tail_sample(sample, discrete=discrete), TailSettings(discrete)
    fit = fit_tail(numbers, settings)
    ours = compare_tails(numbers, fit, discrete=discrete)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        import powerlaw

        ranges = {"alpha": [1, None]}
        peer = powerlaw.Fit(
            sample, discrete=discrete, xmin=fit.xmin, verbose=0, parameter_ranges=ranges,
            estimate_discrete=False,
        )  # fmt: skip
        for law in ("lognormal", "exponential", "stretched exponential"):
            name = law.replace(" ", "_")
            ratio, p = peer.distribution_compare("power_law", name, normalized_ratio=True)
            assert ours[law].normalised == pytest.approx(ratio, abs=0.02), law
            assert ours[law].pvalue == pytest.approx(p, abs=0.02), law
    cutoff = ours["power law with cutoff"]
    assert cutoff.ratio <= 0
    assert 0 < cutoff.pvalue <= 1


@pytest.mark.parametrize("alpha", [-0.5, 0.3, 1.0, 2.5, 6.0])
@pytest.mark.parametrize("rate", [1e-7, 1e-3, 0.3, 4.0])
def test_normalisers_of_the_cutoff_law_are_those_of_mpmath(alpha, rate):
    mpmath = pytest.importorskip("mpmath")
    for start in (1.0, 12.0):
        integral = mpmath.gammainc(1 - alpha, rate * start) * mpmath.mpf(rate) ** (alpha - 1)
        assert cutoff_integral(alpha, rate, start) == pytest.approx(float(integral), rel=1e-10)
    x = np.arange(1, 60_000, dtype=float)
    if rate >= 1e-3:
        direct = np.sum(x**-alpha * np.exp(-rate * x))
        assert cutoff_sum(alpha, rate, 1.0) == pytest.approx(direct, rel=1e-9)


def test_tails_of_another_kind_are_told_from_power_laws(rng):
    exponential = compared(rng.exponential(5, 2000) + 1, candidates=(1.0,))
    assert exponential["exponential"].favours == "exponential"
    assert exponential["power law with cutoff"].favours == "power law with cutoff"
    lognormal = compared(rng.lognormal(2, 0.7, 2000), candidates=(2.0,))
    assert lognormal["lognormal"].favours == "lognormal"
    power = compared(rng.pareto(1.5, 2000) + 1, candidates=(1.0,))
    assert power["exponential"].favours == "power law"
    assert power["lognormal"].favours == "neither"


def test_a_histogram_gives_the_ratios_of_its_sample(rng):
    sample = draw_tail(rng, 500, 2.3, 1.0)
    several = PowerLawTail(n_boot=0).fit(np.tile(sample, 2)).compare()
    values, often = np.unique(sample, return_counts=True)
    histogram = PowerLawTail(n_boot=0).fit(values=values, multiplicities=2 * often).compare()
    assert several == histogram
    assert several.n_tail == several.n == 1000


def test_a_comparison_prints_and_tabulates(rng):
    ratios = compared(rng.pareto(1.5, 400) + 1, candidates=(1.0,))
    assert "n_tail/n = 400/400" in ratios.summary()
    table = ratios.to_frame()
    assert table["law"].tolist() == [
        "lognormal", "exponential", "stretched exponential", "power law with cutoff",
    ]  # fmt: skip
    assert max(map(len, ratios.summary().splitlines())) <= 70


def test_two_numbers_can_be_compared_without_warnings():
    ratios = compared([3, 3, 3, 3, 3, 4], discrete=True, candidates=(3.0,))
    for one in ratios.ratios:
        assert np.isfinite(one.ratio) or one.note
