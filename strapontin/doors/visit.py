"""What a door knows of a request: who acts, under which settings, at which moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from strapontin.access.actors import Actor
from strapontin.organisation.settings import Settings


@dataclass(frozen=True, slots=True)
class Visit:
    """An authenticated request; settings and clock are each read once for it."""

    actor: Actor
    settings: Settings
    at: datetime
    # False: somebody who signs in with a password alone.
    second_factor: bool = True

    @property
    def today(self) -> date:
        """The provider's local date."""
        return self.settings.day(self.at)
