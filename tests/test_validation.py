"""The whole way: a study on disk is read, fitted, judged and reported, and left as it was."""

import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest

from activstats import judged, open_study, validate
from activstats.claims import Outcome, form_of_learning, growth_law, model_shape
from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.cli.main import run
from activstats.errors import (
    DamagedRecordingError,
    DomainError,
    InputError,
    RecordingNotFoundError,
    StudyError,
)
from activstats.laws.growth import GrowthLaw
from activstats.recording.study import write_runs
from activstats.studies import StudySettings, run_study
from activstats.validation import CLAIMS
from tests.report.conftest import Page

TINY = StudySettings(
    widths=(32, 64),
    sizes=(16, 64),
    seeds=(0, 1, 2),
    steps=30,
    rules=("top1%", "above(0)"),
    along_widths=(32,),
    along_every=15,
    along_samples=200,
)


@pytest.fixture(scope="module")
def study_path(tmp_path_factory):
    return run_study(tmp_path_factory.mktemp("tiny"), TINY, n_jobs=1, progress=False)


@pytest.fixture(scope="module")
def validation(study_path):
    return validate(study_path, n_draws=9, n_boot=39, command="activstats demo --out here")


@pytest.fixture(scope="module")
def page(validation, tmp_path_factory):
    """Return the report, in a folder that was not there."""
    return validation.to_html(str(tmp_path_factory.mktemp("page") / "new" / "report.html"))


@pytest.fixture
def copy(study_path, tmp_path):
    """Return a copy of the study that a test may spoil."""
    return shutil.copytree(study_path, tmp_path / "copy")


def contents(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_largest_training_size_and_controls_are_fitted(validation):
    found = {(f.kind, f.n_train, f.width, f.seed, f.rule) for f in validation.evidence.fits}
    kinds = ((TRAINED, 64), (UNTRAINED, 0), (RANDOM_LABELS, 64))
    assert found == {
        (kind, n_train, width, seed, rule)
        for kind, n_train in kinds
        for width in (32, 64)
        for seed in (0, 1, 2)
        for rule in ("top_fraction(0.01)", "above(0)")
    }


def test_fits_are_those_of_the_recordings(validation, study_path):
    study = open_study(study_path)
    for fitted in validation.evidence.fits[::7]:
        counts = study.recording(fitted.run).counts(fitted.layer, fitted.rule)
        assert fitted.fit == GrowthLaw().fit(counts)
        assert fitted.samples_to_half == counts.samples_to(0.5)
        assert fitted.dead_share == pytest.approx(counts.dead_share)
        assert fitted.always_on_share == pytest.approx(counts.always_on_share)


def test_runs_along_training_are_fitted_step_by_step(validation):
    steps = {(f.width, f.seed, f.step) for f in validation.evidence.along}
    assert steps == {(32, seed, step) for seed in (0, 1, 2) for step in (0, 15, 30)}


def test_chance_is_drawn_where_the_verdict_rests(validation):
    for fitted in validation.evidence.fits:
        judged = fitted.kind == TRAINED and fitted.rule == "top_fraction(0.01)" and fitted.tells
        assert fitted.chance.size == (9 if judged else 0)


def test_every_claim_has_a_verdict(validation):
    assert [one.title for one in validation.verdicts] == [claim.TITLE for claim in CLAIMS]
    for verdict in validation.verdicts:
        assert verdict.outcome in set(Outcome)
        assert len(verdict.sentence) > 40
        assert (verdict.p_holm is None) == (verdict.p is None)


def test_study_with_everything_leaves_hardly_a_claim_untestable(validation):
    missing = [one.title for one in validation.verdicts if one.outcome is Outcome.NOT_TESTABLE]
    assert growth_law.TITLE not in missing
    assert model_shape.TITLE not in missing
    assert form_of_learning.TITLE not in missing


def test_verdicts_come_as_a_table_and_as_json(validation):
    frame = validation.to_frame()
    assert frame["claim"].tolist() == [claim.TITLE for claim in CLAIMS]
    content = json.loads(validation.to_json(), parse_constant=pytest.fail)
    assert [one["outcome"] for one in content["verdicts"]] == frame["outcome"].tolist()
    assert content["runs_sha256"] == validation.origin.runs_sha256
    assert all(one["rule"] and one["changes"] for one in content["verdicts"])


def test_report_is_written_by_its_suffix(validation, tmp_path):
    for name in ("new/r.md", "r.json"):
        assert validation.write(tmp_path / name).stat().st_size > 1000
    with pytest.raises(InputError, match=r"\.html, \.md, \.json"):
        validation.write(tmp_path / "r.pdf")


def test_markdown_has_every_verdict_and_no_broken_table(validation):
    lines = validation.to_markdown().splitlines()
    for verdict in validation.verdicts:
        assert sum(f": {verdict.outcome}.**" in line for line in lines) >= 1
    rows = [(line.startswith("|"), len(re.findall(r"(?<!\\)\|", line))) for line in lines]
    assert sum(row for row, _ in rows) > 30
    for (above, wide), (below, width) in pairwise(rows):
        assert not (above and below) or wide == width


def test_validation_is_frozen(validation):
    with pytest.raises(dataclasses.FrozenInstanceError):
        validation.verdicts = ()


def test_same_study_gives_the_same_report_and_is_left_as_it_was(validation, study_path):
    """And so the same page: tests/report draws that twice from the same evidence."""
    before = contents(study_path)
    again = validate(
        open_study(study_path), n_draws=9, n_boot=39, command="activstats demo --out here"
    )
    assert again.to_json() == validation.to_json()
    assert again.to_markdown() == validation.to_markdown()
    assert contents(study_path) == before


def test_chance_of_a_run_does_not_depend_on_other_runs(validation, copy):
    runs = open_study(copy).runs
    write_runs(copy, runs[runs["width"] == 64])
    fewer = validate(copy, n_draws=9, n_boot=39).evidence.fits
    whole = {(f.run, f.rule): f.chance.tolist() for f in validation.evidence.fits}
    assert all(f.chance.tolist() == whole[f.run, f.rule] for f in fewer)


def test_page_is_written_where_no_folder_was(page):
    words = Page(page.read_text("utf-8"))
    assert words.problems == []
    assert "activstats demo --out here" in words.words
    assert "1\u202f797 rows" in words.words


def test_place_that_cannot_be_written_is_said(validation, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudyError, match="cannot be written"):
        validation.to_html(tmp_path / "file" / "report.html")


def test_public_name_can_be_called_whatever_was_imported_first():
    code = """
import sys
for first in ("activstats", "activstats.validation"):
    __import__(first)
    import activstats
    assert all(callable(activstats.validate) for _ in range(2))
    for name in [one for one in sys.modules if one.split(".")[0] == "activstats"]:
        del sys.modules[name]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_missing_column_is_named(copy):
    write_runs(copy, open_study(copy).runs.drop(columns="n_train"))
    with pytest.raises(InputError, match="'n_train'"):
        validate(copy)


def test_folder_without_a_study_is_said(tmp_path):
    with pytest.raises(RecordingNotFoundError):
        validate(tmp_path)


def test_damaged_shard_is_named(copy):
    shard = next((copy / "trained-w0064-n000064-s0").rglob("part-*.parquet"))
    shard.write_bytes(shard.read_bytes()[:-40])
    with pytest.raises(DamagedRecordingError, match=shard.name):
        validate(copy)


def test_study_without_trained_runs_is_not_testable(copy):
    runs = open_study(copy).runs
    write_runs(copy, runs[runs["kind"] == UNTRAINED])
    verdicts = validate(copy, n_boot=39).verdicts
    assert {one.outcome for one in verdicts} == {Outcome.NOT_TESTABLE}


@pytest.fixture
def tiny_demo(monkeypatch):
    monkeypatch.setattr(StudySettings, "quick", classmethod(lambda cls: TINY))


@pytest.mark.usefixtures("tiny_demo")
def test_demo_goes_on_with_what_is_there_and_says_the_verdict(copy, capsys, monkeypatch):
    monkeypatch.setattr(judged, "report_html", lambda *_: "drawn elsewhere")
    rows = contents(copy / "_rows")
    assert run(["demo", "--quick", "--out", str(copy), "--jobs", "1"]) == 0
    *sentences, place = capsys.readouterr().out.strip().splitlines()
    assert "growth law" in sentences[0]
    assert len(sentences) == len(CLAIMS)
    assert place == f"report: {copy / 'report.html'}"
    assert (copy / "report.html").is_file()
    assert contents(copy / "_rows") == rows


@pytest.mark.usefixtures("tiny_demo")
def test_demo_prints_json_for_machines(copy, capsys, monkeypatch, validation):
    monkeypatch.setattr(judged, "report_html", lambda *_: "drawn elsewhere")
    monkeypatch.setattr("activstats.validation.validate", lambda *_args, **_named: validation)
    assert run(["demo", "--quick", "--out", str(copy), "--jobs", "1", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["report"] == str(copy / "report.html")
    assert [one["outcome"] for one in content["verdicts"]] == [
        str(one.outcome) for one in validation.verdicts
    ]


def test_demo_refuses_another_study_in_one_line(copy, capsys):
    assert run(["demo", "--out", str(copy)]) == 1
    complaint = capsys.readouterr().err.strip()
    assert "\n" not in complaint
    assert "--overwrite" in complaint


def test_demo_asks_for_a_target(tmp_path, capsys):
    assert run(["demo", "--data", "letters.csv", "--out", str(tmp_path / "new")]) == 2
    assert "--target" in capsys.readouterr().err


def test_validate_command_writes_every_form(study_path, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(judged, "report_html", lambda *_: "drawn elsewhere")
    targets = [str(tmp_path / f"report.{suffix}") for suffix in ("html", "md", "json")]
    outs = [part for target in targets for part in ("-o", target)]
    few = ["--n-boot", "39", "--n-draws", "9"]
    assert run(["validate", str(study_path), *outs, *few, "--json"]) == 0
    content = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert content["reports"] == targets
    assert len(content["verdicts"]) == len(CLAIMS)
    on_disk = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert on_disk["verdicts"] == content["verdicts"]


def test_validate_command_says_every_verdict(study_path, validation, capsys, monkeypatch):
    monkeypatch.setattr("activstats.validation.validate", lambda *_args, **_named: validation)
    few = ["--n-boot", "39", "--n-draws", "9"]
    assert run(["validate", str(study_path), *few]) == 0
    said = capsys.readouterr().out
    assert "The growth law describes these layers" in said
    assert "not testable: " in said


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 1, "nowhere"),
        (["nowhere", "-o", "report.pdf"], 2, ".html, .md, .json"),
        (["nowhere", "--n-boot", "3"], 2, "--n-boot"),
        (["nowhere", "--seed", "-1"], 2, "--seed"),
    ],
)
def test_mistakes_of_the_validate_command_are_one_line(arguments, code, words, capsys):
    assert run(["validate", *arguments]) == code
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert words in said.err


def test_validate_explains_itself(capsys):
    assert run(["validate", "--help"]) == 0
    assert "Examples" in capsys.readouterr().out


def test_too_few_draws_are_refused_before_anything_is_read(tmp_path):
    with pytest.raises(DomainError, match=">= 39"):
        validate(tmp_path / "nothing", n_boot=38)
