"""What a stack shows becomes the used seats, applied at once (SPEC 6).

The stack is the truth of *used*, and of its users' names, e-mails and whether they are enabled. Users who appear there
take a seat even above the allocation. Users who are gone there leave their seat. No telephone is cut. Seats claimed
here after the stack answered stay counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.allocations.openings import hold_customer
from strapontin.allocations.operations import lock_balances
from strapontin.journal.operations import record
from strapontin.kit.database import rows_of, run, statement, values_of
from strapontin.kit.ids import new_id
from strapontin.kit.rows import json_of
from strapontin.seats.comparison import Comparison, Leaving, SeatChange, UserChange, compare
from strapontin.seats.matching import KnownUser, StackUser, TenantCall

_KNOWN = statement(__file__, "lock_known_users.sql")
_CALLS = statement(__file__, "calls_of_tenant.sql")
_APPLY = statement(__file__, "apply_observed.sql")


# Found without regard to case, as the unique key of e-mails does.
_TAKEN_EMAILS = """
SELECT lower(email) FROM seat_user
 WHERE customer_id = %(customer)s AND state = 'active' AND lower(email) = ANY (%(emails)s)
   AND id <> ALL (%(ids)s::uuid[])
"""
_GIVE_EMAILS = "UPDATE seat_user SET email = '' WHERE customer_id = %(customer)s AND id = ANY (%(ids)s::uuid[])"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A journal row about a user. It tells of names and addresses only that they changed (SPEC 11)."""

    id: UUID
    user_id: UUID
    before: dict[str, object]
    after: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Event:
    """A seat event to be written."""

    id: UUID
    user_id: UUID
    type_code: str
    kind: str
    delta: int
    used_after: int


def apply_users(
    actor: Actor,
    customer: CustomerFacts,
    *,
    site_id: UUID,
    tenant_id: UUID,
    users: Sequence[StackUser],
    types: Mapping[int, str],
    asked_at: datetime,
    today: date,
    at: datetime,
    last_of_site: bool = True,
) -> Comparison:
    """Makes the used seats of a site's tenant those that the stack has; answers what differed.

    ``types`` maps the stack's numbers to type codes. Users of other types are told: known ones keep
    their seat as it is, others take none. ``asked_at`` is when the stack was asked: users added here after that are
    left alone. Only users whom the stack has once shown can vanish: who was typed in before the tenant was attached
    stays, as not on the stack yet. ``last_of_site`` says that all other tenants of the site have been read: a user of
    the site without a tenant may live in any of them, and is known to be absent only if all were read.
    """
    place = {"customer": customer.id, "site": site_id, "tenant": tenant_id}
    known = rows_of(KnownUser, _KNOWN, place)
    calls = rows_of(TenantCall, _CALLS, {"customer": customer.id, "tenant": tenant_id, "asked_at": asked_at})
    comparison = compare(known, calls, users, types=types, asked_at=asked_at, last_of_site=last_of_site)
    if comparison.seats:
        hold_customer(customer.id)
    comparison.changed = _free_emails(customer.id, comparison.changed)
    if comparison.newcomers or comparison.changed:
        events = _count_events(customer.id, site_id, comparison.seats)
        _write(actor, customer, place, comparison, events, today=today, at=at)
    if comparison.seats:
        record(
            actor,
            action="seats.synchronize",
            at=at,
            object_kind="site",
            object_id=site_id,
            partner_path=customer.partner_path,
            customer_id=customer.id,
            after=comparison.differences.counts(),
        )
    return comparison


def let_go(
    actor: Actor,
    customer: CustomerFacts,
    *,
    site_id: UUID,
    tenant_id: UUID,
    users: Sequence[Leaving],
    today: date,
    at: datetime,
) -> None:
    """Lets users of a tenant leave their seats, as if its stack had them no more. The users are locked before."""
    comparison = Comparison()
    for user in users:
        comparison.add_leaving(user)
    if users:
        place = {"customer": customer.id, "site": site_id, "tenant": tenant_id}
        hold_customer(customer.id)
        events = _count_events(customer.id, site_id, comparison.seats)
        _write(actor, customer, place, comparison, events, today=today, at=at)


def _write(
    actor: Actor,
    customer: CustomerFacts,
    place: Mapping[str, UUID],
    comparison: Comparison,
    events: Sequence[_Event],
    *,
    today: date,
    at: datetime,
) -> None:
    values = {
        "path": [str(partner_id) for partner_id in customer.partner_path],
        "newcomers": json_of(comparison.newcomers),
        "changed": json_of(comparison.changed),
        "journal": json_of([_entry(change) for change in comparison.changed if _taken_over(change)]),
        "events": json_of(events),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "door": actor.door,
        "today": today,
        "at": at,
    }
    run(_APPLY, {**place, **values})


def _free_emails(customer_id: UUID, changed: Sequence[UserChange]) -> list[UserChange]:
    """The changes without e-mails that another user of the customer has: they stay as they are here.

    Users who give their e-mail away give it first: two may exchange theirs.
    """
    changing = [change for change in changed if change.email]
    if not changing:
        return list(changed)
    values: dict[str, object] = {
        "customer": customer_id,
        "ids": [str(change.id) for change in changing],
        "emails": [change.email.lower() for change in changing if change.email],
    }
    taken = set(values_of(str, _TAKEN_EMAILS, values))
    free = []
    for change in changed:
        if change.email and change.email.lower() in taken:
            free.append(replace(change, email=None))
        else:
            free.append(change)
            taken |= {change.email.lower()} if change.email else set()
    run(_GIVE_EMAILS, values | {"ids": [str(change.id) for change in free if change.email]})
    return free


def _taken_over(change: UserChange) -> dict[str, object]:
    """The values of a user that are taken over from the stack, except the type: the seat events tell of that."""
    values = {field: getattr(change, field) for field in ("first_name", "last_name", "email", "enabled")}
    return {field: value for field, value in values.items() if value is not None}


def _entry(change: UserChange) -> _Entry:
    values = _taken_over(change)
    kept = dict.fromkeys(values, "…")
    switched = {"enabled": values["enabled"]} if "enabled" in values else {}
    return _Entry(new_id(), change.id, kept | {name: not value for name, value in switched.items()}, kept | switched)


def _count_events(customer_id: UUID, site_id: UUID, seats: Sequence[SeatChange]) -> list[_Event]:
    """The events of the seats taken and left, with the running count of used seats. Locks the balances."""
    places = [(site_id, code) for code in sorted({seat.type_code for seat in seats})]
    used = {code: balance.used for (_, code), balance in lock_balances(customer_id, places).items()} if places else {}
    events = []
    # Leaving comes before coming, so that no running count is lower than zero or higher than it ever was.
    for seat in sorted(seats, key=lambda seat: seat.delta):
        used[seat.type_code] += seat.delta
        events.append(_Event(new_id(), seat.user_id, seat.type_code, seat.kind, seat.delta, used[seat.type_code]))
    return events
