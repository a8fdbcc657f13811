"""A study on disk: one table of runs and their recordings."""

import pandas as pd
import pytest

from activstats import open_study
from activstats.errors import InputError, LayerNotFoundError, RecordingError, RecordingNotFoundError
from activstats.recording.study import write_runs

from .conftest import record

RUNS = pd.DataFrame({"run": ["a", "b"], "recording": ["a", ""], "width": [12, 64]})


def test_runs_come_back_as_they_were_written(tmp_path, activations):
    write_runs(tmp_path, RUNS)
    record(tmp_path / "a", activations)
    study = open_study(tmp_path)
    pd.testing.assert_frame_equal(study.runs, RUNS)
    assert study.recording("a").counts().n_samples == 400
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["runs.parquet"]


def test_runs_without_a_recording_say_so(tmp_path):
    write_runs(tmp_path, RUNS)
    for run in ("b", "c"):
        with pytest.raises(LayerNotFoundError, match="no recording"):
            open_study(tmp_path).recording(run)


def test_tables_that_are_no_runs_are_refused(tmp_path):
    with pytest.raises(InputError, match="needs a column"):
        write_runs(tmp_path, RUNS.drop(columns="recording"))
    with pytest.raises(InputError, match="stands twice"):
        write_runs(tmp_path, pd.concat([RUNS, RUNS]))
    assert list(tmp_path.iterdir()) == []


def test_places_without_a_study_say_so(tmp_path):
    with pytest.raises(RecordingNotFoundError, match="no study"):
        open_study(tmp_path)
    (tmp_path / "runs.parquet").write_text("no table")
    with pytest.raises(RecordingError, match="cannot be read"):
        open_study(tmp_path)
