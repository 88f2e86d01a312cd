"""A customer's seats as of a day, and as they were known on one: the same page, with nothing to change (SPEC 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import CustomerSeen
from strapontin.customers.subscriptions import Subscriptions, subscriptions_of
from strapontin.doors.visit import Visit
from strapontin.kit.dates import end_of_day
from strapontin.web.frame.forms import Day, Form


class SituationForm(Form):
    """The two days, of which either may be left out."""

    as_of = Day(label=_("Situation as of"), required=False)
    known_at = Day(label=_("As known at the end of"), required=False)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is asked for: the seats at the end of the day ``on``, as known at the end of ``known_on``."""

    form: SituationForm
    as_of: date | None = None
    known_on: date | None = None

    @property
    def on(self) -> date | None:
        """The day of the figures; ``None`` for those of this moment."""
        return self.as_of or self.known_on


def situation(query: Mapping[str, str]) -> Situation:
    """The days in an address; a bad one is refused at its field, and the figures are those of this moment."""
    form = SituationForm(query if "as_of" in query or "known_at" in query else None)
    if not form.is_valid():
        return Situation(form)
    return Situation(form, form.cleaned_data["as_of"], form.cleaned_data["known_at"])


def seats_in(asked: Situation, seen: CustomerSeen, visit: Visit) -> Subscriptions:
    """The customer's seats in this situation, by the query that answers REST."""
    known_on, settings = asked.known_on, visit.settings
    return subscriptions_of(
        seen,
        settings=settings,
        at=visit.at,
        as_of=asked.as_of,
        known_at=end_of_day(known_on, settings.time_zone) if known_on else None,
    )
