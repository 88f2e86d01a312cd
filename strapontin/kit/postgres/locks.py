"""Advisory locks on files. The kernel frees a lock when its last holder is gone, even after kill -9."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path


class FileLock:
    """One open file or directory that may be locked; two of them in one process count as two holders."""

    def __init__(self, path: Path) -> None:
        how = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
        self._fd: int | None = os.open(path, how | os.O_CLOEXEC, 0o600)

    @property
    def fd(self) -> int:
        """The descriptor; a process that inherits it holds the lock too."""
        if self._fd is None:
            raise ValueError("the lock was closed")
        return self._fd

    def share(self) -> None:
        """Become one of the holders; waits for an exclusive one."""
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def acquire(self) -> None:
        """Become the only holder; waits for all others."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def try_acquire(self) -> bool:
        """Become the only holder, unless there is another."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def try_acquire_for(self, seconds: float) -> bool:
        """Become the only holder within ``seconds``."""
        deadline = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def close(self) -> None:
        """Release the lock in this process; a process that inherited the descriptor keeps it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


@contextlib.contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Hold the lock on ``path`` alone for the length of a block."""
    with contextlib.closing(FileLock(path)) as lock:
        lock.acquire()
        yield
