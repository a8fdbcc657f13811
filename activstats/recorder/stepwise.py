"""A recorder for steps that come one at a time, with long whiles between them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Self

from activstats.recorder.recorder import Recorder


class StepRecorder(Recorder):
    """A `Recorder` that has its hooks on the model only while it listens, and finishes step by step."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._hooks.detach()
        return self

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Listen; when the context is left without an error, everything is on the disk.

        Raises
        ------
        NothingRecordedError
            If a selected layer recorded nothing.
        RecordingError
            If the disk refuses.
        """
        self._hooks.attach()
        try:
            yield
        finally:
            self._hooks.detach()
        session = self._open_session()
        self._check_all_recorded(session)
        session.layers.describe()
        session.flush()
