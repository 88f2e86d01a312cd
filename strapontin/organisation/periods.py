"""What is fixed when a period starts (payer, level, prices) is fixed before any of it changes (SPEC 3, 7).

Periods stand in a room above this one, which names here who opens them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from strapontin.organisation.settings import load


class Opener(Protocol):
    """What opens periods; the cycles' side fulfils it."""

    def __call__(self, day: date, *, at: datetime) -> object:
        """Opens every period of all customers that has started by ``day``."""


_opener: Opener | None = None


def set_opener(opener: Opener) -> None:
    """Names who opens periods; done once, when the application starts."""
    global _opener
    _opener = opener


def open_started(*, at: datetime) -> None:
    """Opens every period that has started by ``at``, for a worker that was away; before any other lock is taken."""
    if _opener is not None:
        _opener(load().day(at), at=at)
