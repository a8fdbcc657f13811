"""The stamina ledger of a recording, of masks or of values, is that of the arrays recorded."""

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from activstats import Recorder, open_recording
from activstats.cli.main import app
from activstats.dynamics.stamina import StaminaLedger
from activstats.errors import DomainError
from activstats.stamina_reading import each_ledger

MODEL = StaminaLedger(life=40)


@pytest.fixture(scope="module")
def outputs():
    rng = np.random.default_rng(5)
    fires = rng.random((600, 9)) < np.linspace(0.02, 0.9, 9)
    # Multiples of 1/8 below 8 are the same in half precision.
    return (fires * rng.integers(1, 64, (600, 9)) / 8).astype(np.float32)


@pytest.fixture(scope="module")
def recordings(outputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ledgers")
    model = torch.nn.Sequential(torch.nn.Identity())
    for mode in ("mask", "values", "counts"):
        with Recorder(
            model, folder / mode, layers="0", rule=["above(0)", "argmax"], mode=mode
        ) as recorder:
            for step, half in enumerate(np.array_split(outputs, 2)):
                for batch in torch.split(torch.tensor(half), 70):
                    with recorder.batch(step=step):
                        model(batch)
    return folder


def of(folder, mode, **options):
    (found,) = each_ledger(open_recording(folder / mode), ledger=MODEL, **options)
    return found


def test_ledger_of_recorded_values_is_that_of_the_array(recordings, outputs):
    found = of(recordings, "values", rule="above(0)", step=None)
    expected = MODEL.fit_values(outputs)
    np.testing.assert_array_equal(found.died_at, expected.died_at)
    np.testing.assert_allclose(found.balancing, expected.balancing)
    assert found.method == "values, gain the output"
    assert found.provenance["step"] == "all"


def test_the_last_step_is_read_alone_unless_another_is_named(recordings, outputs):
    for step, half in ((-1, outputs[300:]), (0, outputs[:300])):
        found = of(recordings, "values", rule="above(0)", step=step)
        np.testing.assert_array_equal(found.died_at, MODEL.fit_values(half).died_at)


def test_what_a_rule_leaves_out_is_silent(recordings, outputs):
    found = of(recordings, "values", rule="argmax", step=None)
    won = outputs == outputs.max(axis=1, keepdims=True)
    first = won & (np.cumsum(won, axis=1) == 1)
    expected = MODEL.fit_values(np.where(first, outputs, 0))
    np.testing.assert_array_equal(found.died_at, expected.died_at)


def test_by_firing_alone_values_and_mask_agree(recordings):
    of_values, of_mask = (
        of(recordings, mode, rule="above(0)", step=None, gain="firing")
        for mode in ("values", "mask")
    )
    np.testing.assert_array_equal(of_values.died_at, of_mask.died_at)
    assert of_values.method == of_mask.method.replace("mask", "values")
    with pytest.raises(DomainError):
        of(recordings, "values", rule="above(0)", gain="fame")


def test_command_reads_values(recordings):
    path = str(recordings / "values")
    done = CliRunner().invoke(app, ["stamina", path, "--rule", "above(0)", "--json"])
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    assert told["method"] == "values, gain the output"


def test_counts_alone_have_no_ledger_and_say_so(recordings):
    done = CliRunner().invoke(app, ["stamina", str(recordings / "counts")])
    assert done.exit_code != 0
