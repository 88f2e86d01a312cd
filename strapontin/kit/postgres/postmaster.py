"""The server's main process: what its pid file says, whether it lives, how to end it and its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from strapontin.kit.postgres.locks import FileLock

SWEEP_SECONDS = 6


@dataclass(frozen=True, slots=True)
class PidFile:
    """``postmaster.pid``, as far as a supervisor needs it."""

    pid: int
    port: int
    socket_directory: Path
    status: str

    @staticmethod
    def read(data: Path) -> PidFile | None:
        """What the file says; ``None`` if there is none or if it is being written."""
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
    """The processes whose command line or title contains ``marker``; none on a machine without ``/proc``."""
    pids = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker.encode() in (directory / "cmdline").read_bytes():
                pids.append(int(directory.name))
    return pids


def lives(pid: int) -> bool:
    """Whether a process runs. A zombie does not: a dead server stays one if nobody waits for it."""
    _reap(pid)
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    if Path("/proc/self").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stop(pid: int | None, running: FileLock, marker: str) -> None:
    """End a server and wait until nothing of it is left; ``running`` is the lock that its processes hold.

    First comes a fast shutdown, which disconnects everybody and writes a checkpoint. Harder ways follow if it does
    not end. None of them loses a commit. Without a ``pid``, only the processes that remain are ended.
    """
    if pid is not None and lives(pid):
        for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 6.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if _ends_within(seconds, pid, running):
                return
    sweep(running, marker)


def sweep(running: FileLock, marker: str) -> bool:
    """End what a killed server left behind, within ``SWEEP_SECONDS``; whether nothing is left.

    Its processes notice the death of their parent and leave by themselves, unless they are busy.
    """
    for number in (None, signal.SIGQUIT, signal.SIGKILL):
        if number is not None:
            for pid in processes(marker):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        if running.try_acquire_for(SWEEP_SECONDS / 3):
            return True
    return False


def _ends_within(seconds: float, pid: int, running: FileLock) -> bool:
    deadline = time.monotonic() + seconds
    while not running.try_acquire():
        if time.monotonic() > deadline:
            return False
        _reap(pid)
        time.sleep(0.02)
    return True


def _reap(pid: int) -> None:
    """Take note of the end of ``pid`` if it was our child, so that it does not stay as a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
