"""What a request brings: who acts, under which settings, at which moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest

from strapontin.access.actors import Actor
from strapontin.organisation.settings import Settings


@dataclass(frozen=True, slots=True)
class Visit:
    """An authenticated request; ``at`` is the installation's clock, read once."""

    actor: Actor
    settings: Settings
    at: datetime

    @property
    def today(self) -> date:
        """The provider's local date."""
        return self.settings.day(self.at)


class ApiRequest(HttpRequest):
    """A request that came through the door."""

    visit: Visit
