"""Processor time from ``/proc``, since a figure by the clock depends on who else is at work."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_tree(root: int) -> float:
    """User and system time of a process and all below it, those that ended included."""
    parents: dict[int, list[int]] = {}
    times: dict[int, tuple[int, int]] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            fields = (directory / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile, and its parent has its time
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
