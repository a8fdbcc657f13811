"""Ctrl-C ends a command with code 130, keeps what is finished, and leaves nothing half done."""

import os
import signal
import textwrap
from contextlib import contextmanager
from multiprocessing.connection import wait

import pytest

from activstats import open_recording

RECORD = ("record", "nets.py:build", "--layers", "1", "--out", "run")


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def unfinished(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".tmp")]


def test_a_recording_keeps_what_it_saw(user, command):
    (user / "stream.py").write_text(
        textwrap.dedent(
            """
            import os, signal
            import torch

            def batches():
                for place in range(10):
                    if place == 4:
                        os.kill(os.getpid(), signal.SIGINT)
                    yield torch.zeros(50, 8)
            """
        )
    )
    said = command(*RECORD, "--data", "stream.py:batches")
    assert said.code == 130
    assert said.err == (
        "activstats: interrupted; what was finished is kept. "
        "try: the same command again, with --resume, to go on\n"
    )
    assert said.out == ""
    assert unfinished(user) == []
    assert open_recording("run").info.status == "interrupted"
    assert open_recording("run").verify() == []
    assert open_recording("run").counts().n_samples == 200


def test_a_report_is_written_whole_or_not_at_all(user, command, monkeypatch):
    from activstats.datasets import path

    def interrupted(*_, **__):
        press_ctrl_c()
        raise AssertionError("the signal was lost")

    monkeypatch.setattr("activstats.judged.report_html", interrupted)
    monkeypatch.setattr("activstats.validation._evidence", lambda *_, **__: EVIDENCE)
    monkeypatch.setattr("activstats.validation.judge", lambda _: ())
    said = command("validate", path("digits"), "-o", "report.html")
    assert (said.code, said.out) == (130, "")
    assert not (user / "report.html").exists()
    assert unfinished(user) == []


class EVIDENCE:
    fits = ()


@pytest.mark.parametrize("suffix", [".svg", ".csv"])
def test_a_picture_or_a_table_is_written_whole_or_not_at_all(user, command, monkeypatch, suffix):
    assert command(*RECORD, "--data", "x.npy", "--rule", "top1%").code == 0
    (user / f"made{suffix}").write_text("as it was")
    # The signal comes in the last moment: when all is written, and has not its name.
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: press_ctrl_c())
    option = ("growth", "run", "--plot") if suffix == ".svg" else ("table", "run", "-o")
    assert command(*option, f"made{suffix}").code == 130
    assert (user / f"made{suffix}").read_text() == "as it was"
    assert unfinished(user) == []


@pytest.mark.slow
def test_a_study_ends_its_workers_and_is_gone_on_with(user, command, monkeypatch):
    from joblib.externals.loky import get_reusable_executor

    workers = []

    @contextmanager
    def interrupting(*_, **__):
        def done():
            workers.extend(get_reusable_executor(reuse=True)._processes.values())
            press_ctrl_c()

        yield done

    monkeypatch.setattr("activstats.studies.making.progress_bar", interrupting)
    (user / "small.toml").write_text("seeds = [0]\nwidths = [8]\nsteps = 20\nlooks = 2\n")
    study = ("study", "tipping", "--quick", "--config", "small.toml", "--out", "study")
    said = command(*study)
    assert (said.code, said.out) == (130, "")
    assert len(workers) == 2
    assert len(wait([one.sentinel for one in workers], timeout=60)) >= 1
    for one in workers:
        one.join(60)
        assert not one.is_alive()
    assert not (user / "study" / "runs.parquet").exists()
    finished = len(list((user / "study" / "_rows").glob("*.json")))
    assert finished >= 1
    monkeypatch.undo()
    monkeypatch.chdir(user)
    assert command(*study, "--jobs", "1").code == 0
    assert (user / "study" / "runs.parquet").exists()
