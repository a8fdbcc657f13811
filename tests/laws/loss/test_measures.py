"""Measures of the same runs: do they put the knee in the same place?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import InputError
from activstats.laws.loss.measures import MEASURES, Knee, compare_measures

BEST, BRIER, LAST = MEASURES


def test_gap_is_the_interval_of_zou_and_donner():
    """Equal and symmetric intervals on the log scale: half-widths add up as a root of squares."""
    knees = [Knee(BEST, 100, 50, 200), Knee(BRIER, 400, 200, 800)]
    (gap,) = compare_measures(knees).gaps
    half = math.sqrt(2) * math.log(2)
    assert gap.factor == pytest.approx(4)
    assert (gap.low, gap.high) == pytest.approx((4 * math.exp(-half), 4 * math.exp(half)))
    assert gap.disagrees


def test_gap_uses_the_sides_that_face_each_other():
    knees = [Knee(BEST, 400, 200, 8000), Knee(BRIER, 100, 1, 300)]
    (gap,) = compare_measures(knees).gaps
    assert (gap.early.measure, gap.late.measure) == (BRIER, BEST)
    assert gap.low == pytest.approx(4 * math.exp(-math.hypot(math.log(2), math.log(3))))
    assert gap.high == pytest.approx(4 * math.exp(math.hypot(math.log(20), math.log(100))))


def test_equal_knees_are_called_apart_no_more_often_than_the_level_says(rng):
    """Normal estimates of log D*, unequal errors; errors in common only make calls rarer."""
    errors, common = np.array([0.3, 0.15]), rng.normal(size=4000)
    for share, least in ((0.0, 0.03), (0.6, 0.0)):
        own = rng.normal(size=(4000, 2))
        drawn = errors * (math.sqrt(1 - share) * own + math.sqrt(share) * common[:, None])
        called = 0
        for x in drawn:
            knees = [
                Knee(m, math.exp(a), math.exp(a - 1.96 * s), math.exp(a + 1.96 * s))
                for m, a, s in zip((BEST, BRIER), x, errors, strict=True)
            ]
            called += bool(compare_measures(knees).disagreeing)
        assert least <= called / 4000 < 0.065


def test_last_step_that_moves_the_knee_is_warned_of():
    knees = [Knee(BEST, 52, 40, 70), Knee(BRIER, 60, 45, 80), Knee(LAST, 410, 300, 560)]
    found = compare_measures(knees)
    assert {(g.early.measure, g.late.measure) for g in found.disagreeing} == {
        (BEST, LAST),
        (BRIER, LAST),
    }
    assert "the cross-entropy of the best checkpoint has it at 52" in found.warning
    assert "a factor of 7.88 (95 % interval" in found.warning
    assert found.warning.endswith("prefer the best checkpoint.")
    assert found.words == found.warning


def test_knees_within_their_intervals_are_no_warning():
    found = compare_measures([Knee(BEST, 52, 40, 70), Knee("my loss", 60, 45, 80)], level=0.9)
    assert (found.warning, found.without_knee) == ("", ())
    assert "agree on the knee" in found.words
    assert "my loss, a factor of 1.15 (90 % interval" in found.words


def test_open_intervals_cannot_tell():
    found = compare_measures([Knee(BEST, 52), Knee(BRIER, 600)])
    assert not found.gaps[0].tells
    assert not found.warning
    assert "cannot be told apart" in found.words
    half_open = compare_measures([Knee(BEST, 52, 0, 80), Knee(BRIER, 600, 400, math.inf)])
    assert half_open.gaps[0].disagrees
    assert half_open.gaps[0].high == math.inf


def test_a_knee_in_some_measures_only_is_told():
    found = compare_measures([Knee(BEST, 52, 40, 70), Knee(BRIER), Knee(LAST)])
    assert found.warning.startswith("A knee is found in the cross-entropy of the best checkpoint")
    assert "none in the Brier score and the cross-entropy after the last step" in found.warning
    nowhere = compare_measures([Knee(BEST), Knee(BRIER)])
    assert (nowhere.warning, nowhere.words) == ("", "No measure shows a knee.")


@given(
    places=st.lists(st.floats(1e-6, 1e12), min_size=2, max_size=4),
    widths=st.lists(st.floats(1, 1e6), min_size=4, max_size=4),
)
@settings(max_examples=60)
def test_order_of_the_measures_does_not_matter(places, widths):
    knees = [
        Knee(str(i), d, d / w, d * w) for i, (d, w) in enumerate(zip(places, widths, strict=False))
    ]
    found, turned = compare_measures(knees), compare_measures(knees[::-1])
    for name in ("factor", "low", "high"):
        one, other = (sorted(getattr(gap, name) for gap in c.gaps) for c in (found, turned))
        assert one == pytest.approx(other)
    assert all(g.low <= g.factor <= g.high for g in found.gaps)
    assert all(g.factor >= 1 for g in found.gaps)


@pytest.mark.parametrize(
    "place",
    [(0, 0, 1), (-1, 0, 1), (5, 6, 7), (5, 1, 4), (math.inf, 0, math.inf), (5, math.nan, 7)],
)
def test_knees_outside_their_interval_are_refused(place):
    with pytest.raises(InputError, match="within its own interval"):
        Knee(BEST, *place)


@pytest.mark.parametrize("measures", [(), (BEST,), (BEST, BEST)])
def test_fewer_than_two_measures_are_refused(measures):
    with pytest.raises(InputError, match="between measures"):
        compare_measures([Knee(measure, 5, 1, 9) for measure in measures])
