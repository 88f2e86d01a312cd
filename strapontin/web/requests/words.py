"""What a request asks for, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from strapontin.access.actors import Actor
from strapontin.access.doers import names_above
from strapontin.requests.queries import Doer, SeatRequest
from strapontin.requests.rules import AskedUser
from strapontin.web import format as fmt
from strapontin.web.frame.labels import Types


def seats_in_words(count: int, type_name: str) -> str:
    """ "2 Voice seats"."""
    text = ngettext("%(count)s %(type)s seat", "%(count)s %(type)s seats", count)
    return text % {"count": fmt.integer(count, language=get_language() or "en"), "type": type_name}


def seats_asked(asked: SeatRequest, types: Types) -> str:
    """The seats of a request by type: "2 Voice seats, 1 Unified Communication seat"."""
    counts: Counter[str] = Counter()
    for seats in asked.seats:
        counts[seats.type_code] += seats.seats
    in_words = [seats_in_words(counts[label.code], label.name) for label in types if counts[label.code]]
    return ", ".join(in_words) or _("Seats")


def headline(asked: SeatRequest, types: Types) -> str:
    """The seats of a request, and for whom."""
    seats = seats_asked(asked, types)
    if not asked.users:
        return seats
    if len(asked.users) == 1:
        return _("%(seats)s for %(name)s") % {"seats": seats, "name": asked.users[0].full_name}
    text = ngettext("%(asked)s for %(count)s user", "%(asked)s for %(count)s users", len(asked.users))
    return text % {"asked": seats, "count": len(asked.users)}


def sites_asked(asked: SeatRequest) -> str:
    """The names of the sites, each once."""
    return ", ".join(dict.fromkeys(seats.site_name for seats in asked.seats))


def people_asked(asked: SeatRequest) -> str:
    """The names of the users if they are few, else how many they are; empty for seats alone."""
    if len(asked.users) > 3:
        return ngettext("%(count)s user", "%(count)s users", len(asked.users)) % {"count": len(asked.users)}
    return ", ".join(user.full_name for user in asked.users)


def reach_in_words(user: AskedUser) -> str:
    """The e-mail address and the extension of a user, those that there are."""
    extension = _("extension %(number)s") % {"number": user.extension} if user.extension else ""
    return ", ".join(part for part in (user.email, extension) if part)


def waiting_since(asked_on: date, today: date) -> str:
    """Since when a request waits."""
    days = (today - asked_on).days
    if days <= 0:
        return _("Received today")
    if days == 1:
        return _("Waiting since yesterday")
    day = fmt.day(asked_on, language=get_language() or "en", year=asked_on.year != today.year)
    return _("Waiting since %(day)s") % {"day": day}


class Names:
    """What the reader may call those who asked and answered."""

    def __init__(self, actor: Actor, requests: Iterable[SeatRequest]) -> None:
        doers = [doer for asked in requests for doer in (asked.asker, asked.decider) if doer]
        unseen = {doer.actor_id for doer in doers if doer.actor_id and doer.actor_name is None}
        self._above: dict[UUID, str] = names_above(actor, unseen)

    def of(self, doer: Doer | None) -> str:
        """The name; the product's for the system, empty for nobody."""
        if doer is None:
            return ""
        return doer.actor_name or (self._above[doer.actor_id] if doer.actor_id else "Strapontin")
