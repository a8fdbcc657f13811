"""Peak memory of this process."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """Return the most resident memory that this process had since it started its program, in MB.

    From the kernel's own mark: the one of `getrusage` carries over from the parent process.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    mark = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(mark.split()[1]) / 1024
