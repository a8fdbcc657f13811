"""Learners without hidden neurons: what follows depends on where their knee is."""

import math

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.laws.loss import LossTransition
from activstats.laws.loss.controls import compare_controls
from activstats.laws.loss.shapes import crossover

D = np.repeat(np.geomspace(3, 20_000, 13), 2)
TEST = LossTransition(n_boot=99)


def knee(d_star, rng, b=0.6):
    expected = 0.3 + 2 * crossover(np.log(D), math.log(d_star), b)
    return TEST.fit(D, expected * (1 + 0.01 * rng.standard_normal(D.size)), rng=0)


@pytest.fixture
def networks(rng):
    return {"N = 64": knee(100, rng), "N = 256": knee(120, rng)}


@pytest.fixture
def none(rng):
    return TEST.fit(D, (3 - 0.2 * np.log(D)) * (1 + 0.01 * rng.standard_normal(D.size)), rng=0)


def test_a_linear_model_with_the_same_knee_takes_the_evidence_away(networks, rng):
    found = compare_controls(networks, {"linear softmax": knee(110, rng)})
    (control,) = found.controls
    assert control.finding == "not told apart"
    assert control.same
    assert "(linear softmax): the knee is no evidence for free neurons" in found.conclusion
    assert "networks'" in found.words


def test_a_knee_elsewhere_is_no_evidence_for_neurons_by_itself(networks, none, rng):
    found = compare_controls(networks, {"linear": knee(3000, rng), "forest": none})
    assert [one.finding for one in found.controls] == ["elsewhere", "no knee"]
    low, high = found.controls[0].ratios["N = 64"][1:]
    assert 1 < low < high
    assert "linear: elsewhere; forest: none found" in found.conclusion
    assert "no evidence for free neurons by itself" in found.conclusion
    assert "forest: no transition." in found.words


def test_ratios_of_knees_have_the_interval_of_zou_and_donner(networks, rng):
    """Zou & Donner 2008, on the logarithm: the sides that face each other add up as squares."""
    linear = knee(3000, rng)
    (control,) = compare_controls(networks, {"linear": linear}, level=0.9).controls

    def place_and_reaches(one):
        ends = one.conf_int(0.9).loc["d_star"]
        return np.log([one.d_star, one.d_star / ends["low"], ends["high"] / one.d_star])

    x, below, above = place_and_reaches(linear)
    for name, network in networks.items():
        other, other_below, other_above = place_and_reaches(network)
        ratio = x - other
        ends = ratio - math.hypot(below, other_above), ratio + math.hypot(above, other_below)
        assert control.ratios[name] == pytest.approx(np.exp([ratio, *ends]))


def test_without_a_networks_knee_there_is_nothing_to_compare(none, rng):
    found = compare_controls({"N = 64": none}, {"linear": knee(100, rng)})
    assert "No network shows a transition" in found.conclusion
    assert "while no network" in found.controls[0].words


def test_both_sides_are_needed(networks):
    for pair in (({}, networks), (networks, {})):
        with pytest.raises(InputError, match="controls are compared with networks"):
            compare_controls(*pair)
