"""Processor time from ``/proc``: unlike the clock, it hardly depends on other work on the machine."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_tree(root: int) -> float:
    """The user and system time of a process and of all below it, with those that have ended."""
    parents: dict[int, list[int]] = {}
    times: dict[int, tuple[int, int]] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            fields = (directory / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended: its parent has its time
            continue
        pid = int(directory.name)
        parents.setdefault(int(fields[1]), []).append(pid)
        own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        times[pid] = own, ended
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += sum(times.get(pid, (0, 0)))
        waiting += parents.get(pid, [])
    return total / _TICKS
