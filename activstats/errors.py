"""The one tree of errors and warnings.

Every error says what was wrong, what was found, what is allowed and what to do next, each on a line
of its own and only where there is something to say.
"""

from __future__ import annotations

from typing import Any


class ActivstatsError(Exception):
    """Base of every error that the package raises on purpose.

    Parameters
    ----------
    what : str
        One sentence: what was wrong.
    got : object, optional
        What was found.
    allowed : object, optional
        What would have been accepted.
    hint : str, optional
        What to do next.

    Examples
    --------
    >>> print(ActivstatsError("the layer is too wide.", got="N = 7", allowed="N <= 5"))
    the layer is too wide.
      got      N = 7
      allowed  N <= 5
    """

    def __init__(
        self, what: str, *, got: object = None, allowed: object = None, hint: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.got = got
        self.allowed = allowed
        self.hint = hint

    def _parts(self) -> list[tuple[str, object]]:
        parts = [("got", self.got), ("allowed", self.allowed), ("try", self.hint)]
        return [(label, value) for label, value in parts if value is not None]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {label:<8} {value}" for label, value in self._parts())])

    def one_line(self) -> str:
        """Return the same message on a single line, as the command line prints it."""
        tail = "; ".join(f"{label}: {value}" for label, value in self._parts())
        return " ".join(f"{self.what} {tail}".split())

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments would be lost by the default pickling, which worker processes use.
        return _rebuild, (type(self), self.what, self.got, self.allowed, self.hint)


def _rebuild(
    kind: type[ActivstatsError], what: str, got: object, allowed: object, hint: str | None
) -> ActivstatsError:
    return kind(what, got=got, allowed=allowed, hint=hint)


class DomainError(ActivstatsError, ValueError):
    """A number lies outside the domain of a formula or of a setting."""


class InputError(ActivstatsError, ValueError):
    """Data handed to an analysis cannot be what the analysis needs."""


class UsageError(InputError):
    """What was asked for cannot be had of any data: the request itself is wrong."""


class RuleError(ActivstatsError, ValueError):
    """An activation rule is unknown or its parameters make no sense."""


class RecorderError(ActivstatsError, RuntimeError):
    """The recorder cannot do what was asked of it."""


class LayerNotFoundError(RecorderError, LookupError):
    """No layer of the model or the recording answers to the name."""


class NothingRecordedError(RecorderError):
    """A selected layer never produced an activation."""


class RecordingError(ActivstatsError, OSError):
    """A recording on disk cannot be read or written."""

    # OSError defines __str__ and __reduce__ of its own; ours must win.
    __str__ = ActivstatsError.__str__
    __reduce__ = ActivstatsError.__reduce__


class RecordingExistsError(RecordingError, FileExistsError):
    """The folder already holds a recording, and nobody said what to do with it."""


class RecordingNotFoundError(RecordingError, FileNotFoundError):
    """There is no recording at the place given."""


class DamagedRecordingError(RecordingError):
    """A file of the recording is missing, cut short or altered."""


class NewerFormatError(RecordingError):
    """The recording was written by a later version of the package."""


class StudyError(ActivstatsError):
    """A study cannot be run or read."""


class ActivstatsWarning(UserWarning):
    """Base of every warning that the package gives."""


class DuplicateCheckpointWarning(ActivstatsWarning):
    """Checkpoints of different steps have the same weights; they are recorded once or not at all."""


class RecordingStoppedWarning(ActivstatsWarning):
    """A recording beside a training was broken off; the training goes on."""


class DamagedRecordingWarning(ActivstatsWarning):
    """Part of a recording was left out because it is damaged."""
