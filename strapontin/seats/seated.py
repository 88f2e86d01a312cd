"""A user on a seat, locked: the seat is left, or another one taken (SPEC 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.allocations.rules import Place
from strapontin.kit.database import exists, row_of, rows_of, run, statement
from strapontin.kit.ids import new_id

_RELEASE = statement(__file__, "release.sql")
_MOVE = statement(__file__, "move_seat.sql")
_SEATED = """
SELECT id, site_id, type_code, first_name, last_name, email, extension, enabled, tenant_id, stack_user_uuid, version
  FROM seat_user WHERE customer_id = %s AND state = 'active'
"""
_LOCK_USER = f"{_SEATED} AND id = %s FOR NO KEY UPDATE"
_LOCK_USERS = f"{_SEATED} AND id = ANY (%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_LOCK_TOTALS = """
SELECT 1 FROM customer_total WHERE customer_id = %s AND type_code = ANY (%s::text[])
 ORDER BY type_code FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class SeatedUser:
    """An active user, locked for a change."""

    id: UUID
    site_id: UUID
    type_code: str
    first_name: str
    last_name: str
    email: str
    extension: str
    enabled: bool
    tenant_id: UUID | None
    stack_user_uuid: UUID | None
    version: int

    @property
    def place(self) -> Place:
        """The balance whose seat is taken."""
        return (self.site_id, self.type_code)


def lock_user(customer_id: UUID, user_id: UUID) -> SeatedUser | None:
    """The active user, locked; ``None`` if there is no such active user."""
    return row_of(SeatedUser, _LOCK_USER, [customer_id, user_id])


def lock_users(customer_id: UUID, user_ids: Iterable[UUID]) -> list[SeatedUser]:
    """Those of the users who are active, locked in the order of their ids."""
    return rows_of(SeatedUser, _LOCK_USERS, [customer_id, [str(id_) for id_ in user_ids]])


def lock_totals(customer_id: UUID, codes: Iterable[str]) -> None:
    """Locks the totals of types, after the balances and in the order of types, as a synchronisation does."""
    exists(_LOCK_TOTALS, [customer_id, list(codes)])


def release(
    actor: Actor, customer: CustomerFacts, *, user_id: UUID, today: date, at: datetime, state: str = "gone"
) -> SeatedUser | None:
    """Frees the seat of a user. Answers the user as it was, or ``None`` if there is no such active user.

    ``state`` is that of the user from now on: "gone", or "refused" if the stack did not create it.

    The user is locked by a statement of its own. If another transaction has just moved the user, only a later
    statement sees the balance in which the user is counted now.
    """
    user = lock_user(customer.id, user_id)
    if user is None:
        return None
    run(
        _RELEASE,
        {
            "customer": customer.id,
            "path": [str(p) for p in customer.partner_path],
            "user": user_id,
            "state": state,
            "today": today,
            "at": at,
            "event": new_id(),
            "journal": new_id(),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "door": actor.door,
        },
    )
    return user


def move_seat(
    actor: Actor, customer_id: UUID, user: SeatedUser, *, to: Place, enforced: bool, today: date, at: datetime
) -> bool:
    """Takes a seat elsewhere for a user, who leaves its former one. Answers whether a seat was free there.

    Without ``enforced`` one always is. The balances of both places are locked before.
    """
    lock_totals(customer_id, [user.type_code, to[1]])
    parameters = {
        "customer": customer_id,
        "user": user.id,
        "from_site": user.site_id,
        "from_type": user.type_code,
        "to_site": to[0],
        "to_type": to[1],
        "enforced": enforced,
        "today": today,
        "at": at,
        "away_event": new_id(),
        "here_event": new_id(),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "door": actor.door,
    }
    # What the statement did although no seat is free there is taken back.
    try:
        with transaction.atomic():
            if exists(_MOVE, parameters):
                return True
            raise _NoSeatError
    except _NoSeatError:
        return False


class _NoSeatError(Exception):
    pass
