"""Ends a child process when its launcher ends, even if the launcher was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PARENT = "STRAPONTIN_LAUNCHER_PID"
PR_SET_PDEATHSIG = 1


def die_with_parent() -> bool:
    """End this process by SIGTERM when the launcher that started it is gone; whether a launcher did start it.

    Only Linux can do that. On other systems a killed launcher leaves its children behind.
    """
    launcher = os.environ.pop(PARENT, None)
    if launcher is None:
        return False
    _ask_for_signal(signal.SIGTERM)
    if os.getppid() != int(launcher):  # the launcher ended before we asked
        sys.exit(0)
    return True


def die_with_web_server() -> None:
    """End this process, which the web server started, by SIGKILL when the web server is gone."""
    _ask_for_signal(signal.SIGKILL)


def _ask_for_signal(number: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
