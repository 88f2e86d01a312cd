"""A child process that does not outlive its launcher, even one that was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PARENT = "STRAPONTIN_LAUNCHER_PID"
PR_SET_PDEATHSIG = 1


def die_with_parent(how: int = signal.SIGTERM) -> bool:
    """Ask Linux to send us ``how`` when our parent is gone; elsewhere only process groups protect us.

    Does nothing in a process that no launcher started; whether one did.
    """
    launcher = os.environ.pop(PARENT, None)
    if launcher is None:
        return False
    _ask_for_signal(how)
    if os.getppid() != int(launcher):  # it was gone before we asked
        sys.exit(0)
    return True


def follow_parent(how: int = signal.SIGKILL) -> None:
    """As ``die_with_parent``, for a worker process that our web server started."""
    _ask_for_signal(how)


def _ask_for_signal(how: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
