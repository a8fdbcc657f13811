"""`activstats design` says what the planning function says."""

import json

import pytest

from activstats.laws.loss import plan_transition

ASKED = ("design", "--d-star", "200", "--b", "0.6", "--cv", "0.01")


def test_json_holds_the_numbers_of_the_function(command):
    said = command(*ASKED, "--runs", "24", "--simulations", "3", "--json")
    assert said.code == 0, said.err
    content = json.loads(said.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    expected = plan_transition(200, 0.6, cv=0.01, runs=24, n_simulations=3, rng=0)
    assert content["advice"]["sizes"] == list(expected.advice.sizes)
    assert content["advice"]["se_log_d_star"] == expected.advice.se_log_d_star
    assert content["advice"]["runs"] <= 24
    assert content["power"]["n_simulations"] == 3


def test_table_stands_below_the_words(command):
    said = command(*ASKED, "--simulations", "0")
    assert said.code == 0, said.err
    assert said.out.startswith(plan_transition(200, 0.6, cv=0.01).summary())
    assert "se_log_d_star" in said.out
    assert "simulated" not in said.out


def test_the_steepest_point_can_be_guessed_instead(command):
    by_steepest = command("design", "--steepest", "1000", "--b", "0.2", "--simulations", "0")
    by_d_star = command("design", "--d-star", "200", "--b", "0.2", "--simulations", "0")
    assert by_steepest.out == by_d_star.out != ""


@pytest.mark.parametrize(
    "wrong",
    [
        (), ("--d-star", "200", "--steepest", "100"), ("--d-star", "-1"),
        ("--d-star", "200", "--b", "0"), ("--d-star", "200", "--cv", "2"),
        ("--d-star", "200", "--runs", "3"), ("--d-star", "200", "--samples", "10"),
        ("--d-star", "200", "--seed", "-1"), ("--d-star", "200", "--simulations", "-1"),
        ("--d-star", "many"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(command, wrong):
    said = command("design", *wrong)
    assert said.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_the_command_explains_itself_with_examples(command):
    said = command("design", "--help")
    assert said.code == 0
    assert "Examples" in said.out
    assert "design" in command("--help").out
