"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Replace a text file in one move: a reader meets the old text or the new, never half of one."""
    write_then_rename(
        path.with_name(f".tmp-{path.name}.{os.getpid()}"), path, memoryview(text.encode())
    )


def write_then_rename(temporary: Path, target: Path, content: memoryview) -> None:
    """Put the content on the disk under a temporary name, then give it its own in one move."""
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's list of names on the disk; systems that cannot open folders do without."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
