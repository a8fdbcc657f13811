"""Settings of a study come from a TOML file, by name, and are printed as one."""

import json
import tomllib
from dataclasses import replace

import pytest

from activstats.cli.study import STUDIES
from activstats.errors import DomainError, InputError, UsageError
from activstats.studies.settings import StudySettings
from activstats.studies.settings_file import read_settings, settings_toml


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("size", [[], ["--quick"]])
def test_what_is_shown_is_what_is_read(tmp_path, command, name, size):
    shown = command("study", name, *size, "--show-config")
    assert (shown.code, shown.err) == (0, "")
    (tmp_path / "study.toml").write_text(shown.out)
    # The file says everything, so it does not matter that the full study stands below it.
    again = command("study", name, "--config", tmp_path / "study.toml", "--show-config")
    assert again.out == shown.out
    as_json = command("study", name, *size, "--show-config", "--json")
    assert json.loads(as_json.out) == tomllib.loads(shown.out)


def test_a_file_says_only_what_differs(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text('widths = [8, 16]\nsizes = [2, 4]\nlearning_rate = 1\nrules = ["argmax"]\n')
    settings = read_settings(path, StudySettings.quick())
    assert settings == replace(
        StudySettings.quick(), widths=(8, 16), sizes=(2, 4), learning_rate=1.0, rules=("argmax",)
    )
    assert read_settings(path, StudySettings()).seeds == StudySettings().seeds
    assert tomllib.loads(settings_toml(settings)) == settings.to_dict()


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("width = [8]", UsageError, "try: widths"),
        ("widths = 8", UsageError, "a list, each a whole number"),
        ('widths = ["8"]', UsageError, "a whole number"),
        ("steps = 1.5", UsageError, "a whole number"),
        ("steps = true", UsageError, "a whole number"),
        ("sizes = 1.5", UsageError, "a whole number, or a list"),
        ("steps = ", UsageError, "no TOML"),
        ("[study]\nsteps = 1", UsageError, "no setting of this study"),
        ("steps = 0", DomainError, "steps"),
    ],
)
def test_what_a_setting_cannot_be_is_refused(tmp_path, text, kind, said):
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(kind) as refused:
        read_settings(tmp_path / "study.toml", StudySettings())
    assert said in refused.value.one_line()


def test_a_file_that_is_not_there_is_one_line(command, tmp_path):
    said = command("demo", "--config", tmp_path / "no.toml", "--out", tmp_path / "demo")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert not (tmp_path / "demo").exists()
    with pytest.raises(InputError):
        read_settings(tmp_path / "no.toml", StudySettings())


@pytest.mark.slow
def test_a_study_is_made_with_the_settings_of_the_file(command, tmp_path):
    (tmp_path / "study.toml").write_text(
        'widths = [8]\nmaskings = ["none"]\nadam_rates = [0.001]\nseeds = [4]\nsteps = 4\nlooks = 2\n'
    )
    study = ("study", "tipping", "--quick", "--config", tmp_path / "study.toml", "--jobs", "1")
    assert command(*study, "--out", tmp_path / "made").code == 0
    told = json.loads((tmp_path / "made" / "_study.json").read_text())["settings"]
    assert (told["widths"], told["seeds"], told["steps"]) == ([8], [4], 4)
