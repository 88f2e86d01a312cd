"""Changing allocations: each request is one transaction that locks the customer, plans, and writes once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor
from strapontin.access.grants import AllocationManager, CustomerFacts, ProviderGrant
from strapontin.allocations.corrections import Past, plan_correction
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.plans import write_plan
from strapontin.allocations.rules import (
    Change,
    Place,
    Plan,
    Quantities,
    Returnable,
    Room,
    plan_changes,
    plan_rooms,
)
from strapontin.kit.database import row_of, rows_of, run, statement, value_of, values_of
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found

MAX_QUANTITY = 1_000_000

_OPEN_BALANCES = statement(__file__, "open_balances.sql")
_RETURNABLE = statement(__file__, "returnable.sql")
_PAST = statement(__file__, "past.sql")
_LOCK_BALANCES = """
SELECT site_id, type_code, allocated, next_cycle, used FROM balance
 WHERE customer_id = %(customer)s
   AND (next_cycle <> allocated OR (site_id, type_code) IN (
       SELECT * FROM unnest(%(sites)s::uuid[], %(types)s::text[])))
 ORDER BY site_id, type_code FOR NO KEY UPDATE
"""
_SITES = "SELECT id FROM site WHERE customer_id = %s AND id = ANY (%s::uuid[])"
# The first day since which the customer has been active without a gap.
_BEGAN = """
SELECT max(q.starts_on) FROM period q
 WHERE q.customer_id = %s
   AND NOT EXISTS (SELECT 1 FROM period o WHERE o.customer_id = q.customer_id AND o.ends_on = q.starts_on)
"""
_TYPES = "SELECT code FROM subscription_type WHERE code = ANY (%s::text[])"


@dataclass(frozen=True, slots=True)
class _Balance:
    site_id: UUID
    type_code: str
    allocated: int
    next_cycle: int
    used: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written: the customer as brought to today, and the plan."""

    customer: CustomerFacts
    plan: Plan
    change_id: UUID


@dataclass(frozen=True, slots=True)
class Backdated:
    """The past day from which a correction counts; only the provider may make one (SPEC 4)."""

    provider: ProviderGrant
    effective_on: date


def apply_changes(
    grant: AllocationManager,
    *,
    changes: Sequence[Change],
    settings: Settings,
    at: datetime,
    reason: str = "",
    backdated: Backdated | None = None,
) -> Applied:
    """Brings the quantities to those of ``changes``, by moves, raises, hand-backs and lowerings (SPEC 4).

    With ``backdated``, by a correction: the difference to the present quantity counts from that day, and is invoiced
    or credited from then on.

    Raises ``not_found`` for a site of somebody else, ``invalid`` for an unknown type, a quantity outside
    0–1,000,000 or a place named twice; ``below_use``; ``customer_expired`` for more seats or a correction after the
    end. Raises ``invalid`` also for a correction from a day that is not past, from a day before the customer began or
    was reactivated, or one that leaves less than nothing on a day since then.
    """
    _check(changes)
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    check_places(customer.id, [change.place for change in changes])
    today = settings.day(at)
    before = lock_balances(customer.id, [change.place for change in changes])
    if backdated is None:
        plan = _planned(customer, changes, before, settings=settings, today=today)
    else:
        plan = _planned_correction(customer, changes, before, day=backdated.effective_on, today=today)
    change_id = write_plan(grant.actor, customer, plan, before=before, at=at, reason=reason)
    return Applied(customer, plan, change_id)


def _planned(
    customer: CustomerFacts,
    changes: Sequence[Change],
    before: dict[Place, Quantities],
    *,
    settings: Settings,
    today: date,
) -> Plan:
    if customer.status != "active" and any(c.quantity > before[c.place].allocated for c in changes):
        raise Refusal("customer_expired", date=customer.period_ends_on)
    return plan_changes(
        changes,
        before,
        returnable=_returnable(customer.id, changes, today, settings.hand_back_days),
        today=today,
        next_cycle_on=customer.period_ends_on,
    )


def _planned_correction(
    customer: CustomerFacts, changes: Sequence[Change], before: dict[Place, Quantities], *, day: date, today: date
) -> Plan:
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    began = value_of(date, _BEGAN, [customer.id]) or customer.starts_on
    if not began <= day < today:
        raise invalid(
            _("A correction counts from a day before today, once the customer is there."), field="effective_on"
        )
    return plan_correction(
        changes,
        before,
        {place: _past(customer.id, place, day=day, today=today) for place in before},
        effective_on=day,
        today=today,
        next_cycle_on=customer.period_ends_on,
    )


def _past(customer_id: UUID, place: Place, *, day: date, today: date) -> Past:
    params = {"customer": customer_id, "site": place[0], "type": place[1], "day": day, "today": today}
    past = row_of(Past, _PAST, params)
    if past is None:
        raise RuntimeError("a sum has one row")
    return past


def allocate_for_users(
    grant: AllocationManager, *, place: Place, seats: int, settings: Settings, at: datetime, reason: str = ""
) -> Applied:
    """Makes room for ``seats`` new users on a place, and no more than that. Raises as :func:`make_room`."""
    return make_room(grant, rooms=[Room(place, users=seats)], settings=settings, at=at, reason=reason)


def make_room(
    grant: AllocationManager, *, rooms: Sequence[Room], settings: Settings, at: datetime, reason: str = ""
) -> Applied:
    """Adds the seats of ``rooms``, each for another place, and no more than that.

    Raises ``not_found`` for a site of somebody else, ``invalid`` for an unknown type or more than 1,000,000 seats,
    ``customer_expired``, ``above_limit``.
    """
    places = [room.place for room in rooms]
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    check_places(customer.id, places)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    today = settings.day(at)
    before = lock_balances(customer.id, places)
    limited = seats_are_limited(customer, settings=settings, today=today)
    plan = plan_rooms(rooms, before, limited=limited, today=today, next_cycle_on=customer.period_ends_on)
    if any(after.allocated > MAX_QUANTITY for after in plan.after.values()):
        raise invalid(_("A quantity lies between 0 and 1,000,000."), field="seats")
    change_id = write_plan(grant.actor, customer, plan, before=before, at=at, reason=reason)
    return Applied(customer, plan, change_id)


def seats_are_limited(customer: CustomerFacts, *, settings: Settings, today: date) -> bool:
    """Whether a user needs a free seat: from ``seats_enforced_from``, unless not for resale (SPEC 3 and 5)."""
    return today >= settings.seats_enforced_from and not customer.not_for_resale


def _check(changes: Sequence[Change]) -> None:
    if not changes:
        raise invalid(_("At least one change is expected."), field="changes")
    if len({change.place for change in changes}) != len(changes):
        raise invalid(_("A type of a site can be named only once."), field="changes")
    for change in changes:
        if not 0 <= change.quantity <= MAX_QUANTITY:
            raise invalid(_("A quantity lies between 0 and 1,000,000."), field="quantity")


def check_places(customer_id: UUID, places: Sequence[Place]) -> None:
    """Raises ``not_found`` for a site of somebody else, ``invalid`` for an unknown type."""
    if not sites_are_there(customer_id, places):
        raise not_found()
    codes = {code for _, code in places}
    if codes.difference(values_of(str, _TYPES, [list(codes)])):
        raise invalid(_("There is no such subscription type."), field="type")


def sites_are_there(customer_id: UUID, places: Iterable[Place]) -> bool:
    """Whether the customer has each site of ``places``: one that was made by mistake can be removed."""
    site_ids = {site_id for site_id, _ in places}
    return len(values_of(UUID, _SITES, [customer_id, list(site_ids)])) == len(site_ids)


def lock_place(
    actor: Actor, customer_id: UUID, *, place: Place, settings: Settings, at: datetime
) -> tuple[CustomerFacts, Quantities]:
    """The customer, brought to today, and one of its balances, both locked until the end of the transaction.

    Raises ``not_found`` for a site of somebody else, ``invalid`` for an unknown type.
    """
    customer, quantities = lock_places(actor, customer_id, [place], settings=settings, at=at)
    return customer, quantities[place]


def lock_places(
    actor: Actor, customer_id: UUID, places: Sequence[Place], *, settings: Settings, at: datetime
) -> tuple[CustomerFacts, dict[Place, Quantities]]:
    """As :func:`lock_place`, for several balances of a customer."""
    customer = lock_customer(actor, customer_id, settings=settings, at=at)
    check_places(customer.id, places)
    return customer, lock_balances(customer.id, places)


def lock_balances(customer_id: UUID, places: Sequence[Place]) -> dict[Place, Quantities]:
    """The balances of ``places``, locked until the end of the transaction, opened at zero if there are none.

    The caller holds the customer. Balances with a scheduled quantity are locked with them: the effect of a change opens
    the next cycle after the totals are written.
    """
    params = {
        "customer": customer_id,
        "sites": [str(site) for site, _ in places],
        "types": [code for _, code in places],
    }
    quantities = _lock_balances(params)
    if not quantities.keys() >= set(places):
        # A balance must exist before it can be locked: a user could take a seat there at the same moment.
        run(_OPEN_BALANCES, params)
        quantities = _lock_balances(params)
    return {place: quantities[place] for place in places}


def _lock_balances(params: dict[str, Any]) -> dict[Place, Quantities]:
    balances = rows_of(_Balance, _LOCK_BALANCES, params)
    return {(b.site_id, b.type_code): Quantities(b.allocated, b.next_cycle, b.used) for b in balances}


def _returnable(customer_id: UUID, changes: Sequence[Change], today: date, hand_back_days: int) -> list[Returnable]:
    params = {
        "customer": customer_id,
        "types": sorted({change.type_code for change in changes}),
        "since": today - timedelta(days=hand_back_days),
    }
    return rows_of(Returnable, _RETURNABLE, params)
