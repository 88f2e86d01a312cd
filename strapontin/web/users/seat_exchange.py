"""A user gets a dearer type where none is free: the user's seat is exchanged with it (SPEC 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from strapontin.allocations.rules import Exchange, Place
from strapontin.billing.effects import preview_exchange_of_seat
from strapontin.refusals import Refusal
from strapontin.web.figures import effects
from strapontin.web.frame.answers import attempt
from strapontin.web.users.decisions import Missing
from strapontin.web.users.shapes import SeatExchange


def offer(missing: Missing, former: Place) -> SeatExchange | None:
    """The exchange of the seat on ``former``, if one seat more is enough and the reader may do it.

    To a type that costs no more it is none: then the answer says from when the former seat can be lowered.
    """
    missing = missing.afresh()
    site_id, from_type = former
    same_site = missing.place[0] == site_id and missing.place[1] != from_type
    if not (missing.grant.may_allocate and same_site and missing.seats):
        return None
    seat = SeatExchange(from_type=missing.types[from_type], to_type=missing.types[missing.place[1]])
    settings, at = missing.visit.settings, missing.visit.at
    effect = attempt(
        lambda: preview_exchange_of_seat(missing.grant, exchange=_exchange(missing, former), settings=settings, at=at)
    )
    if isinstance(effect, Refusal):
        return replace(seat, lowers_on=effect.facts["lowers_on"]) if effect.code == "not_dearer" else None
    if missing.seats > 1:
        return None
    until = missing.visit.today + timedelta(days=settings.hand_back_days)
    ends_on = missing.grant.customer.period_ends_on
    return replace(
        seat,
        effect=effects.compose(effect, missing.grant.customer, missing.types),
        unpriced=effects.is_unpriced(effect),
        digest=effect.digest,
        until=until if until > missing.visit.today else None,
        committed_until=ends_on if ends_on > until else None,
    )


def confirm(missing: Missing, former: Place, digest: str) -> str:
    """Answers what is going to be exchanged, in a sentence. User, customer and balances are locked.

    Raises ``preview_outdated`` if the exchange would not do exactly what was shown, or if a seat is free by now.
    """
    missing = missing.afresh()
    if not missing.seats:
        raise Refusal("preview_outdated")
    settings, at = missing.visit.settings, missing.visit.at
    effect = preview_exchange_of_seat(missing.grant, exchange=_exchange(missing, former), settings=settings, at=at)
    effect.expect(digest)
    names = {"giver": missing.types[former[1]].name, "taker": missing.type_name, "site": missing.site.name}
    return _("1 %(giver)s seat was exchanged for a %(taker)s seat in %(site)s with it.") % names


def _exchange(missing: Missing, former: Place) -> Exchange:
    return Exchange(*former, missing.place[1], seats=1)
