"""What commands print with --json is what their JSON Schema says, and nothing else."""

import copy
import inspect
import json
import pkgutil
from importlib import import_module

import jsonschema
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import activstats.dynamics
import activstats.laws
from activstats.cli.main import PANELS
from activstats.cli.schemas.commands import SCHEMAS, command_schema, kind_schema
from activstats.cli.schemas.results import RESULTS
from activstats.laws.results import Result

RECORD = ("record", "nets.py:build", "--layers", "1", "--data", "x.npy")
RULES = ("--rule", "top1%", "--rule", "above(0)", "--mode", "mask")


def printed(said):
    assert said.code == 0, said.err
    return json.loads(said.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def check(content, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(content)


@pytest.fixture
def recorded(user, command):
    assert command(*RECORD, "--out", "run", *RULES).code == 0
    return user


ON_A_RECORDING = [
    "growth run",
    "growth run --rule top1% --checks --n-boot 9 --predict 1000",
    "growth run --sweep",
    "powerlaw run --n-boot 9",
    "powerlaw run --rule top1% --n-boot 9 --compare",
    "powerlaw run --rule top1% --n-boot 39 --bounded",
    "inspect run --steps --verify",
    "verify run",
    "verify run --repair",
    "compact run",
    "table run --n-boot 9",
    "fluctuation run",
    "stamina run --rule above(0)",
    "tipping run --rule above(0)",
    "trace nets.py:build --data x.npy",
    "plan --b 0.3",
    "design --d-star 100 --simulations 2",
    "datasets",
    "datasets path digits",
    "datasets copy weights there",
    "demo --show-config",
    "study tipping --show-config",
]


@pytest.mark.parametrize("words", ON_A_RECORDING)
def test_what_is_said_of_a_recording_follows_the_schema(recorded, command, words):
    name, *rest = words.split()
    check(printed(command(name, *rest, "--json")), command_schema(name))


def test_what_record_prints_follows_the_schema(user, command):
    check(printed(command(*RECORD, "--out", "run", "--json")), command_schema("record"))
    for step in (0, 1):
        with torch.random.fork_rng():
            torch.manual_seed(step)
            state = torch.nn.Sequential(
                torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 3)
            ).state_dict()
        save_file(state, f"step{step}.safetensors")
    said = command(*RECORD, "--out", "series", "--checkpoints", "step*.safetensors", "--json")
    check(printed(said), command_schema("record"))


ON_A_STUDY = [
    ("digits", "pool {} --by width --where kind=trained --rule top1%"),
    ("digits", "transition {} --width 64 --n-boot 9"),
    ("digits", "decay {} --width 64 --choice --exponent --predict 5000"),
    ("learning-rates", "fluctuation {}"),
    ("weights", "fluctuation {}"),
    ("stamina", "stamina {}"),
    ("tipping", "tipping {}"),
]


@pytest.mark.parametrize(("dataset", "words"), ON_A_STUDY)
def test_what_is_said_of_a_study_follows_the_schema(user, command, dataset, words):
    from activstats.datasets import path

    name, *rest = words.split()
    said = command(name, *(word.format(path(dataset)) for word in rest), "--json")
    check(printed(said), command_schema(name))


@pytest.mark.slow
def test_what_validate_prints_follows_the_schema(user, command):
    from activstats.datasets import path

    draws = ("--n-boot", "39", "--n-draws", "1")
    said = command("validate", path("digits"), *draws, "-o", "r.json", "--json")
    check(printed(said), command_schema("validate"))


def test_a_schema_refuses_what_is_not_so(recorded, command):
    content = printed(command("growth", "run", "--rule", "top1%", "--json"))
    schema = command_schema("growth")
    for change in ({"b": "much"}, {"colour": 1}, {"result": "RuleSweep"}, {"status": "fine"}):
        wrong = copy.deepcopy(content)
        wrong[0] |= change
        with pytest.raises(jsonschema.ValidationError):
            check(wrong, schema)


def test_every_command_has_a_schema_and_prints_it(command):
    names = {name for panel in PANELS.values() for name in panel}
    assert set(SCHEMAS) == names
    for name in names:
        jsonschema.Draft202012Validator.check_schema(printed(command("schema", name)))


def kinds_of_results():
    """Return every class of results that can be made."""
    for package in (activstats.laws, activstats.dynamics):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            import_module(module.name)
    waiting, found = [Result], set()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("activstats.") and not inspect.isabstract(kind):
            found.add(kind)
    return found


def test_every_kind_of_result_has_a_schema():
    found = {kind.__name__: kind.__module__ for kind in kinds_of_results()}
    assert found == {name: f"activstats.{module}" for name, module in RESULTS.items()}
    for name in RESULTS:
        jsonschema.Draft202012Validator.check_schema(kind_schema(name))


def test_infinite_numbers_are_words_that_the_schema_knows():
    from activstats import PowerLawTail

    result = PowerLawTail(n_boot=0).fit(np.arange(1, 4), rng=0)
    content = json.loads(result.to_json())
    assert "nan" in json.dumps(content)
    check(content, kind_schema("PowerLawTailResult"))


def test_an_optimum_follows_its_schema(rng):
    from activstats.dynamics.tipping_optimum import FiringAtOptimum

    rates = np.logspace(-4, -1, 7)
    loss = (np.log10(rates) + 2.5) ** 2 + rng.normal(size=(3, 7)) / 100
    found = FiringAtOptimum().fit(rates, loss=loss, firing=1 / (1 + rates * 100) + 0 * loss)
    check(json.loads(found.to_json()), kind_schema("OptimumResult"))
    assert type(found).from_json(found.to_json()) == found


def test_a_name_that_there_is_not_is_met_with_the_nearest(command):
    said = command("schema", "growht")
    assert (said.code, said.out) == (2, "")
    assert "'growth'?" in said.err
