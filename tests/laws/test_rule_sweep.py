"""A sweep fits each rule by itself, puts them in order and says what b is not."""

import json
import math

import numpy as np
import pytest

from activstats import parse_rule
from activstats.errors import DomainError, InputError
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import histogram_of
from activstats.laws.results import Status
from activstats.laws.rule_sweep import SWEEP_RULES, RuleSweep, sweep

SAMPLES = 900


@pytest.fixture
def counts(draw_counts):
    """Counts of 400 neurons under rules of which each has a b of its own."""
    truth = {
        "above(0)": (3.0, 200),
        "top_fraction(0.01)": (0.2, 4),
        "top_fraction(0.03)": (0.5, 12),
    }
    return {
        rule: histogram_of(draw_counts(400, b, c, SAMPLES), SAMPLES)
        for rule, (b, c) in truth.items()
    }


def test_the_standard_rules_are_named_as_recordings_name_them():
    assert [parse_rule(rule).name for rule in SWEEP_RULES] == list(SWEEP_RULES)
    shares = [parse_rule(rule).fraction for rule in SWEEP_RULES[:-1]]
    assert shares == [0.001, 0.003, 0.01, 0.03, 0.1]


def test_rules_stand_by_their_share_and_have_the_fit_that_each_gives_alone(counts):
    swept = sweep(counts)
    assert swept.rules == ("top_fraction(0.01)", "top_fraction(0.03)", "above(0)")
    for rule in swept.rules:
        assert swept[rule] == GrowthLaw().fit(counts[rule])
    assert swept.params["top_fraction(0.01)"] == pytest.approx(0.2, rel=0.3)
    assert list(swept.shares) == sorted(swept.shares)
    assert swept.ratio == pytest.approx(15, rel=0.5)


def test_saturated_rules_keep_their_b_and_are_marked(counts):
    swept = sweep(counts)
    assert swept["above(0)"].status is Status.SATURATED
    text = " ".join(swept.summary().split())
    assert "s saturated" in text
    frame = swept.to_frame()
    assert frame["status"].tolist() == ["converged", "converged", "saturated"]
    assert frame["misfit"].max() < 0.05


def test_a_sweep_says_that_b_belongs_to_its_rule(counts):
    text = " ".join(sweep(counts).summary().split())
    assert "b is not one constant of a network" in text
    assert "Always name the rule" in text
    assert "no evidence for the reinforcement process" in text


def test_rules_without_b_keep_their_reason(counts):
    swept = sweep(counts | {"above(9)": histogram_of(np.zeros(400, int), SAMPLES)})
    assert swept.rules[0] == "above(9)"
    assert math.isnan(swept.params["above(9)"])
    assert "no neuron fired" in swept.to_frame()["reason"][0]
    assert "n not identifiable" in swept.summary()


def test_no_rule_with_b_is_a_status_with_a_reason():
    swept = sweep({"above(0)": histogram_of([9] * 5, 9), "above(1)": histogram_of([0] * 5, 9)})
    assert swept.status is Status.NOT_IDENTIFIABLE
    assert swept.reason
    assert math.isnan(swept.ratio)
    swept.plot()


def test_rules_that_come_to_the_same_are_named(counts):
    twice = counts | {"top_fraction(0.011)": counts["top_fraction(0.01)"]}
    (warning,) = sweep(twice).warnings
    assert "top_fraction(0.01) and top_fraction(0.011) give the same counts" in warning


def test_settings_of_the_law_are_used(counts):
    swept = sweep(counts, law=GrowthLaw(level=0.5))
    assert swept.level == 0.5
    assert (swept.conf_int(0.95)["high"] > swept.conf_int()["high"]).all()


@pytest.mark.parametrize(
    "given_",
    [
        {},
        [],
        [histogram_of([1, 2], 9)],  # knows no rule
        {"above(0)": histogram_of([1, 2, 3], 9), "argmax": histogram_of([1, 2], 9)},
        {"above(0)": histogram_of([1, 2, 3], 9), "argmax": histogram_of([1, 2, 3], 8)},
    ],
)
def test_what_is_no_sweep_is_refused(given_):
    with pytest.raises(InputError):
        sweep(given_)


def test_impossible_numbers_of_replicates_and_unknown_rules_are_refused(counts):
    with pytest.raises(DomainError):
        sweep(counts, n_boot=-1)
    with pytest.raises(InputError, match="argmax"):
        sweep(counts)["argmax"]


def test_json_brings_back_the_same_sweep(counts):
    for swept in (sweep(counts), sweep({"above(0)": histogram_of([0, 1, 1], 7)})):
        text = swept.to_json()
        json.loads(text, parse_constant=pytest.fail)
        again = RuleSweep.from_json(text)
        assert again.to_json() == text
        assert again.summary() == swept.summary()


def test_a_sweep_prints_narrowly(counts):
    text = sweep(counts).summary()
    assert max(map(len, text.splitlines())) <= 66
    assert "nan" not in text


def test_a_sweep_draws_every_rule_over_its_share(counts):
    swept = sweep(counts)
    ax = swept.plot()
    assert {text.get_text() for text in ax.texts} == set(swept.rules)
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert swept.plot(ax) is ax


def test_goodness_of_fit_is_tested_where_it_is_asked_for(counts):
    assert all(math.isnan(p) for p in sweep(counts).pvalues)
    few = {rule: counts[rule] for rule in ("top_fraction(0.01)", "top_fraction(0.03)")}
    swept = sweep(few, n_boot=19, rng=0)
    assert all(0 < p <= 1 for p in swept.pvalues)
    assert sweep(few, n_boot=19, rng=0).pvalues == swept.pvalues
