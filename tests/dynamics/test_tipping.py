"""Tipping points, speeds, optima and shifts against curves whose places are known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, ttest_1samp

from activstats.dynamics.convergence import convergence_speed, steps_to_share
from activstats.dynamics.firing import FiringCourse, FiringCourseResult
from activstats.dynamics.seed_places import SeedPlaces
from activstats.dynamics.tipping import TippingPoint
from activstats.dynamics.tipping_optimum import FiringAtOptimum
from activstats.dynamics.tipping_places import DEFINITIONS
from activstats.dynamics.tipping_result import TippingPointResult
from activstats.dynamics.tipping_shift import TippingShift
from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.results import Status

X = np.linspace(-4, 0, 9)
RATES = 10**X
TIPS = np.array([-1.9, -2.0, -2.15])


def falling(tips=TIPS):
    """Firing that is flat at .5, and falls by .1 of that for each quarter decade around its tip."""
    return 0.5 * (1 - 0.4 * np.clip(X - np.asarray(tips)[:, None] + 0.25, 0, 2))


def bowls(bottoms=TIPS):
    """Losses whose logarithms are exact parabolas."""
    return np.exp(0.7 * (X - np.asarray(bottoms)[:, None]) ** 2)


def test_firing_definition_finds_the_kink_between_two_rates():
    fine = np.linspace(-4, 0, 1601)
    firing = 0.5 * (1 - 0.4 * np.clip(fine - TIPS[:, None] + 0.25, 0, 2))
    found = TippingPoint().fit(10**fine, firing=firing)
    np.testing.assert_allclose(found.places, TIPS, atol=1e-9)
    assert found["log10_rate"].value == pytest.approx(TIPS.mean())
    assert found["seed_sd"].value == pytest.approx(TIPS.std(ddof=1))
    assert found.rate == pytest.approx(10 ** TIPS.mean())


def test_interval_is_students_over_seeds():
    from scipy.stats import t

    found = TippingPoint().fit(RATES, firing=falling())
    places = np.array(found.places)
    expected = t.interval(0.95, 2, places.mean(), places.std(ddof=1) / math.sqrt(3))
    np.testing.assert_allclose(found.interval("log10_rate"), expected)
    np.testing.assert_allclose(found.rate_interval, 10 ** np.array(expected))
    ninety = found.conf_int(0.9).loc["log10_rate"]
    assert expected[0] < ninety["low"] < ninety["high"] < expected[1]


def test_bootstrap_is_narrower_with_few_seeds_and_the_same_every_time():
    one, two = (TippingPoint(interval="bootstrap").fit(RATES, firing=falling()) for _ in range(2))
    assert one.interval("log10_rate") == two.interval("log10_rate")
    t = TippingPoint().fit(RATES, firing=falling()).interval("log10_rate")
    low, high = one.interval("log10_rate")
    assert t[0] < low < one["log10_rate"].value < high < t[1]


def test_parabola_of_the_loss_is_found_exactly():
    found = TippingPoint("loss minimum").fit(RATES, loss=bowls())
    np.testing.assert_allclose(found.places, TIPS, atol=1e-9)


def test_doubled_loss_is_interpolated_beyond_the_minimum():
    # log loss rises by ln 4 for each rate beyond -2: twice its minimum lies half-way
    loss = np.exp(np.where(X > -2, (X + 2) * 2 * math.log(4), -(X + 2)))
    found = TippingPoint("loss doubled").fit(RATES, loss=[loss])
    assert found.places == pytest.approx((-1.75,))


def test_crossing_of_two_lines_is_where_they_meet():
    firing, speed = 1 - (X + 4) / 4, (X + 4) / 4
    found = TippingPoint("crossing").fit(RATES, firing=[firing], speed=[10 * speed])
    assert found.places == pytest.approx((-2.0,))


def test_only_the_crossing_depends_on_the_upper_end_and_firing_on_none():
    firing, speed = falling(), np.tile((X + 4) / 4, (3, 1))
    for name, moves in (("firing", (0, 0)), ("loss minimum", (0, 0)), ("crossing", (1, 1))):
        found = TippingPoint(name).fit(RATES, firing=firing, loss=bowls(), speed=speed)
        shifts = [found[end].value for end in ("without_lowest", "without_highest")]
        for shift, moved in zip(shifts, moves, strict=True):
            assert (abs(shift) > 0.01) == bool(moved), name


def test_places_outside_the_range_are_reported_as_open():
    flat = np.full((1, 9), 0.5)
    found = TippingPoint().fit(RATES, firing=np.vstack([falling(), flat]))
    assert found.status is Status.AT_BOUNDARY
    assert "1 above" in found.reason
    assert found.rate_interval[1] == math.inf
    assert found.over_seeds.n_open == 1
    assert math.isfinite(found.rate)
    assert "above the range" in found.summary()
    all_open = TippingPoint().fit(RATES, firing=np.repeat(flat, 3, axis=0))
    assert all_open.rate == math.inf
    assert all_open.rate_interval == (math.inf, math.inf)


def test_best_rate_at_an_end_is_open_on_that_side():
    rising, sinking = np.exp(X), np.exp(-X)
    assert TippingPoint("loss minimum").fit(RATES, loss=[rising]).places == (-math.inf,)
    assert TippingPoint("loss minimum").fit(RATES, loss=[sinking]).places == (math.inf,)
    assert TippingPoint("loss minimum").fit(RATES, loss=[rising] * 2).rate == 0


def test_diverged_runs_are_worse_than_any_and_fire_nowhere():
    loss, firing = bowls([-2.0]), falling([-1.0])
    loss[:, 5:], firing[:, 5:] = np.nan, np.nan
    assert TippingPoint("loss minimum").fit(RATES, loss=loss).places == (-2.0,)
    assert TippingPoint("loss doubled").fit(RATES, loss=loss).places == (-1.75,)
    assert TippingPoint().fit(RATES, firing=firing).places == (math.inf,)
    missing_first = falling()
    missing_first[:, 0] = np.nan
    found = TippingPoint().fit(RATES, firing=missing_first)
    assert found.status is Status.TOO_FEW
    assert "do not tell" in found.warnings[0]


def test_result_travels_as_json_and_prints(tmp_path):
    flat = np.full((1, 9), 0.5)
    found = TippingPoint().fit(RATES, firing=np.vstack([falling(), flat]), provenance={"arm": "a"})
    again = TippingPointResult.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.interval("log10_rate") == found.interval("log10_rate")
    frame = found.to_frame()
    assert frame["rate_high"].item() == math.inf
    assert frame["definition"].item() == "firing"
    assert "Definition" in found.summary()
    assert found.plot().get_xlabel() == "learning rate"


@given(st.lists(st.sampled_from([-3.0, -2.5, -2.0, -math.inf, math.inf, math.nan]), max_size=7))
def test_centre_lies_within_its_interval_open_or_not(values):
    places = SeedPlaces.of(values)
    low, high = places.interval(0.95)
    if places.known.size < 2:
        assert math.isnan(low)
    else:
        assert low <= places.centre <= high


@pytest.mark.slow
def test_interval_covers_as_often_as_it_says(rng):
    hits = 0
    for _ in range(600):
        tips = rng.normal(-2, 0.1, 5)
        fine = np.linspace(-4, 0, 81)
        firing = 0.5 * (1 - 0.4 * np.clip(fine - tips[:, None] + 0.25, 0, 2))
        low, high = TippingPoint().fit(10**fine, firing=firing).interval("log10_rate")
        hits += low <= -2 <= high
    assert 0.92 < hits / 600 < 0.98


def test_speed_of_an_exponential_is_its_rate_over_ln_2():
    steps = np.arange(0, 200, 10)
    loss = 2.3 * np.exp(-0.02 * steps)
    assert convergence_speed(steps, loss) == pytest.approx(0.02 / math.log(2))
    assert steps_to_share(steps + 50, loss, 0.25) == pytest.approx(math.log(4) / 0.02)
    assert convergence_speed(steps, np.ones(20)) == 0
    assert math.isnan(convergence_speed([0, 1], [np.nan, 1]))
    assert convergence_speed([0, 1, 2], [1, np.nan, 0.5]) == 0.5


def test_pair_at_the_optimum_is_read_off_the_curves():
    found = FiringAtOptimum().fit(RATES, firing=falling(TIPS + 0.5), loss=bowls())
    assert found["log10_rate"].value == pytest.approx(TIPS.mean())
    assert found["firing"].value == pytest.approx(0.5, abs=0.02)
    assert found["decades_below_tipping"].value == pytest.approx(0.5, abs=0.05)
    assert len(found.pairs) == 3
    assert found.plot().get_ylabel() == "firing rate at the optimum"
    at_end = FiringAtOptimum().fit(RATES, firing=falling(), loss=[np.exp(X)] * 3)
    assert at_end.status is Status.TOO_FEW
    assert "left out" in at_end.warnings[0]


def test_slope_over_widths_is_exact_and_open_seeds_are_left_out():
    widths = np.array([32, 128, 512])
    places = -0.5 * np.log10(widths) + np.array([[0.0], [0.1], [-0.1]])
    found = TippingShift().fit(widths, places)
    assert found["slope"].value == pytest.approx(-0.5)
    assert found.status is Status.CONVERGED
    places[0, 2] = math.inf
    left = TippingShift().fit(widths, places)
    assert left.n_seeds == 2
    assert left.status is Status.AT_BOUNDARY
    assert TippingShift().fit(widths, places[:1]).status is Status.TOO_FEW
    assert left.plot().get_ylabel() == "tipping learning rate"


def test_slope_and_interval_over_widths_are_scipys(rng):
    widths = np.array([32, 64, 256, 512])
    places = rng.normal(-2, 0.1, (5, 4)) - 0.5 * np.log10(widths)
    slopes = [linregress(np.log10(widths), seed).slope for seed in places]
    found = TippingShift(level=0.9).fit(widths, places)
    expected = ttest_1samp(slopes, 0).confidence_interval(0.9)
    assert found["slope"].value == pytest.approx(np.mean(slopes))
    assert found.interval("slope") == pytest.approx(tuple(expected))


def test_firing_course_is_counts_over_samples():
    counts = np.array([[0, 50, 100], [10, 20, 30]])
    found = FiringCourse().fit([0, 5], counts, [100, 50], provenance={"layer": "relu"})
    assert found.rates == pytest.approx((0.5, 0.4))
    assert found.dead == pytest.approx((1 / 3, 0))
    assert found.always_on == pytest.approx((1 / 3, 0))
    assert found["change"].value == pytest.approx(-0.1)
    error = np.std(np.array([0.2, -0.1, -0.4]), ddof=1) / math.sqrt(3)
    assert found["change"].error == pytest.approx(error)
    assert FiringCourseResult.from_json(found.to_json()) == found
    assert found.table()["layer"].tolist() == ["relu", "relu"]
    assert found.plot().get_xlabel() == "training step"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: FiringCourse().fit([0], [[5]], 4),
        lambda: FiringCourse().fit([0], [[-1]], 4),
        lambda: FiringCourse().fit([0], [[1]], 0),
        lambda: FiringCourse().fit([1, 0], [[1], [1]], 4),
        lambda: FiringCourse().fit([], np.empty((0, 3)), 4),
        lambda: TippingPoint().fit(RATES, loss=bowls()),
        lambda: TippingPoint("crossing").fit(RATES, firing=falling(), speed=bowls()[:2]),
        lambda: TippingPoint().fit(RATES[::-1], firing=falling()),
        lambda: TippingPoint().fit(RATES[1:], firing=falling()),
        lambda: TippingShift().fit([64, 32], [[1, 2]]),
        lambda: TippingShift().fit([64], [[1, 2]]),
        lambda: steps_to_share([1, 0], [1, 2]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong):
    with pytest.raises(InputError):
        wrong()


@pytest.mark.parametrize(
    "settings",
    [{"definition": "feeling"}, {"share": 1}, {"interval": "z"}, {"cut": 0}, {"level": 2}],
)
def test_settings_outside_their_domain_are_refused(settings):
    with pytest.raises(DomainError):
        TippingPoint(**settings)
    with pytest.raises(DomainError):
        steps_to_share([0, 1], [1, 2], 0)


@given(
    st.integers(0, 5), st.integers(0, 4),
    st.lists(st.sampled_from([0.0, 0.5, 1.0, math.nan, math.inf, -1.0]), min_size=20, max_size=20),
    st.sampled_from(sorted(DEFINITIONS)),
)  # fmt: skip
def test_any_table_gives_a_result_or_one_of_our_errors(n_rates, n_seeds, values, definition):
    table = np.array(values)[: n_rates * n_seeds].reshape(n_seeds, n_rates)
    rates = np.logspace(-3, -1, n_rates)
    try:
        found = TippingPoint(definition).fit(rates, firing=table, loss=table, speed=table)
    except ActivstatsError:
        return
    assert len(found.places) == n_seeds
    assert found.summary()
    assert TippingPointResult.from_json(found.to_json()).to_json() == found.to_json()
