"""Requests for seats: made, answered, withdrawn (SPEC 5).

A request leaves the state "open" by one guarded statement, so it is answered once, whoever comes at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor
from strapontin.access.grants import AllocationManager, RequestParty, UserManager
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import sites_are_there
from strapontin.allocations.rules import Room
from strapontin.billing.effects import Effect, confirm_room, preview_room
from strapontin.journal.operations import record_below
from strapontin.kit.database import row_of, run, statement, value_of
from strapontin.kit.ids import new_id
from strapontin.kit.jobs import defer
from strapontin.kit.rows import json_of
from strapontin.kit.text import has_controls, is_visible, tidy_lines
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found
from strapontin.requests.drafts import NewRequest, checked
from strapontin.requests.messages import Event
from strapontin.requests.queries import SeatRequest, State, request_of
from strapontin.requests.rules import AskedSeats, AskedUser, content_of, rooms_of
from strapontin.seats.operations import add_user

NOTE_LENGTH = 1000

_ADD = statement(__file__, "add_request.sql")
_DECIDE = statement(__file__, "decide.sql")
_NOTE_OUTCOME = """
UPDATE seat_request SET created_ids = %s::uuid[], committed_until = %s WHERE customer_id = %s AND id = %s
"""
_STATE = "SELECT state FROM seat_request WHERE customer_id = %s AND id = %s"
_REMIND = """
UPDATE seat_request SET reminded_on = %(today)s, version = version + 1
 WHERE customer_id = %(customer)s AND id = %(request)s AND state = 'open' AND reminded_on < %(today)s
"""


@dataclass(frozen=True, slots=True)
class _Decided:
    users: list[AskedUser]
    allocations: list[AskedSeats]
    asked_by_id: UUID | None


def ask(party: RequestParty, *, new: NewRequest, settings: Settings, at: datetime) -> UUID:
    """Makes a request; answers its id. Those who may decide are written to.

    The same users and seats asked for again by the same person, while the request is open, are one request. Users need
    User management. Raises ``role_missing``, ``customer_expired``, ``email_in_use``, ``tenant_required``, ``invalid``
    with the ``field``, ``not_found`` for a site of somebody else.
    """
    # The path of the partners cannot move before this transaction ends.
    customer = lock_customer(party.actor, party.customer.id, settings=settings, at=at)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    request = checked(replace(party, customer=customer), new)
    request_id = new_id()
    values = {
        "customer": customer.id,
        "request": request_id,
        "path": [str(partner_id) for partner_id in customer.partner_path],
        "users": json_of(request.users),
        "allocations": json_of(request.allocations),
        "note": _text(new.note, "note"),
        "content": content_of(request.users, request.allocations),
        "today": settings.day(at),
        **_doer(party.actor, at),
    }
    kept_id = value_of(UUID, _ADD, values) or request_id
    if kept_id == request_id:
        seats = sum(room.users + room.more for room in rooms_of(request.users, request.allocations))
        after: dict[str, object] = {"users": len(request.users), "seats": seats}
        _record(party, "request.create", request_id, at, after)
        _tell(customer.id, request_id, "asked")
    return kept_id


def preview_approval(grant: AllocationManager, *, request: SeatRequest, settings: Settings, at: datetime) -> Effect:
    """What :func:`approve` would allocate, and what that costs; changes nothing. Refuses as the allocation would."""
    rooms = _rooms(grant, request.users, request.allocations)
    return preview_room(grant, rooms=rooms, settings=settings, at=at)


def approve(
    grant: AllocationManager, *, request_id: UUID, settings: Settings, at: datetime, digest: str | None = None
) -> Effect:
    """Allocates the seats that are missing and creates the users: all of it, or nothing. Answers what was allocated.

    With a ``digest``, exactly what it showed or ``preview_outdated``. Raises ``already_decided``, ``customer_expired``,
    ``above_limit``, ``site_removed``, and ``users_not_created`` with ``errors``, one for each user who cannot be
    created.
    """
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    grant = AllocationManager(grant.actor, customer)
    asked = _decide(grant, request_id, "approved", at)
    rooms = _rooms(grant, asked.users, asked.allocations)
    effect = confirm_room(grant, rooms=rooms, settings=settings, at=at, digest=digest)
    created = _create_users(grant.user_manager(), asked.users, settings, at)
    committed_until = customer.period_ends_on if effect.entries else None
    run(_NOTE_OUTCOME, [[str(user_id) for user_id in created], committed_until, customer.id, request_id])
    seats = sum(entry.delta for entry in effect.entries if entry.kind == "raise")
    _record(grant, "request.approve", request_id, at, {"users": len(created), "seats": seats})
    _tell(customer.id, request_id, "answered")
    return effect


def decline(grant: AllocationManager, *, request_id: UUID, reason: str, at: datetime) -> None:
    """Declines a request. The one who asked is told why. Raises ``invalid`` without a reason, ``already_decided``."""
    reason = _text(reason, "reason")
    if not is_visible(reason):
        raise invalid(_("Say why: the one who asked will read it."), field="reason")
    _decide(grant, request_id, "declined", at, reason=reason)
    _record(grant, "request.decline", request_id, at)
    _tell(grant.customer.id, request_id, "answered")


def withdraw(party: RequestParty, *, request_id: UUID, at: datetime) -> None:
    """Takes a request back: by the one who asked, or by anybody with User management, and then the other is told.

    Raises ``role_missing``, ``already_decided``.
    """
    _require_own(party, request_id)
    asked = _decide(party, request_id, "withdrawn", at)
    _record(party, "request.withdraw", request_id, at)
    if asked.asked_by_id != party.actor.id:
        _tell(party.customer.id, request_id, "answered")


def remind(party: RequestParty, *, request_id: UUID, settings: Settings, at: datetime) -> None:
    """Has those who may decide written to again, once a day at most: the day on which it was made counts.

    Raises ``role_missing``, ``already_decided``, ``reminded_today``.
    """
    _require_own(party, request_id)
    ids = {"customer": party.customer.id, "request": request_id, "today": settings.day(at)}
    if not run(_REMIND, ids):
        raise _not_open(party.customer.id, request_id) or Refusal("reminded_today")
    _record(party, "request.remind", request_id, at)
    _tell(party.customer.id, request_id, "reminded")


def _decide(
    grant: AllocationManager | RequestParty, request_id: UUID, state: State, at: datetime, *, reason: str = ""
) -> _Decided:
    values = {"customer": grant.customer.id, "request": request_id, "state": state, "reason": reason}
    decided = row_of(_Decided, _DECIDE, values | _doer(grant.actor, at))
    if decided is None:
        raise _not_open(grant.customer.id, request_id) or RuntimeError("an open request was not decided")
    return decided


def _not_open(customer_id: UUID, request_id: UUID) -> Refusal | None:
    """Why a request cannot be decided; ``None`` if it is open."""
    state = value_of(str, _STATE, [customer_id, request_id])
    if state is None:
        return not_found()
    return None if state == "open" else Refusal("already_decided", state=state)


def _rooms(grant: AllocationManager, users: Sequence[AskedUser], allocations: Sequence[AskedSeats]) -> Sequence[Room]:
    """The room that a request needs. Raises ``site_removed`` if one of its sites is no longer there."""
    rooms = rooms_of(users, allocations)
    if not sites_are_there(grant.customer.id, [room.place for room in rooms]):
        raise Refusal("site_removed")
    return rooms


def _create_users(manager: UserManager, users: Sequence[AskedUser], settings: Settings, at: datetime) -> list[UUID]:
    created, errors = [], []
    for number, user in enumerate(users):
        try:
            with transaction.atomic():
                created.append(add_user(manager, new=user.new_user(), settings=settings, at=at).id)
        except Refusal as refusal:
            reason = str(refusal.facts.get("explanation") or refusal.sentence)
            field = f"users.{number}.{refusal.facts.get('field', 'site')}"
            errors.append({"field": field, "code": refusal.code, "name": user.full_name, "reason": reason})
    if errors:
        explanation = " ".join(gettext("{name}: {reason}").format_map(error) for error in errors[:5])
        raise Refusal("users_not_created", errors=errors, explanation=explanation)
    return created


def _require_own(party: RequestParty, request_id: UUID) -> None:
    if not request_of(party, request_id=request_id).is_of(party.actor):
        party.require("users")


def _text(text: str, field: str) -> str:
    text = tidy_lines(text)
    if has_controls(text, lines=True):
        raise invalid(_("Control characters cannot be part of a text."), field=field)
    if len(text) > NOTE_LENGTH:
        raise invalid(_("At most 1,000 characters are expected."), field=field)
    return text


def _doer(actor: Actor, at: datetime) -> dict[str, object]:
    return {"actor_kind": actor.kind, "actor_id": actor.id, "at": at}


def _record(
    grant: AllocationManager | RequestParty,
    action: str,
    request_id: UUID,
    at: datetime,
    after: dict[str, object] | None = None,
) -> None:
    record_below(grant, action=action, object_kind="seat_request", at=at, object_id=request_id, after=after)


def _tell(customer_id: UUID, request_id: UUID, event: Event) -> None:
    """Has the worker write (:func:`strapontin.requests.messages.tell_of_request`)."""
    defer("tell_of_request", customer_id=str(customer_id), request_id=str(request_id), event=event)
