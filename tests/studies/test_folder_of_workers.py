"""Workers outlive a study: one begun in another folder by the same workers is written where it was asked for."""

from dataclasses import replace

import pytest

from activstats.studies.tipping_settings import TippingSettings
from activstats.studies.tipping_study import run_tipping

SMALL = replace(TippingSettings.quick(), seeds=(0,), widths=(8,), steps=20, looks=2)


@pytest.mark.slow
def test_a_relative_folder_is_that_of_the_caller(tmp_path, monkeypatch):
    for name in ("first", "second"):
        place = tmp_path / name
        place.mkdir()
        monkeypatch.chdir(place)
        run_tipping("study", SMALL, n_jobs=2)
        assert (place / "study" / "runs.parquet").is_file()
    runs = [
        (tmp_path / name / "study" / "runs.parquet").read_bytes() for name in ("first", "second")
    ]
    assert runs[0] == runs[1]
