"""Calls to stacks, written down in the transaction that needs them and made after it (SPEC 5).

The transaction that claims the seat writes the call to the outbox. After the commit a job makes the call and confirms
it, or frees the seat again. After a crash the row is still there, and the job takes it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.kit.database import exists, row_of, run
from strapontin.kit.ids import new_id
from strapontin.kit.jobs import defer
from strapontin.kit.rows import json_of

_INSERT = """
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, former,
                        created_at, due_at)
VALUES (%s, %s, %s, %s, %s, 'waiting', 0, '', '', %s::jsonb, %s, %s)
"""
_INSERT_ALL = """
INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, former,
                        created_at, due_at)
SELECT %(customer)s, id, user_id, tenant_id, kind, 'waiting', 0, '', '', former::jsonb, %(at)s, %(at)s
  FROM unnest(%(ids)s::uuid[], %(users)s::uuid[], %(tenants)s::uuid[], %(kinds)s::text[], %(formers)s::text[])
       AS call (id, user_id, tenant_id, kind, former)
"""
_STATE = "SELECT user_id, kind, state, error_code, error_field FROM stack_call WHERE customer_id = %s AND id = %s"
_DISMISS = """
WITH noted AS (
    UPDATE stack_call SET state = 'dismissed'
     WHERE customer_id = %(customer)s AND user_id = ANY (%(users)s::uuid[]) AND state = 'failed'
    RETURNING 1
), listed AS (
    UPDATE seat_user SET state = 'gone', version = version + 1
     WHERE customer_id = %(customer)s AND id = ANY (%(users)s::uuid[]) AND state = 'refused'
    RETURNING 1
)
SELECT 1 FROM noted UNION ALL SELECT 1 FROM listed
"""


@dataclass(frozen=True, slots=True)
class CallState:
    """How a call stands; ``error_code`` is that of the last attempt, empty if none failed."""

    user_id: UUID
    kind: str
    state: str
    error_code: str
    error_field: str

    @property
    def is_open(self) -> bool:
        """Whether no attempt has ended yet."""
        return self.state in ("waiting", "sent") and not self.error_code


def call_stack(
    *,
    customer_id: UUID,
    user_id: UUID,
    tenant_id: UUID,
    kind: str,
    at: datetime,
    former: Mapping[str, Any] | None = None,
) -> UUID:
    """Writes a call to the outbox, to be made as soon as the transaction has committed. Answers its id.

    ``former`` are the fields that an update changes, with the values that they had before.
    """
    call_id = new_id()
    run(_INSERT, [customer_id, call_id, user_id, tenant_id, kind, json_of(former or {}), at, at])
    defer("provision", customer_id=str(customer_id))
    return call_id


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to be written to the outbox; see :func:`call_stack`."""

    user_id: UUID
    tenant_id: UUID
    kind: str
    former: Mapping[str, Any]


def call_stack_for_all(*, customer_id: UUID, calls: Sequence[NewCall], at: datetime) -> None:
    """Writes calls about many users of a customer to the outbox, and asks for them to be made by one job."""
    if not calls:
        return
    columns = {
        "customer": customer_id,
        "at": at,
        "ids": [str(new_id()) for _ in calls],
        "users": [str(call.user_id) for call in calls],
        "tenants": [str(call.tenant_id) for call in calls],
        "kinds": [call.kind for call in calls],
        "formers": [json_of(call.former) for call in calls],
    }
    run(_INSERT_ALL, columns)
    defer("provision", customer_id=str(customer_id))


def call_state(grant: UserManager, *, call_id: UUID) -> CallState | None:
    """How a call stands, or ``None`` if there is none."""
    return row_of(CallState, _STATE, [grant.customer.id, call_id])


def dismiss(grant: UserManager, *, user_id: UUID) -> bool:
    """Takes note of what a stack refused of a user: a refused user is no longer listed, an active one no longer marked.

    Answers whether there was anything to take note of.
    """
    return dismiss_all(grant, user_ids=[user_id])


def dismiss_all(grant: UserManager, *, user_ids: Sequence[UUID]) -> bool:
    """As :func:`dismiss`, of many users."""
    return exists(_DISMISS, {"customer": grant.customer.id, "users": [str(user_id) for user_id in user_ids]})
