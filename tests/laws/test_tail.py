"""The fit of a power-law tail gives the published answers, and those of other implementations."""

import random

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import zeta
from scipy.stats import zipf

from activstats.laws._tail_zeta import mean_log, scaled_zeta, zeta_exponent
from activstats.laws.results import Status
from activstats.laws.tail import PowerLawTail
from activstats.laws.tail_fit import TailFit, fit_tail, scan_tail, standard_error
from activstats.laws.tail_sample import tail_sample
from activstats.laws.tail_settings import TailSettings

# Clauset, Shalizi & Newman's (2009) data: file, discrete, then xmin, alpha, n_tail, D and the range of
# p with exact exponents, from two other implementations (plfit, poweRlaw).
PUBLISHED = [
    ("words.txt", True, 7, 1.9527, 2958, 0.008253, (0.66, 0.69)),
    ("terrorism.txt", True, 12, 2.370, 547, 0.01769, (0.66, 0.68)),
    ("blackouts.txt", False, 230_000, 2.273, 59, 0.0607, (0.61, 0.63)),
    ("celegans-indegree.dat", True, 10, 2.9972, 80, 0.0446, None),
]
# Four standard errors of a share out of 1000.
MONTE_CARLO = 0.06


@pytest.fixture
def published(shared_data):
    return lambda name: np.loadtxt(shared_data / "csn" / name).ravel()


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "discrete", "xmin", "alpha", "n_tail", "gap", "p"), PUBLISHED)
def test_published_tails_are_found(published, name, discrete, xmin, alpha, n_tail, gap, p):
    result = PowerLawTail(discrete=discrete).fit(published(name), rng=0)
    assert (result.xmin, result.n_tail) == (xmin, n_tail)
    assert result.alpha == pytest.approx(alpha, abs=5e-4)
    assert result.distance == pytest.approx(gap, abs=5e-5)
    if p is not None:
        assert p[0] - MONTE_CARLO < result.pvalue < p[1] + MONTE_CARLO
    low, high = result.interval("alpha")
    assert low < result.alpha < high


@pytest.mark.shared_data
def test_the_published_p_of_moby_dick_comes_from_its_grid_of_exponents(published):
    """Clauset, Shalizi & Newman print .49; with exact exponents it is .66 to .69."""
    result = PowerLawTail(alpha_step=0.01, n_boot=2000).fit(published("words.txt"), rng=0)
    assert (result.xmin, result.alpha) == (7, pytest.approx(1.95))
    assert result.pvalue == pytest.approx(0.49, abs=4 * np.sqrt(0.25 / 2000))


@pytest.fixture
def igraph_fit():
    """Fit by igraph, with a random source of its own and next to no replicates for its p-value."""
    igraph = pytest.importorskip("igraph", reason="igraph is a peer of the benchmarks only")
    igraph.set_random_number_generator(random.Random(0))
    yield lambda sample, method: igraph.power_law_fit(sample.tolist(), None, method, 0.5)
    igraph.set_random_number_generator(random)


def random_whole_numbers(rng, kind, n=400):
    if kind == "zeta":
        return zipf(rng.uniform(1.5, 3.5)).rvs(n, random_state=rng)
    if kind == "urn":
        return rng.poisson(rng.gamma(0.2, 300.0, n))
    return np.floor(rng.lognormal(2, 1.2, n)).astype(int)


@pytest.mark.parametrize("kind", ["zeta", "urn", "lognormal"])
def test_xmin_and_alpha_are_those_of_igraph(rng, igraph_fit, kind):
    for _ in range(15):
        sample = random_whole_numbers(rng, kind)
        sample = sample[sample > 0]
        peer = igraph_fit(sample, "discrete")
        ours = fit_tail(tail_sample(sample), TailSettings())
        assert ours.xmin == peer.xmin
        assert ours.alpha == pytest.approx(peer.alpha, abs=1e-4)
        assert ours.distance == pytest.approx(peer.D, abs=1e-5)


def test_continuous_tails_are_those_of_igraph_or_nearer_to_their_law(rng, igraph_fit):
    """At its xmin the fits agree; it looks at part of the candidates only, ours at all of them."""
    same = 0
    for _ in range(15):
        sample = rng.pareto(rng.uniform(0.5, 3), 300) * rng.lognormal(0, 0.5, 300)
        peer = igraph_fit(sample, "continuous")
        numbers, settings = tail_sample(sample, discrete=False), TailSettings(discrete=False)
        ours = fit_tail(numbers, settings)
        scan = scan_tail(numbers, settings)
        _, alpha, gap, _ = scan[np.argmin(np.abs(scan[:, 0] - peer.xmin))]
        assert (alpha, gap) == (
            pytest.approx(peer.alpha, abs=1e-6),
            pytest.approx(peer.D, abs=1e-9),
        )
        assert ours.distance <= peer.D + 1e-12
        same += ours.xmin == pytest.approx(peer.xmin)
    assert same >= 5


def test_tails_are_those_of_the_powerlaw_package(rng):
    import warnings

    for _ in range(3):
        sample = rng.pareto(1.5, 150) + 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import powerlaw

            peer = powerlaw.Fit(sample, verbose=0, parameter_ranges={"alpha": [1, None]})
        ours = fit_tail(tail_sample(sample, discrete=False), TailSettings(discrete=False))
        assert ours.xmin == pytest.approx(peer.xmin)
        assert ours.alpha == pytest.approx(peer.power_law.alpha, abs=1e-4)
        assert ours.distance == pytest.approx(peer.power_law.D, abs=1e-9)


@pytest.mark.parametrize("ks", ["observed", "integers"])
def test_the_search_is_that_of_looking_at_every_point(rng, ks):
    """Branch and bound gives up most points; the definition looks at all of them."""
    for _ in range(10):
        sample = random_whole_numbers(rng, "urn", 120)
        sample = sample[sample > 0]
        for xmin, alpha, gap, n_tail in scan_tail(tail_sample(sample), TailSettings(ks=ks)):
            tail = np.sort(sample[sample >= xmin])
            points = np.unique(tail)
            if ks == "integers":
                points = np.arange(xmin, tail[-1] + 2)
            above = tail.size - np.searchsorted(tail, points)
            law = zeta(alpha, points) / zeta(alpha, xmin)
            assert n_tail == tail.size
            assert gap == pytest.approx(np.abs(above / tail.size - law).max(), abs=1e-9)


@pytest.mark.parametrize("q", [1.0, 3.0, 13.0, 200.0, 1e6])
def test_exponents_are_the_maximum_of_the_likelihood(q):
    for mean in (0.02, 0.3, 1.0, 4.0):
        best = minimize_scalar(
            lambda s, mean=mean: s * mean + np.log(zeta(s, q)) + s * np.log(q),
            bounds=(1.001, min(60.0, 600 / np.log(q + 1))),
            method="bounded",
            options={"xatol": 1e-9},
        )
        s = zeta_exponent(mean, q, np.log(q), 0.0)
        assert mean_log(s, q, np.log(q)) == pytest.approx(mean, rel=1e-9)
        if best.x < 40 and s < 40:
            assert s == pytest.approx(best.x, rel=2e-5)


@pytest.mark.parametrize(
    ("alpha", "xmin"),
    [(1.1, 1), (1.8, 3), (2.5, 1), (2.5, 13), (3.5, 400), (6.0, 2), (30.0, 50), (300.0, 2)],
)
def test_standard_errors_are_the_curvature_of_the_likelihood(alpha, xmin):
    """Clauset, Shalizi & Newman (2009), eq. 3.6, with mpmath's derivatives of the zeta function."""
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(150):  # far out the variance is a small difference
        z0, z1, z2 = (mpmath.zeta(mpmath.mpf(alpha), xmin, k) for k in range(3))
        expected = 1 / mpmath.sqrt(700 * (z2 / z0 - (z1 / z0) ** 2))
    found = standard_error(TailFit(float(xmin), alpha, 0.01, 700), discrete=True)
    assert found == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("s", [1.05, 1.5, 2.0, 3.5, 8.0, 25.0])
def test_zeta_is_that_of_scipy(s):
    for q in (1.0, 2.0, 7.0, 13.0, 14.0, 40.0, 1e3, 1e7):
        expected = zeta(s, q) * q**s
        assert scaled_zeta(s, q) == pytest.approx(expected, rel=1e-9)


def test_steep_tails_far_out_are_fitted_without_overflow():
    """Nearly all numbers alike at 10 000: the exponent is in the thousands."""
    sample = np.repeat([10_000, 10_001, 10_003, 10_010], [900, 80, 15, 5])
    result = PowerLawTail(n_boot=0).fit(sample)
    assert result.status is Status.CONVERGED
    assert np.isfinite([result.alpha, result.bse, result.distance]).all()


def test_a_given_xmin_is_taken_whether_observed_or_not():
    sample = [1, 1, 2, 4, 4, 9, 12, 30]
    at_three = PowerLawTail(xmin=3, n_boot=0).fit(sample)
    assert (at_three.xmin, at_three.n_tail) == (3, 5)
    tail = np.array([4, 4, 9, 12, 30])
    score = minimize_scalar(
        lambda s: s * np.log(tail).mean() + np.log(zeta(s, 3)), bounds=(1.01, 9), method="bounded"
    )
    assert at_three.alpha == pytest.approx(score.x, abs=1e-4)


def test_every_xmin_has_the_exponent_error_and_distance_of_scipys_zeta(rng):
    sample = np.floor(rng.pareto(1.2, 800) + 1).astype(int)
    table = PowerLawTail(n_boot=0).fit(sample).stability().set_index("xmin")
    for xmin in (1, 2, 5):
        tail = np.sort(sample[sample >= xmin])
        best = minimize_scalar(
            lambda s: s * np.log(tail).mean() + np.log(zeta(s, xmin)),  # noqa: B023
            bounds=(1.01, 9), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        log_zeta = np.log(zeta(best.x + np.array([-1e-4, 0, 1e-4]), xmin))
        x = np.unique(tail)
        below = np.searchsorted(tail, x) / tail.size
        gap = np.abs(below - 1 + zeta(best.x, x) / zeta(best.x, xmin)).max()
        error = 1e-4 / np.sqrt(tail.size * np.diff(log_zeta, 2)[0])
        row = table.loc[xmin]
        assert row["n_tail"] == tail.size
        found = row[["alpha", "bse", "distance"]].tolist()
        assert found == pytest.approx([best.x, error, gap], rel=1e-4)


def test_every_continuous_xmin_has_hills_exponent_and_its_distance(rng):
    sample = np.sort(rng.pareto(1.2, 300) + 1)
    table = PowerLawTail(discrete=False, n_boot=0).fit(sample).stability()
    for place in (0, 50, 150):
        tail, row = sample[place:], table.iloc[place]
        alpha = 1 + tail.size / np.log(tail / tail[0]).sum()
        below = np.arange(tail.size) / tail.size
        gap = np.abs(1 - (tail / tail[0]) ** (1 - alpha) - below).max()
        assert row.tolist() == pytest.approx(
            [tail[0], alpha, (alpha - 1) / np.sqrt(tail.size), gap, tail.size]
        )


def test_candidates_are_those_asked_for(rng):
    sample = random_whole_numbers(rng, "urn", 4000)
    every = PowerLawTail(n_boot=0).fit(sample)
    grid = PowerLawTail(xmin="grid", n_boot=0).fit(sample)
    assert grid.distance >= every.distance
    assert any("grid of" in words for words in grid.warnings)
    assert "best of a grid of" in grid.summary()
    few = PowerLawTail(xmin=[5, 50, 500], n_boot=0).fit(sample)
    assert few.xmin in {5, 50, 500}
    assert PowerLawTail(xmin_range=(20, 60), n_boot=0).fit(sample).xmin in range(20, 61)
    long = PowerLawTail(min_tail=800, n_boot=0).fit(sample)
    assert long.n_tail >= 800
    assert "n_tail ≥ 800" in long.summary()
