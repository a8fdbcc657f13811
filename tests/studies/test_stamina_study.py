"""The study of stamina: the same for any number of processes, resumed, and read by its command."""

import json

import pytest

from activstats import open_study
from activstats.errors import DomainError, StudyError
from activstats.studies.stamina_settings import StaminaSettings, plan_stamina
from activstats.studies.stamina_study import layers_of, run_stamina

SMALL = {"width": 32, "seeds": (0,), "conditions": ("winner-take-all",), "targets": (8,),
         "ratios": (0.3,), "epochs": 3, "annealed_seeds": 1, "max_runs": 5}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "stamina"
    return run_stamina(path, StaminaSettings(**SMALL), n_jobs=1, progress=False)


def test_every_way_to_make_a_layer_smaller_is_told(study):
    layers = layers_of(open_study(study).runs)
    assert set(layers["method"]) == {
        "whole layer", "stamina", "random removal", "magnitude pruning", "frequency pruning",
    }  # fmt: skip
    by_size = layers[(layers["chosen_by"] == "target") & (layers["search"] != "annealing")]
    cut = by_size[by_size["method"] != "stamina"]
    found = by_size[(by_size["method"] == "stamina") & (by_size["signal"] == "output")]
    assert (cut["kept"] == found["kept"].iloc[0]).all()  # the very same size
    assert layers["accuracy"].between(0, 1).all()
    assert layers["kept"].between(1, 32).all()


def test_finished_runs_are_not_done_again(study):
    row = next((study / "_rows").iterdir())
    before = row.stat().st_mtime_ns
    run_stamina(study, StaminaSettings(**SMALL), n_jobs=1, progress=False)
    assert row.stat().st_mtime_ns == before
    with pytest.raises(StudyError):
        run_stamina(study, StaminaSettings(**SMALL | {"epochs": 4}), n_jobs=1, progress=False)


def test_runs_do_not_depend_on_what_was_there_before(study, tmp_path):
    again = run_stamina(tmp_path / "again", StaminaSettings(**SMALL), n_jobs=1, progress=False)
    one, two = (
        layers_of(open_study(path).runs).drop(columns="recording") for path in (study, again)
    )
    assert one.equals(two)


def test_recording_of_the_whole_layer_gives_a_ledger(study):
    from activstats.stamina_reading import each_ledger

    (ledger,) = each_ledger(open_study(study).recording("stamina-winner-take-all-s0"))
    assert ledger.n_neurons == 32
    assert "mean output" in ledger.method
    (by_firing,) = each_ledger(
        open_study(study).recording("stamina-winner-take-all-s0"), gain="firing"
    )
    assert "1 at every firing" in by_firing.method


def test_command_judges_a_study_and_writes_its_report(study, tmp_path, capfd):
    from activstats.cli.main import run

    page = tmp_path / "report.html"
    assert run(["stamina", str(study), "--json", "-o", str(page)]) == 0
    told = json.loads(capfd.readouterr().out)
    # One seed decides nothing.
    assert {one["outcome"] for one in told["verdicts"]} <= {"undecided", "not testable"}
    assert len(told["verdicts"]) == 3
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") >= 3  # a front and two of the ledger, with one seed
    assert "Accuracy over the neurons kept" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_command_keeps_the_ledger_of_a_recording(study, tmp_path, capfd):
    from activstats.cli.main import run

    recording = str(study / "stamina-winner-take-all-s0")
    picture = tmp_path / "ledger.svg"
    assert (
        run(["stamina", recording, "--ratio", "0.3", "--ratio", "1", "--plot", str(picture)]) == 0
    )
    out = capfd.readouterr().out
    assert "Stamina ledger" in out
    assert "expected_to_live" in out
    assert picture.stat().st_size > 1000
    assert run(["stamina", recording, "--json", "--penalty", "0.01", "--life", "100"]) == 0
    (told,) = json.loads(capfd.readouterr().out)
    assert told["result"] == "StaminaLedgerResult"
    assert told["penalties"] == [0.01]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--cap", "0.1"], 2), (["--gain", "size"], 2), (["--step", "x"], 2), (["-o", "a.html"], 2),
     (["--layer", "nobody"], 1), (["--ratio", "1", "--penalty", "1"], 2)],
)  # fmt: skip
def test_mistakes_are_one_line(study, arguments, code, capfd):
    from activstats.cli.main import run

    assert run(["stamina", str(study / "stamina-winner-take-all-s0"), *arguments]) == code
    assert len(capfd.readouterr().err.strip().splitlines()) == 1


def test_other_studies_are_refused(study):
    with pytest.raises(StudyError, match="no study of stamina"):
        layers_of(open_study(study).runs.drop(columns="layers"))


def test_plan_and_settings():
    assert len(plan_stamina(StaminaSettings())) == 15
    assert len(plan_stamina(StaminaSettings.quick())) == 6
    for wrong in ({"targets": (128,)}, {"conditions": ("none",)}, {"epochs": 2}, {"seeds": (-1,)},
                  {"ratios": (1.0,)}):  # fmt: skip
        with pytest.raises(DomainError):
            StaminaSettings(**wrong)
