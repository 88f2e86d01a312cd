"""What a stack refused is taken back here: a user is as it was, or stays listed as refused (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from strapontin.access.grants import UserManager
from strapontin.allocations.openings import hold_customer
from strapontin.allocations.operations import lock_balances
from strapontin.allocations.returns import hold_allocation, return_allocation
from strapontin.allocations.rules import Place
from strapontin.kit.database import exists, row_of, rows_of, run, statement
from strapontin.kit.ids import new_id
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import Settings
from strapontin.seats.operations import ON_STACK
from strapontin.seats.provisioning import call_stack
from strapontin.seats.seated import SeatedUser, lock_user, move_seat, release
from strapontin.seats.user_journal import record_change

_RESTORE = statement(__file__, "restore.sql")
_CREATED_WITH_SEAT = """
SELECT 1 FROM seat_user u JOIN stack_call c ON c.customer_id = u.customer_id
 WHERE u.customer_id = %s AND u.id = %s AND c.user_id = ANY (%s::uuid[]) AND c.kind = 'create'
   AND c.created_at <= u.claimed_at
"""
_LATER_UPDATES = """
SELECT id, former FROM stack_call
 WHERE customer_id = %s AND user_id = %s AND kind = 'update' AND state IN ('waiting', 'sent') AND id > %s ORDER BY id
"""
_SET_FORMER = "UPDATE stack_call SET former = %s::jsonb WHERE customer_id = %s AND id = %s"
# The stack has the former e-mail: it may be another user's meanwhile.
_TAKE_BACK = """
UPDATE seat_user
   SET first_name = %(first_name)s, last_name = %(last_name)s, enabled = %(enabled)s, type_code = %(type_code)s,
       email_from_stack = email_from_stack OR email <> %(email)s, email = %(email)s, version = version + 1
 WHERE customer_id = %(customer)s AND id = %(user)s
"""


_BEHIND = """
SELECT site_id, type_code, first_name, last_name, email, enabled, tenant_id, stack_user_uuid
  FROM seat_user WHERE customer_id = %s AND id = %s AND tenant_id IS NOT NULL
"""
# The creation there and the deletion here are not made any more. Later changes are sent to the former tenant.
_CANCEL_MOVE = """
UPDATE stack_call c
   SET state = CASE c.kind WHEN 'update' THEN c.state WHEN 'create' THEN 'failed' ELSE 'dismissed' END,
       done_at = CASE c.kind WHEN 'update' THEN c.done_at ELSE %(at)s::timestamptz END,
       error_code = CASE c.kind WHEN 'create' THEN %(error)s ELSE c.error_code END,
       error_field = CASE c.kind WHEN 'create' THEN %(field)s ELSE c.error_field END,
       email = '', tried = '{}', former = CASE c.kind WHEN 'update' THEN c.former ELSE '{}' END,
       tenant_id = b.tenant_id
  FROM seat_user b
 WHERE c.customer_id = %(customer)s AND c.user_id IN (%(user)s, %(behind)s) AND c.state IN ('waiting', 'sent')
   AND b.customer_id = %(customer)s AND b.id = %(behind)s
"""
_RETURN = """
UPDATE seat_user u
   SET site_id = b.site_id, type_code = b.type_code, tenant_id = b.tenant_id, stack_user_uuid = b.stack_user_uuid,
       version = u.version + 1
  FROM seat_user b
 WHERE u.customer_id = %(customer)s AND u.id = %(user)s AND b.customer_id = %(customer)s AND b.id = %(behind)s
"""


@dataclass(frozen=True, slots=True)
class _Behind:
    """Where a user was before it moved, and who it was there."""

    site_id: UUID
    type_code: str
    first_name: str
    last_name: str
    email: str
    enabled: bool
    tenant_id: UUID
    stack_user_uuid: UUID | None


@dataclass(frozen=True, slots=True)
class _Update:
    id: UUID
    former: dict[str, Any]


def refuse_creation(
    grant: UserManager,
    *,
    user_id: UUID,
    behind_id: UUID | None = None,
    today: date,
    at: datetime,
    allocated_with: tuple[UUID, Settings] | None = None,
) -> None:
    """The seat is free again; the user stays listed as refused until somebody has dealt with it.

    A user who was typed in before the site had a stack keeps the seat. ``behind_id`` is the row that stands for the
    user in a former tenant, if any. ``allocated_with`` is the change by which a seat was allocated together with the
    user, and the settings: it is taken back, as far as the seat is free and may be handed back.
    """
    rows = [str(row_id) for row_id in (user_id, behind_id) if row_id]
    user = lock_user(grant.customer.id, user_id)
    if user is None or not exists(_CREATED_WITH_SEAT, [grant.customer.id, user_id, rows]):
        return
    leave = partial(release, grant.actor, grant.customer, user_id=user_id, today=today, at=at, state="refused")
    if allocated_with is None:
        leave()
        return
    (change_id, settings), manager = allocated_with, grant.allocation_manager()
    held = hold_allocation(manager, change_id=change_id, used_at=user.place, settings=settings, at=at)
    leave()
    if held:
        return_allocation(manager, held, settings=settings, at=at)


def take_back_changes(
    grant: UserManager, *, user_id: UUID, call_id: UUID, former: dict[str, Any], today: date, at: datetime
) -> None:
    """Gives the fields of ``former`` their former values again, unless a later change of a field is under way.

    If that one is refused too, the field gets the same former value. Another type is a seat taken back, even above the
    allocation: the stack has the user as it was.
    """
    user = lock_user(grant.customer.id, user_id)
    if user is None:
        return
    left = dict(former)
    for update in rows_of(_Update, _LATER_UPDATES, [grant.customer.id, user_id, call_id]):
        if changed_again := {field: left.pop(field) for field in update.former if field in left}:
            run(_SET_FORMER, [json_of(update.former | changed_again), grant.customer.id, update.id])
    values = {field: left.get(field, getattr(user, field)) for field in ON_STACK}
    if values["type_code"] != user.type_code:
        _take_back_seat(grant, user, (user.site_id, values["type_code"]), today, at)
    if left:
        run(_TAKE_BACK, {**values, "customer": grant.customer.id, "user": user_id})
        stays = {"site_id": user.site_id, "extension": user.extension}
        before = {field: getattr(user, field) for field in ON_STACK}
        record_change(grant, user_id=user_id, before=before | stays, after=values | stays, at=at)


def _take_back_seat(grant: UserManager, user: SeatedUser, place: Place, today: date, at: datetime) -> None:
    hold_customer(grant.customer.id)
    lock_balances(grant.customer.id, [user.place, place])
    move_seat(grant.actor, grant.customer.id, user, to=place, enforced=False, today=today, at=at)


def take_back_move(
    grant: UserManager, *, user_id: UUID, behind_id: UUID, error: str, field: str, today: date, at: datetime
) -> None:
    """A user whom a new tenant refused is back where it was, with its seat there, even above the allocation.

    The creation there that is still to be made ends with ``error`` and ``field``. If the user is not on the former
    stack either, see :func:`refuse_creation`. If it was removed or moved on meanwhile, the deletion in the former
    tenant goes on.
    """
    customer_id = grant.customer.id
    user = lock_user(customer_id, user_id)
    behind = row_of(_Behind, _BEHIND, [customer_id, behind_id])
    if user is None or behind is None:
        return
    if behind.stack_user_uuid is None:
        refuse_creation(grant, user_id=user_id, behind_id=behind_id, today=today, at=at)
        return
    place = (behind.site_id, behind.type_code)
    if place != user.place:
        _take_back_seat(grant, user, place, today, at)
    ids = {"customer": customer_id, "user": user_id, "behind": behind_id, "at": at}
    run(_CANCEL_MOVE, ids | {"error": error, "field": field})
    run(_RETURN, ids)
    # The e-mail was given up if both tenants are on one stack; what else was changed with the move is sent, too.
    former = {name: getattr(behind, name) for name in ("first_name", "last_name", "email", "enabled")}
    call_stack(
        customer_id=customer_id, user_id=user_id, tenant_id=behind.tenant_id, kind="update", former=former, at=at
    )
    values = {name: getattr(user, name) for name in (*ON_STACK, "extension")}
    places = {"site_id": behind.site_id, "type_code": behind.type_code}
    record_change(grant, user_id=user_id, before=values | {"site_id": user.site_id}, after=values | places, at=at)


def take_back_removal(grant: UserManager, *, user_id: UUID, today: date, at: datetime) -> None:
    """The user, who is still on the stack, takes its seat again, even above the allocation."""
    actor = grant.actor
    values = {
        "customer": grant.customer.id,
        "path": [str(partner_id) for partner_id in grant.customer.partner_path],
        "user": user_id,
        "today": today,
        "at": at,
        "event": new_id(),
        "journal": new_id(),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "door": actor.door,
    }
    try:
        with transaction.atomic():
            run(_RESTORE, values)
    except IntegrityError:
        # A synchronisation has found the user meanwhile: it has a seat already.
        return
