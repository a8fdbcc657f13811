"""`activstats plan` says what the planning functions say."""

import json

import pytest

from activstats.laws.planning import samples_needed


def test_json_holds_the_numbers_of_the_functions(command):
    asked = ("plan", "--b", "0.3", "--c-share", "0.01", "--se", "0.1", "--neurons", "512")
    said = command(*asked, "--samples", "1000", "--json")
    assert said.code == 0, said.err
    content = json.loads(said.out)
    assert content["samples"] == [samples_needed(0.1, n_neurons=512, b=0.3, c=5.12)]
    assert content["n_samples"] == [1000]


def test_table_names_what_it_assumes(command):
    said = command("plan", "--se", "0.02")
    assert said.code == 0, said.err
    assert "∞" in said.out
    assert "independent" in said.out


@pytest.mark.parametrize("wrong", [("--b", "-1"), ("--c-share", "2"), ("--se", "0")])
def test_a_mistake_is_one_line(command, wrong):
    said = command("plan", *wrong)
    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1
