"""`activstats verify` and `activstats compact`."""

import json

import numpy as np
import pytest

from activstats import open_recording, verify

RECORD = ("record", "nets.py:build", "--layers", "1", "--out", "run", "--rule", "above(0)")


@pytest.fixture
def recorded(user, command):
    assert command(*RECORD, "--data", "x.npy").code == 0
    np.save("longer.npy", np.concatenate([np.load("x.npy")] * 2))
    assert command(*RECORD, "--data", "longer.npy", "--resume").code == 0
    assert len(shards(user / "run")) == 2
    return user / "run"


def shards(folder):
    return sorted(folder.rglob("*.parquet"))


def test_a_whole_recording_gives_0_and_says_so(recorded, command):
    said = command("verify", recorded)
    assert (said.code, said.err) == (0, "")
    assert said.out.strip() == verify(recorded).summary()
    assert json.loads(command("verify", recorded, "--json").out) == verify(recorded).to_dict()


def test_what_is_wrong_gives_1_and_is_named(recorded, command):
    broken = shards(recorded)[0]
    broken.write_bytes(broken.read_bytes()[:-9])
    said = command("verify", recorded)
    assert (said.code, said.err) == (1, "")
    assert broken.name in said.out
    assert "samples 0 to 299 of step 0 are not there" in said.out
    content = json.loads(command("verify", recorded, "--json").out)
    assert {problem["kind"] for problem in content["problems"]} == {"damaged", "lost"}


def test_repair_says_what_it_set_aside_and_what_remains_lost(recorded, command):
    broken = shards(recorded)[0]
    broken.write_bytes(broken.read_bytes()[:-9])
    said = command("verify", recorded, "--repair", "--json")
    assert said.code == 1
    content = json.loads(said.out)
    assert broken.name in content["set_aside"][0]["file"]
    assert [lost["last_sample"] for lost in content["after"]["lost"]] == [299]
    assert open_recording(recorded).counts().n_samples == 300
    again = command("verify", recorded, "--repair")
    assert again.code == 1
    assert "not there" in again.out


def test_a_repair_after_which_nothing_is_missing_gives_0(recorded, command):
    (recorded / "_manifest.jsonl").unlink()
    assert command("verify", recorded).code == 1
    said = command("verify", recorded, "--repair")
    assert said.code == 0
    assert "1 problem was found" in said.out
    assert command("verify", recorded).code == 0


def test_compact_makes_one_shard_of_many(recorded, command):
    before = open_recording(recorded).counts()
    said = command("compact", recorded, "--json")
    assert said.code == 0, said.err
    content = json.loads(said.out)
    assert (content["shards_before"], content["shards_after"]) == (2, 1)
    assert len(shards(recorded)) == 1
    np.testing.assert_array_equal(open_recording(recorded).counts().counts, before.counts)
    assert "1 shards of" in command("compact", recorded).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("verify", "nowhere"), 1, "no recording and no study"),
        (("compact", "nowhere"), 1, "no recording"),
        (("compact", "memory://x"), 1, "no local folder"),
        (("verify", "memory://x", "--repair"), 1, "no local folder"),
        (("compact", "run", "--target-mb", "0"), 2, "positive"),
        (("compact", "run", "--target-mb", "nan"), 2, "positive"),
        (("verify",), 2, "Missing"),
    ],
)
def test_a_mistake_is_one_line(recorded, command, arguments, code, said):
    answer = command(*arguments)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert said in answer.err


@pytest.mark.parametrize("name", ["verify", "compact"])
def test_the_commands_explain_themselves(command, name):
    said = command(name, "--help")
    assert said.code == 0
    assert f"activstats {name}" in said.out
    assert "Examples" in said.out
