"""The running server: what its pid file says, its processes, how to end them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from strapontin.kit.postgres.locks import FileLock


@dataclass(frozen=True, slots=True)
class PidFile:
    """``postmaster.pid``, as far as a supervisor needs it."""

    pid: int
    port: int
    socket_directory: Path
    status: str

    @staticmethod
    def read(data: Path) -> PidFile | None:
        """What the file says, or nothing while there is none or it is being written."""
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            return PidFile(int(lines[0]), int(lines[3]), Path(lines[4]), lines[7].strip())
        except (OSError, IndexError, ValueError):
            return None

    @property
    def ready(self) -> bool:
        """Whether the server takes connections."""
        return self.status == "ready"


def processes(marker: str) -> list[int]:
    """Living processes whose command line or title contains ``marker``; none where /proc is missing."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker.encode() in (directory / "cmdline").read_bytes():
                found.append(int(directory.name))
    return found


def stop(pid: int, running: FileLock, marker: str) -> None:
    """End a server and wait until nothing of it is left; ``running`` is the lock that its processes hold.

    First a fast shutdown, which disconnects everybody and writes a checkpoint, then ruder ways: none of them
    loses a commit.
    """
    for how, patience_seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 6.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        _wait(pid, running, patience_seconds)
        if running.try_acquire():
            return
    sweep(running, marker)


def sweep(running: FileLock, marker: str) -> bool:
    """End what a killed server left behind; whether nothing is left.

    Its processes notice the death of their parent and leave by themselves, unless they are busy.
    """
    for how in (None, signal.SIGQUIT, signal.SIGKILL):
        if how is not None:
            for pid in processes(marker):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, how)
        if running.try_acquire_for(2.0):
            return True
    return False


def reap(pid: int) -> None:
    """Take note of the end of ``pid`` if it was our child, so that it does not stay as a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _wait(pid: int, running: FileLock, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap(pid)
        if running.try_acquire():
            return
        time.sleep(0.02)
