"""A warm process that records, compacts and repairs in forks of itself, which can be killed."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Self

from benchmarks.killing.scenario import MODES, Scenario


def serve() -> None:
    """Record what standard input asks for, each in a process of its own."""
    import torch

    torch.set_num_threads(1)
    # All is loaded and compiled before the first fork.
    with tempfile.TemporaryDirectory() as folder:
        for mode in MODES:
            Scenario(0, mode, 2, 2, 2, True, False, 2).record(f"{folder}/{mode}")  # noqa: FBT003
        for what in ("compact", "repair", "remove"):
            _maintain(what, f"{folder}/{MODES[0]}")
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            _work(job)
        # Nobody else may kill it: until it is waited for here, its number is its own.
        if sys.stdin.readline().strip() == "kill":
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print("end", flush=True)


def _work(job: dict) -> None:
    """Do one job and end, whatever comes."""
    code = 1
    try:
        if job["at_operation"] is not None:
            _die_at(job["at_operation"])
        if "scenario" in job:
            scenario = Scenario(**job["scenario"])
            scenario.record(job["folder"], resume=job["resume"], say=_say)
        else:
            _maintain(job["do"], job["folder"])
        code = 0
        _say("done")
    finally:
        _say("over")
        os._exit(code)


def _say(what: object) -> None:
    os.write(1, f"{what}\n".encode())


def _maintain(what: str, folder: str) -> None:
    from activstats.recording.compacting import compact
    from activstats.recording.local import remove
    from activstats.recording.repairing import repair

    {"compact": compact, "repair": repair, "remove": remove}[what](Path(folder))


CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")


def _die_at(operation: int) -> None:
    """Have this process killed right before it changes a file for the n-th time."""
    met = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal met
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if event in CHANGES or writes:
            if met == operation:
                os.kill(os.getpid(), signal.SIGKILL)
            met += 1

    sys.addaudithook(watch)


class Zygote:
    """A warm process that records in forks of itself; to be used in a `with` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.killing.zygote"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
        )  # fmt: skip
        assert self._line() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def record(
        self, scenario: Scenario, folder, *, kill_at: tuple[int, float] | None = None,
        resume: bool = False, at_operation: int | None = None,
    ) -> int:  # fmt: skip
        """Record in a process of its own, and return how many batches it finished.

        With `kill_at` it is killed some seconds after so many batches.
        """
        job = {"scenario": asdict(scenario), "folder": str(folder), "resume": resume}
        return len(self._run(job | {"at_operation": at_operation}, kill_at))

    def maintain(self, what: str, folder, *, at_operation: int | None = None) -> bool:
        """Compact or repair in a process of its own, and return whether it came to its end."""
        job = {"do": what, "folder": str(folder), "at_operation": at_operation}
        return "done" in self._run(job, None, done=True)

    def _run(self, job: dict, kill_at: tuple[int, float] | None, *, done: bool = False) -> list:
        said: list[str] = []
        self._tell(json.dumps(job))
        if kill_at is not None:
            while len(said) < kill_at[0] and "over" not in said:
                said.append(self._line())
            # Whatever it says meanwhile is read afterwards: this only lets time go by.
            select.select([], [], [], kill_at[1])
        self._tell("wait" if kill_at is None else "kill")
        while "end" not in said:
            said.append(self._line())
        return [line for line in said if line.isdigit() or (done and line == "done")]

    def _tell(self, what: str) -> None:
        self._process.stdin.write(f"{what}\n".encode())

    def _line(self) -> str:
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError("the recording process ended")
        return line


if __name__ == "__main__":
    serve()
