"""One writer at a time: a lock on each process's part of a recording, which dies with its holder."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from activstats.errors import RecordingError

if sys.platform != "win32":  # which does without
    import fcntl

LOCK_FILE = ".lock"
# Looking whether a lock is held takes it for an instant: who is refused tries again before giving up.
_TRIES, _PAUSE = 10, 0.01
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


class FolderLock:
    """Holds one rank's part of a recording, so that nobody else writes to it.

    The kernel keeps the lock, and gives it up when its holder ends, however that happens: a killed
    recorder leaves a file behind and no lock. Where the file system knows no locks, none is held.

    Parameters
    ----------
    folder : Path
        Folder of the recording; it must be there.
    rank : int
        Which part.

    Raises
    ------
    RecordingError
        If somebody else holds it.
    """

    def __init__(self, folder: Path, rank: int = 0) -> None:
        self._file = folder / lock_file(rank)
        descriptor = _take(self._file)
        self.held = descriptor is not None
        self._release = weakref.finalize(self, _give_up, descriptor, self._file, os.getpid())

    def release(self) -> None:
        """Give the lock up and remove its file; to be called as often as one likes."""
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_file(rank: int) -> str:
    """Name of the file that is locked while a rank's part is written."""
    return f"{LOCK_FILE}-{rank:05d}" if rank else LOCK_FILE


def is_lock_file(name: str) -> bool:
    """Return whether a file of the folder is one that locks are kept on."""
    return name == LOCK_FILE or name.startswith(f"{LOCK_FILE}-")


@contextlib.contextmanager
def all_locked(folder: Path, world: int) -> Iterator[bool]:
    """Hold all parts of a recording, and say whether the file system keeps locks at all.

    Raises
    ------
    RecordingError
        If somebody holds one of them.
    """
    with contextlib.ExitStack() as stack:
        locks = [stack.enter_context(FolderLock(folder, rank)) for rank in range(world)]
        yield all(lock.held for lock in locks)


def is_locked(folder: Path, *, but_for: int | None = None) -> bool:
    """Return whether somebody is writing to any part of a recording, or to another than one's own."""
    own = "" if but_for is None else lock_file(but_for)
    return any(_is_held(file) for file in folder.glob(f"{LOCK_FILE}*") if file.name != own)


def _take(file: Path) -> int | None:
    """Lock a file and return its descriptor; None where nothing can be locked."""
    if sys.platform == "win32":
        return None
    for _ in range(_TRIES):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(file, descriptor):
                with contextlib.suppress(OSError):  # on a full disk the name stays unknown
                    os.ftruncate(descriptor, 0)
                    name = f"process {os.getpid()} on {socket.gethostname()}\n"
                    os.write(descriptor, name.encode())
                return descriptor
        except BlockingIOError:
            time.sleep(_PAUSE)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                os.close(descriptor)
                return None
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise _refusal(file)


def _refusal(file: Path) -> RecordingError:
    with contextlib.suppress(OSError):
        holder = file.read_text(encoding="ascii", errors="replace").strip()
        return RecordingError(
            f"somebody else is writing to the recording '{file.parent}'.",
            got=holder or "a process that did not say its name",
            hint="wait until it has ended, or choose another folder; processes that it forked, such "
            "as workers of a data loader, hold on as long as they live",
        )
    return RecordingError(f"somebody else is writing to the recording '{file.parent}'.")


def _is_still(file: Path, descriptor: int) -> bool:
    """Return whether the file that was locked is the one of that name: its holder removes it."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False


def _is_held(file: Path) -> bool:
    if sys.platform == "win32":
        return False
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:  # not there, or nobody's business
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _give_up(descriptor: int | None, file: Path, holder: int) -> None:
    if descriptor is None or sys.platform == "win32":
        return
    if os.getpid() == holder:  # a forked copy must neither unlock nor remove what is not its own
        with contextlib.suppress(OSError):
            file.unlink()
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # for forked copies of the descriptor as well
    os.close(descriptor)
