"""How often something may happen in this process: counters in memory, for what must not cost a statement."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable


class Buckets:
    """``at_once`` attempts of a subject are allowed at once, and then one more each ``every`` seconds.

    The rule is that of :mod:`strapontin.doors.limits`. Each process counts for itself, and forgets at its end.
    """

    # Beyond it, what says nothing any more is forgotten.
    _MANY = 10_000

    def __init__(self, *, at_once: int, every: float) -> None:
        self._every = every
        self._tolerance = every * (at_once - 1)
        self._free_at: dict[Hashable, float] = {}

    def take(self, subject: Hashable) -> int:
        """Counts one attempt of ``subject``; 0, or the seconds until the next one is allowed."""
        now = time.monotonic()
        free_at = max(now, self._free_at.get(subject, now))
        if (wait := free_at - now - self._tolerance) > 0:
            return math.ceil(wait)
        if len(self._free_at) > self._MANY:
            self._forget(now)
        self._free_at[subject] = free_at + self._every
        return 0

    def _forget(self, now: float) -> None:
        # Threads may get here together: each takes a dictionary of its own.
        known = {subject: free_at for subject, free_at in self._free_at.copy().items() if free_at > now}
        # If strangers made that many subjects, to go through all of them each time would cost more than it protects.
        self._free_at = known if len(known) < self._MANY // 2 else {}
