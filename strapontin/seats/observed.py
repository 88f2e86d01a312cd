"""What a stack shows becomes the used seats: a difference by the users' uuids, applied at once (SPEC 6).

The truth of *used* is the stack: users who appear there take a seat even above the allocation, users who are
gone there leave theirs, and nobody's telephone is cut. Seats claimed here after the stack answered stay counted.

A stack's answer says nothing yet about what the portal is having it do: whoever has an open call, or one that ended
after the stack was asked, stays as they are; whom we are about to delete there is leaving, and takes no seat.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.allocations.operations import lock_balances
from strapontin.allocations.rules import Quantities
from strapontin.journal.operations import record
from strapontin.kit.database import rows, run, statement
from strapontin.kit.ids import new_id

_APPLY = statement(__file__, "apply_observed.sql")
_EXISTING = """
SELECT u.id, u.type_code, u.email, u.first_name, u.last_name, u.stack_user_uuid, u.tenant_id, u.claimed_at
  FROM seat_user u
 WHERE u.customer_id = %(customer)s AND u.site_id = %(site)s AND u.state = 'active'
   AND (u.tenant_id = %(tenant)s OR u.tenant_id IS NULL)
   FOR UPDATE OF u
"""
# What the stack is being asked to do, or was after it gave its answer. Read once the users are locked: from then on
# nobody confirms a creation of theirs.
_CALLS = """
SELECT c.user_id, c.email AS tried_email, u.state = 'gone' AS leaving, u.email, u.stack_user_uuid
  FROM stack_call c JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
 WHERE c.customer_id = %(customer)s AND c.tenant_id = %(tenant)s
   AND (c.state IN ('waiting', 'sent') OR c.done_at > %(asked_at)s)
"""


class Observed(Protocol):
    """A user as a stack has it."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def stack_type_id(self) -> int | None: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def extension(self) -> str | None: ...


@dataclass(slots=True)
class Differences:
    """What was not the same here and there; names are shown to people, so they stay with the reading."""

    unknown: list[dict[str, Any]] = field(default_factory=list)
    vanished: list[dict[str, Any]] = field(default_factory=list)
    other_type: list[dict[str, Any]] = field(default_factory=list)
    other_email: list[dict[str, Any]] = field(default_factory=list)
    unmapped: dict[int, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    agreed: bool = False
    """Nobody differed, and no call is under way: the same answer to the same state would be as void."""

    def as_json(self) -> dict[str, Any]:
        """The four lists, as stored with the reading."""
        return {
            "unknown": self.unknown,
            "vanished": self.vanished,
            "other_type": self.other_type,
            "other_email": self.other_email,
        }


class _Calls:
    """What the portal's calls to the tenant have to do with the stack's answer."""

    def __init__(self, calls: list[dict[str, Any]]) -> None:
        self.busy = {call["user_id"] for call in calls}
        self.tried = {call["tried_email"].casefold(): call["user_id"] for call in calls if call["tried_email"]}
        leaving = [call for call in calls if call["leaving"]]
        self.leaving = {call["stack_user_uuid"] for call in leaving if call["stack_user_uuid"]}
        # Somebody who was removed while being created: which uuid that will be nobody knows yet.
        self.leaving_emails = {
            (call["tried_email"] or call["email"]).casefold() for call in leaving if not call["stack_user_uuid"]
        }


@dataclass(slots=True)
class _Writing:
    """Rows to be written by the one statement."""

    new_users: list[tuple[UUID, str, Observed]] = field(default_factory=list)
    adopted: list[tuple[UUID, UUID]] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    retyped: list[tuple[UUID, str]] = field(default_factory=list)
    events: list[tuple[UUID, str, str, int]] = field(default_factory=list)  # user, type, kind, delta


def apply_users(
    actor: Actor,
    customer: CustomerFacts,
    *,
    site_id: UUID,
    tenant_id: UUID,
    users: Sequence[Observed],
    types: Mapping[int, str],
    asked_at: datetime,
    today: date,
    at: datetime,
    last_of_site: bool = True,
) -> Differences:
    """Makes the used seats of a site's tenant those that the stack has; answers the differences.

    ``types`` maps the stack's integers to type codes; users of other types are counted as unmapped: those who were
    known keep their seat as it is, others take none. ``asked_at`` is when the stack was asked: who was added here
    after that is left alone. ``last_of_site`` says that all other tenants of the site have been read: users of the
    site who have no tenant yet may live in any of them, and only then are nowhere.
    """
    place = {"customer": customer.id, "site": site_id, "tenant": tenant_id}
    existing = rows(_EXISTING, place)
    calls = _Calls(rows(_CALLS, {**place, "asked_at": asked_at}))
    found, writing = Differences(), _Writing()
    present = _compare_present(existing, users, types, calls, writing, found)
    for user in existing:
        if user["id"] in present or user["id"] in calls.busy or user["claimed_at"] > asked_at:
            continue
        if user["tenant_id"] or last_of_site:
            _vanished(writing, found, user)
    found.agreed = not (writing.events or writing.adopted or found.other_email or calls.busy) and len(present) == len(
        existing
    )
    codes = sorted({code for _, code, _, _ in writing.events})
    before = lock_balances(customer.id, [(site_id, code) for code in codes]) if codes else {}
    _write(actor, customer, site_id, tenant_id, writing, before, today, at)
    found.used = dict(
        Counter(types[u.stack_type_id] for u in users if u.stack_type_id is not None and u.stack_type_id in types)
    )
    if writing.events:
        record(
            actor,
            action="seats.synchronize",
            at=at,
            object_kind="site",
            object_id=site_id,
            partner_path=customer.partner_path,
            customer_id=customer.id,
            after={name: len(people) for name, people in found.as_json().items()},
        )
    return found


def _compare_present(
    existing: list[dict[str, Any]],
    users: Sequence[Observed],
    types: Mapping[int, str],
    calls: _Calls,
    writing: _Writing,
    found: Differences,
) -> set[UUID]:
    """Compares those whom the stack has; answers who of ``existing`` is among them."""
    by_uuid = {user["stack_user_uuid"]: user for user in existing if user["stack_user_uuid"]}
    unconfirmed = {user["id"]: user for user in existing if not user["stack_user_uuid"]}
    by_email = {user["email"].casefold(): user for user in unconfirmed.values() if user["email"]}
    by_email |= {email: unconfirmed[user_id] for email, user_id in calls.tried.items() if user_id in unconfirmed}
    present: set[UUID] = set()
    for user in users:
        code = types.get(user.stack_type_id) if user.stack_type_id is not None else None
        if code is None:
            key = -1 if user.stack_type_id is None else user.stack_type_id
            found.unmapped[key] = found.unmapped.get(key, 0) + 1
        if user.uuid in calls.leaving:
            continue
        known = by_uuid.get(user.uuid)
        if known is None and user.email:
            email = user.email.casefold()
            if email in calls.leaving_emails:
                continue
            known = by_email.pop(email, None)
            if known and known["id"] in present:
                known = None
        if known is None:
            # Without a mapping nobody can say which seat it takes: it is shown, and takes none (SPEC 6).
            if code is not None:
                _found(writing, found, user, code)
            continue
        present.add(known["id"])
        if known["stack_user_uuid"] is None or known["tenant_id"] is None:
            writing.adopted.append((known["id"], user.uuid))
        if code is None or known["id"] in calls.busy:
            continue
        if known["type_code"] != code:
            _retyped(writing, found, known, user, code)
        if (user.email or "").casefold() != known["email"].casefold():
            found.other_email.append({"name": _name(user), "here": known["email"], "there": user.email or ""})
    return present


def _found(writing: _Writing, found: Differences, user: Observed, code: str) -> None:
    user_id = new_id()
    writing.new_users.append((user_id, code, user))
    writing.events.append((user_id, code, "found", 1))
    found.unknown.append({"name": _name(user), "email": user.email or "", "type": code})


def _retyped(writing: _Writing, found: Differences, known: dict[str, Any], user: Observed, code: str) -> None:
    writing.retyped.append((known["id"], code))
    writing.events.append((known["id"], known["type_code"], "retyped", -1))
    writing.events.append((known["id"], code, "retyped", 1))
    found.other_type.append({"name": _name(user), "here": known["type_code"], "there": code})


def _vanished(writing: _Writing, found: Differences, known: dict[str, Any]) -> None:
    writing.gone.append(known["id"])
    writing.events.append((known["id"], known["type_code"], "vanished", -1))
    found.vanished.append({"name": f"{known['first_name']} {known['last_name']}".strip(), "type": known["type_code"]})


def _name(user: Observed) -> str:
    return f"{user.first_name} {user.last_name}".strip()


def _write(
    actor: Actor,
    customer: CustomerFacts,
    site_id: UUID,
    tenant_id: UUID,
    writing: _Writing,
    before: dict[tuple[UUID, str], Quantities],
    today: date,
    at: datetime,
) -> None:
    if not (writing.events or writing.adopted):
        return
    used = {code: quantities.used for (_, code), quantities in before.items()}
    afters = []
    # Leaving comes before coming, so that no running count is lower than zero or higher than it ever was.
    events = sorted(writing.events, key=lambda event: event[3])
    for _, code, _, delta in events:
        used[code] += delta
        afters.append(used[code])
    changes = []
    for (_, code), was in before.items():
        now = Quantities(was.allocated, was.next_cycle, used[code])
        changes.append(
            {
                "type_code": code,
                "used": now.used - was.used,
                "remaining": max(0, now.free) - max(0, was.free),
                "over": now.over - was.over,
            }
        )
    run(
        _APPLY,
        {
            "customer": customer.id,
            "path": [str(p) for p in customer.partner_path],
            "site": site_id,
            "tenant": tenant_id,
            "today": today,
            "at": at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "door": actor.door,
            "new_ids": [str(user_id) for user_id, _, _ in writing.new_users],
            "new_types": [code for _, code, _ in writing.new_users],
            "new_uuids": [str(user.uuid) for _, _, user in writing.new_users],
            "first_names": [user.first_name or "?" for _, _, user in writing.new_users],
            "last_names": [user.last_name or "" for _, _, user in writing.new_users],
            "emails": [user.email or "" for _, _, user in writing.new_users],
            "extensions": [user.extension or "" for _, _, user in writing.new_users],
            "enabled": [user.enabled for _, _, user in writing.new_users],
            "adopted": [str(user_id) for user_id, _ in writing.adopted],
            "adopted_uuids": [str(uuid) for _, uuid in writing.adopted],
            "gone": [str(user_id) for user_id in writing.gone],
            "retyped": [str(user_id) for user_id, _ in writing.retyped],
            "retyped_to": [code for _, code in writing.retyped],
            "event_ids": [str(new_id()) for _ in events],
            "event_users": [str(user_id) for user_id, _, _, _ in events],
            "event_types": [code for _, code, _, _ in events],
            "event_kinds": [kind for _, _, kind, _ in events],
            "event_deltas": [delta for _, _, _, delta in events],
            "event_afters": afters,
            "changes": json.dumps(changes),
        },
    )
