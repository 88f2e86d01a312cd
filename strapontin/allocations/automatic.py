"""Seats allocated without asking, for those who chose so (SPEC 5; :mod:`strapontin.access.automatic`).

Each time is a row of the ledger by the holder, with the reason :data:`AUTOMATIC`. The ceiling is counted from these
rows: the seats of a local calendar month, less those that were handed back. The customer is locked before they are
counted, so two users who are added at once cannot pass the ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.automatic import automatic_customers
from strapontin.access.grants import AllocationManager, CustomerSeen, UserManager
from strapontin.allocations.operations import Applied, lock_place
from strapontin.allocations.plans import write_plan
from strapontin.allocations.rules import Place, Room, plan_rooms
from strapontin.kit.database import row_of, rows_of, value_of
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal

AUTOMATIC = "Automatic allocation"
"""The reason of these rows, as it is stored and as REST tells it; :func:`reason_in_words` for people."""
_IN_WORDS = _("Automatic allocation")

# What the holder holds now, also if a role was taken or the holder was ended since the request began.
_CHOICE = """
SELECT a.seats_per_month FROM automatic_allocation a
 WHERE a.customer_id = %(customer)s AND a.holder_id = %(holder)s AND a.enabled
   AND (EXISTS (SELECT 1 FROM administrator h WHERE h.id = a.holder_id AND h.is_active
                   AND 'subscriptions' = ANY (h.roles))
        OR EXISTS (SELECT 1 FROM api_key h WHERE h.id = a.holder_id AND h.revoked_at IS NULL
                      AND 'subscriptions' = ANY (h.roles)))
"""
_COUNT = f"""
SELECT coalesce(sum(e.delta + coalesce((SELECT sum(h.delta) FROM ledger_entry h
                                         WHERE h.customer_id = e.customer_id AND h.reverses_id = e.id), 0)), 0)::int
  FROM ledger_entry e
 WHERE e.customer_id = %(customer)s AND e.actor_id = %(holder)s AND e.reason = '{AUTOMATIC}'
   AND e.recorded_at >= %(since)s
"""  # noqa: S608  our own words
_SINCE = f"""
SELECT e.site_id, s.name AS site_name, e.type_code, t.name_fr, t.name_en, e.effective_on,
       sum(e.delta + coalesce((SELECT sum(h.delta) FROM ledger_entry h
                                WHERE h.customer_id = e.customer_id AND h.reverses_id = e.id), 0))::int AS seats
  FROM ledger_entry e JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
  JOIN subscription_type t ON t.code = e.type_code
 WHERE e.customer_id = %(customer)s AND e.actor_id = %(holder)s AND e.reason = '{AUTOMATIC}' AND e.kind = 'raise'
   AND e.recorded_at >= %(since)s AND e.recorded_at < %(until)s
 GROUP BY e.site_id, s.name, s.sort_key, e.type_code, t.name_fr, t.name_en, t.position, e.effective_on
 ORDER BY s.sort_key, t.position, e.effective_on
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much of one's automatic allocation a month has used. ``seats_per_month`` ``None``: there is no ceiling."""

    seats_per_month: int | None
    allocated: int

    def allows(self, seats: int) -> bool:
        """Whether so many seats more may be allocated this month."""
        return self.seats_per_month is None or self.allocated + seats <= self.seats_per_month


@dataclass(frozen=True, slots=True)
class _Choice:
    seats_per_month: int | None


@dataclass(frozen=True, slots=True)
class _OfPlace:
    site_id: UUID
    site_name: str
    type_code: str
    name_fr: str
    name_en: str
    effective_on: date
    seats: int


@dataclass(frozen=True, slots=True)
class AllocatedAutomatically:
    """Seats that were allocated for somebody without asking; they can be handed back before the day ``until``."""

    customer_id: UUID
    customer_name: str
    site_id: UUID
    site_name: str
    type_code: str
    name_fr: str
    name_en: str
    seats: int
    until: date

    @property
    def type_name(self) -> str:
        """The name of the type in the language that is active now."""
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en

    @property
    def last_day(self) -> date:
        """The last day on which the seats can be handed back."""
        return self.until - timedelta(days=1)


def allocate_automatically(
    grant: UserManager, *, place: Place, seats: int, settings: Settings, at: datetime
) -> Applied | None:
    """Makes room for ``seats`` new users on a place, as somebody chose who is not asked again.

    Answers ``None``, and has written nothing, if the choice does not act: it was ended, the role or the holder is gone,
    or the ceiling would be passed. Locks the customer and the balance. Raises as
    :func:`strapontin.allocations.operations.lock_place`.
    """
    if not grant.is_automatic:
        return None
    customer, was = lock_place(grant.actor, grant.customer.id, place=place, settings=settings, at=at)
    before, today = {place: was}, settings.day(at)
    room = Room(place, users=seats)
    plan = plan_rooms([room], before, limited=True, today=today, next_cycle_on=customer.period_ends_on)
    ceiling = ceiling_of(grant, settings=settings, at=at)
    if ceiling is None or not ceiling.allows(sum(entry.delta for entry in plan.entries)):
        return None
    change_id = write_plan(grant.actor, customer, plan, before=before, at=at, reason=AUTOMATIC)
    return Applied(customer, plan, change_id)


def ceiling_of(seen: CustomerSeen, *, settings: Settings, at: datetime) -> Ceiling | None:
    """The actor's ceiling for the customer, and what of it this local month has used; ``None`` if nothing acts."""
    values = {"customer": seen.customer.id, "holder": seen.actor.id}
    choice = row_of(_Choice, _CHOICE, values)
    if choice is None:
        return None
    return Ceiling(choice.seats_per_month, allocated_this_month(seen, settings=settings, at=at))


def allocated_this_month(seen: CustomerSeen, *, settings: Settings, at: datetime) -> int:
    """How many seats were allocated for the actor without asking in the local calendar month of ``at``."""
    first = datetime.combine(settings.day(at).replace(day=1), time.min, ZoneInfo(settings.time_zone))
    values = {"customer": seen.customer.id, "holder": seen.actor.id, "since": first}
    return value_of(int, _COUNT, values) or 0


def automatic_allocations_of(
    administrator: Actor, *, since: datetime, until: datetime, settings: Settings
) -> list[AllocatedAutomatically]:
    """What was allocated for an administrator without asking from ``since`` up to, without, ``until``.

    Seats handed back since are left out. Runs in the administrator's scope and with their roles: customers that they
    may no longer allocate for are left out, too.
    """
    allocated = []
    for chosen in automatic_customers(administrator, ended=True):
        try:
            grant = grants.allocation_manager(administrator, chosen.customer_id)
        except Refusal:
            continue
        allocated += _of_customer(grant, since=since, until=until, days=settings.hand_back_days)
    return allocated


def _of_customer(
    grant: AllocationManager, *, since: datetime, until: datetime, days: int
) -> list[AllocatedAutomatically]:
    customer = grant.customer
    values = {"customer": customer.id, "holder": grant.actor.id, "since": since, "until": until}
    return [
        AllocatedAutomatically(
            customer.id,
            customer.name,
            row.site_id,
            row.site_name,
            row.type_code,
            row.name_fr,
            row.name_en,
            row.seats,
            row.effective_on + timedelta(days=days),
        )
        for row in rows_of(_OfPlace, _SINCE, values)
        if row.seats > 0
    ]


def reason_in_words(reason: str) -> str:
    """The reason of a row of the ledger in the reader's language: what people typed stays as it is."""
    return str(_IN_WORDS) if reason == AUTOMATIC else reason
