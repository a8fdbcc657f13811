"""The pictures of a decay show what they were given."""

import io

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.decay import excess_loss, two_panels
from activstats.figures.local_exponent import exponent_curve

D = np.array([10.0, 100.0, 1000.0])
LOSS = np.array([2.0, 1.0, 0.6])


def labels(ax):
    return set(ax.get_legend_handles_labels()[1])


def drawn(ax, label):
    return next(line for line in ax.get_lines() if line.get_label() == label)


def test_runs_and_curve_stand_above_the_floor():
    ax = excess_loss(D, LOSS, floor=0.5, line=(D, LOSS), band=(LOSS - 0.2, LOSS + 0.1))
    assert labels(ax) == {"runs", "power law", "95 % band of the loss"}
    np.testing.assert_allclose(drawn(ax, "runs").get_ydata(), LOSS - 0.5)
    np.testing.assert_allclose(drawn(ax, "power law").get_ydata(), LOSS - 0.5)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "above its floor, 0.5" in ax.get_ylabel()
    # A band that reaches below the floor leaves the picture; it does not squeeze it.
    assert ax.get_ylim()[0] > 0.05
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_runs_below_the_floor_are_marked_at_the_foot():
    ax = excess_loss(D, LOSS, floor=0.7)
    assert drawn(ax, "runs").get_xdata().tolist() == [10, 100]
    assert drawn(ax, "runs at or below the floor").get_xdata().tolist() == [1000]


def test_without_a_floor_the_losses_themselves_are_drawn():
    ax = excess_loss(D, LOSS, ylabel="perplexity", title="too few")
    assert drawn(ax, "runs").get_ydata().tolist() == LOSS.tolist()
    assert (ax.get_ylabel(), ax.get_title(loc="left")) == ("perplexity", "too few")


@pytest.mark.parametrize("losses", [[-1.0, -1.0], [0.0, 0.0], [3.0, 3.0]])
def test_losses_of_any_sign_can_be_drawn(losses):
    excess_loss([10.0, 10.0], losses).figure.savefig(io.BytesIO(), format="png")


def test_exponents_stand_with_intervals_theory_and_fit():
    exponent = np.array([0.2, 0.4, np.nan])
    ax = exponent_curve(
        D, exponent, low=exponent - 0.1, high=exponent + 0.1, theory=[0.1, 0.3, 0.4],
        fitted=(0.35, 0.3, np.inf),
    )  # fmt: skip
    assert labels(ax) == {
        "local exponent, 95 % intervals", "theory, b·u/(1 + u)", "beta of the whole curve",
        "lost in noise",
    }  # fmt: skip
    assert drawn(ax, "lost in noise").get_xdata().tolist() == [1000]
    assert drawn(ax, "beta of the whole curve").get_ydata() == [0.35, 0.35]
    ax.figure.savefig(io.BytesIO(), format="svg")


def test_places_without_any_exponent_can_be_drawn():
    for d, y in ((D, np.full(3, np.nan)), (np.empty(0), np.empty(0))):
        ax = exponent_curve(d, y, low=y, high=y)
        ax.figure.savefig(io.BytesIO(), format="png")


def test_one_wild_exponent_does_not_squeeze_the_others():
    wild = np.array([0.2, 0.3, 50.0, 0.3, 0.2])
    ax = exponent_curve(np.geomspace(1, 1e4, 5), wild)
    assert ax.get_ylim()[1] < 5


def test_panels_share_a_figure():
    upper, lower = two_panels()
    assert upper.figure is lower.figure


def test_what_does_not_match_is_refused():
    with pytest.raises(InputError, match="do not match"):
        excess_loss([1.0], [1.0, 2.0])
    with pytest.raises(InputError, match="do not match"):
        exponent_curve([1.0], [1.0, 2.0])
