"""Recordings on object storage: a real S3 server on this machine, moto's."""

import logging
import warnings
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from activstats import count_many, open_recording, open_study
from activstats.cli.main import run as command
from activstats.errors import RecordingError, RecordingNotFoundError
from activstats.recording.study import write_runs
from tests.counts.test_engine import figures

from .conftest import record

# Imported by the tests alone: every worker collects this file.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("s3fs") is None, reason="the extra `s3` is not installed"),
    pytest.mark.skipif(find_spec("moto") is None, reason="moto's server is not installed"),
]
KEYS = {"key": "somebody", "secret": "guess"}


@pytest.fixture(scope="module")
def endpoint():
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Flask and moto
        started.start()
        host, port = started.get_host_and_port()
        yield f"http://{host}:{port}"
        started.stop()


@pytest.fixture
def options(endpoint):
    yield {**KEYS, "endpoint_url": endpoint}
    close_connections()


def close_connections():
    """Close what s3fs would close some time later, with a warning."""
    import s3fs

    for fs in list(s3fs.S3FileSystem._cache.values()):
        if fs._s3 is not None:
            s3fs.S3FileSystem.close_session(fs.loop, fs._s3)
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def study(tmp_path, rng, options):
    """A study on disk, and the same in a bucket."""
    import s3fs

    for name in ("a", "b"):
        record(tmp_path / name, rng.normal(size=(400, 12)).astype(np.float32), mode="mask")
    write_runs(tmp_path, pd.DataFrame({"run": ["a", "b"], "recording": ["a", "b"]}))
    fs = s3fs.S3FileSystem(**options)
    fs.mkdirs("recordings", exist_ok=True)
    fs.put(str(tmp_path) + "/", "recordings/study/", recursive=True)
    return tmp_path


def test_a_study_in_a_bucket_is_counted_like_one_on_disk(study, options):
    there = open_study("s3://recordings/study", options)
    found = count_many(there, n_jobs=2)
    here = count_many(open_study(study))
    assert {n: figures(c) for n, c in found.items()} == {n: figures(c) for n, c in here.items()}
    assert there.recording("a").verify() == []
    np.testing.assert_array_equal(
        there.recording("b").mask().bits, open_recording(study / "b").mask().bits
    )


def test_options_may_come_from_the_environment(study, endpoint, monkeypatch, capfd):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secret"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert open_recording("s3://recordings/study/a").counts().n_samples == 400
    assert command(["inspect", "s3://recordings/study/a", "--verify"]) == 0
    assert "as they were written" in capfd.readouterr().out


def test_an_absent_bucket_and_an_absent_recording_are_said_to_be_so(study, options):
    with pytest.raises(RecordingNotFoundError, match="no such bucket"):
        open_recording("s3://nobody-has-this/run", options)
    with pytest.raises(RecordingNotFoundError, match="no such folder"):
        open_recording("s3://recordings/none", options)
    with pytest.raises(RecordingNotFoundError, match="no study"):
        open_study("s3://recordings/none", options)


def test_missing_credentials_are_one_line(endpoint, monkeypatch, capfd, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(RecordingError, match="credentials"):
        open_recording("s3://recordings/study/a")
    assert command(["inspect", "s3://recordings/study/a"]) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "credentials" in said
    close_connections()
