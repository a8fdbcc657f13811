"""`activstats growth` and `powerlaw --bounded` say what the laws say."""

import json

import numpy as np
import pytest

from activstats import BoundedPowerLaw, GrowthLaw, open_recording
from activstats.laws.comparison import compare_laws
from activstats.laws.exponent import exponent_agreement
from activstats.laws.order import order_tests

RECORD = ("record", "nets.py:build", "--layers", "1", "--out", "run", "--data", "x.npy")


@pytest.fixture
def recorded(user, command):
    said = command(*RECORD, "--rule", "top_k(4)", "--rule", "argmax", "--mode", "mask")
    assert said.code == 0, said.err
    return open_recording("run")


def loads(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def as_json(result):
    return json.loads(result.to_json())


def test_checks_are_those_of_the_package(recorded, command):
    said = command("growth", "run", "--rule", "top_k(4)", "--checks", "--n-boot", "19", "--seed",
                   "3", "--json")  # fmt: skip
    assert said.code == 0, said.err
    (found,) = loads(said.out)
    counts, mask = recorded.counts(rule="top_k(4)"), recorded.mask(rule="top_k(4)")
    fit = GrowthLaw().fit(counts)
    assert found["b"] == fit.b
    assert found["GoodnessOfFit"]["misfit"] == fit.goodness_of_fit(19, rng=3).misfit
    assert found["LawComparison"] == as_json(compare_laws(fit.histogram))
    assert found["TwoWay"]["se_log_b"] == fit.two_way(mask).se_log_b
    assert found["OrderTests"] == as_json(order_tests(mask, n_permutations=19, rng=3))


def test_checks_read_well(recorded, command):
    said = command("growth", "run", "--rule", "top_k(4)", "--checks", "--n-boot", "19")
    heads = ("Growth law", "Goodness of fit", "Laws of counts", "Two-way", "Tests of order")
    assert [head in said.out for head in heads] == [True] * 5


def test_predictions_are_those_of_the_fit(recorded, command):
    said = command("growth", "run", "--rule", "argmax", "--predict", "100", "--predict", "10000",
                   "--json")  # fmt: skip
    (found,) = loads(said.out)
    expected = GrowthLaw().fit(recorded.counts(rule="argmax")).predict([100, 10_000])
    assert [row["k"] for row in found["Prediction"]] == expected.k.tolist()


def test_other_estimators_can_be_asked_for(recorded, command):
    counts = recorded.counts(rule="argmax")
    for options in (["--method", "curve"], ["--likelihood", "zero-truncated"]):
        (found,) = loads(command("growth", "run", "--rule", "argmax", *options, "--json").out)
        settings = {options[0].removeprefix("--"): options[1]}
        assert found["b"] == GrowthLaw(**settings).fit(counts).b


def test_a_sweep_sets_the_rules_side_by_side(recorded, command):
    said = command("growth", "run", "--sweep", "--plot", "sweep.svg")
    assert said.code == 0, said.err
    assert "argmax" in said.out
    assert "top_k(4)" in said.out
    (found,) = loads(command("growth", "run", "--sweep", "--json").out)
    assert found["rules"] == ["argmax", "top_k(4)"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--method", "guess"], "no such method"),
        (["--likelihood", "guess"], "no such likelihood"),
        (["--predict", "-1"], "negative"),
        (["--plot", "x.svg"], "--layer and --rule"),
    ],
)
def test_mistakes_are_one_line(recorded, command, options, says):
    said = command("growth", "run", *options)
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1


def test_the_bounded_law_and_its_exponent_are_those_of_the_package(recorded, command):
    said = command("powerlaw", "run", "--rule", "top_k(4)", "--bounded", "--n-boot", "39", "--json")
    assert said.code == 0, said.err
    (found,) = loads(said.out)
    counts = recorded.counts(rule="top_k(4)")
    assert found["BoundedPowerLawResult"] == as_json(BoundedPowerLaw(n_boot=39).fit(counts, rng=0))
    agreement = exponent_agreement(counts, n_boot=39, rng=0)
    assert found["ExponentAgreement"] == as_json(agreement)


def test_numbers_of_a_file_have_no_growth_law_to_agree_with(user, command):
    np.savetxt("n.txt", [1, 1, 1, 2, 2, 3, 4, 9, 30], fmt="%d")
    (found,) = loads(command("powerlaw", "n.txt", "--bounded", "--n-boot", "9", "--json").out)
    assert "ExponentAgreement" not in found
    assert command("powerlaw", "n.txt", "--bounded", "--compare").code == 2
