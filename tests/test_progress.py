"""Progress: nothing for what is quick, ever fewer lines in a log, a bar with the time left else."""

import pytest

from activstats.progress import progress_bar


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def lines(capsys, *, steps, each, **settings):
    clock = Clock()
    with progress_bar("work", clock=clock, **settings) as done:
        for _ in range(steps):
            clock.now += each
            done()
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_what_is_done_soon_needs_no_words(capsys):
    assert lines(capsys, steps=9, each=1, total=9) == []


def test_a_log_has_ever_fewer_lines_and_the_time_left(capsys):
    assert lines(capsys, steps=100, each=1, total=100) == [
        "work: 10 of 100 in 0:10, about 1:30 left",
        "work: 20 of 100 in 0:20, about 1:20 left",
        "work: 40 of 100 in 0:40, about 1:00 left",
        "work: 80 of 100 in 1:20, about 0:20 left",
        "work: 100 of 100 in 1:40",
    ]


def test_a_night_fills_no_more_than_some_pages(capsys):
    said = lines(capsys, steps=10 * 60, each=60, total=10 * 60)
    assert 60 < len(said) < 140
    assert said[-1] == "work: 600 of 600 in 10:00:00"


def test_what_was_done_before_takes_no_time(capsys):
    said = lines(capsys, steps=50, each=1, total=100, done=50)
    assert said[0] == "work: 60 of 100 in 0:10, about 0:40 left"


def test_one_slow_step_tells_nothing_of_the_others(capsys):
    said = lines(capsys, steps=4, each=60, total=100)
    assert said[0] == "work: 1 of 100 in 1:00"
    assert said[2] == "work: 4 of 100 in 4:00, about 1:36:00 left"


def test_nobody_knows_when_an_endless_stream_ends(capsys):
    assert lines(capsys, steps=11, each=1, total=None) == ["work: 10 in 0:10", "work: 11 in 0:11"]


def test_quiet_is_quiet(capsys):
    assert lines(capsys, steps=100, each=1, total=100, shown=False) == []


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bar("work", 3) as done:
        for _ in range(3):
            done()
    assert "work" in capsys.readouterr().err


def test_an_error_passes_and_says_no_end(capsys):
    clock = Clock()

    def broken():
        with progress_bar("work", 2, clock=clock):
            clock.now += 60
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert capsys.readouterr().err == ""
