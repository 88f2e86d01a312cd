"""Makes the calls that stand in the outbox: users created, changed and deleted on their stack (SPEC 5).

Each call is marked as sent before it is made, so that after a crash or a time-out the next attempt first asks the
stack what became of it. A creation that the stack refuses for good frees the seat again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import row, run
from strapontin.organisation.settings import Settings
from strapontin.seats.operations import release
from strapontin.stacks.base import Connector, NewStackUser, StackError
from strapontin.stacks.vault import open_stack

logger = logging.getLogger(__name__)
Clock = Callable[[], tuple[Settings, datetime]]

RETRY_AFTER = timedelta(minutes=1)
MOST_ATTEMPTS = 20
# What another attempt may mend; anything else is the stack's last word.
PASSING = frozenset({"unreachable", "timeout", "tls", "unavailable", "nonsense", "too_many_sessions", "refused"})

_TAKE = """
SELECT c.id, c.kind, c.state, c.attempts, c.user_id, t.stack_id, t.tenant_uuid, u.first_name, u.last_name, u.email,
       u.enabled, u.stack_user_uuid, (y.stack_ids)[1] AS stack_type_id
  FROM stack_call c
  JOIN site_tenant t ON t.customer_id = c.customer_id AND t.id = c.tenant_id
  JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
  JOIN subscription_type y ON y.code = u.type_code
 WHERE c.customer_id = %s AND c.state IN ('waiting', 'sent') AND c.due_at <= %s
 ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""
_SENT = """
UPDATE stack_call SET state = 'sent', attempts = attempts + 1, due_at = %s WHERE customer_id = %s AND id = %s
"""
_DONE = "UPDATE stack_call SET state = 'done', error_code = '', done_at = %s WHERE customer_id = %s AND id = %s"
_FAILED = "UPDATE stack_call SET state = %s, error_code = %s, done_at = %s WHERE customer_id = %s AND id = %s"
_CONFIRM = "UPDATE seat_user SET stack_user_uuid = %s WHERE customer_id = %s AND id = %s"


def make_calls(*, customer_id: UUID, clock: Clock) -> int:
    """Makes the customer's calls that are due, one after another; answers how many were tried."""
    actor = system("job")
    tried = 0
    while tried < 1000:
        with acting(actor):
            grants.customer(actor, customer_id)
            _, at = clock()
            call = row(_TAKE, [customer_id, at])
            if call is None:
                return tried
            run(_SENT, [at + RETRY_AFTER, customer_id, call["id"]])
        tried += 1
        _make(customer_id, call, clock)
    return tried


def _make(customer_id: UUID, call: dict[str, Any], clock: Clock) -> None:
    actor = system("job")
    try:
        uuid = _speak(open_stack(call["stack_id"]), call)
    except StackError as error:
        logger.warning("call %s to a stack was not made: %s", call["id"], error)
        _note_failure(customer_id, call, error, clock)
        return
    with acting(actor):
        grants.customer(actor, customer_id)
        _, at = clock()
        run(_DONE, [at, customer_id, call["id"]])
        if uuid:
            run(_CONFIRM, [uuid, customer_id, call["user_id"]])


def _speak(connector: Connector, call: dict[str, Any]) -> UUID | None:
    """Makes the call; answers the stack's uuid of a created user."""
    if not connector.writable:
        return None
    tenant = call["tenant_uuid"]
    uuid: UUID | None = call["stack_user_uuid"]
    if call["kind"] == "delete":
        if uuid:
            connector.delete_user(tenant_uuid=tenant, uuid=uuid)
        return None
    wanted = NewStackUser(call["first_name"], call["last_name"], call["email"], call["stack_type_id"], call["enabled"])
    if uuid:
        connector.update_user(tenant_uuid=tenant, uuid=uuid, user=wanted)
        return None
    if call["kind"] == "update":
        return None
    if call["state"] == "sent" and (made := connector.find_user(tenant_uuid=tenant, email=call["email"])):
        return made.uuid
    return connector.create_user(tenant_uuid=tenant, user=wanted)


def _note_failure(customer_id: UUID, call: dict[str, Any], error: StackError, clock: Clock) -> None:
    actor = system("job")
    final = error.code not in PASSING or call["attempts"] + 1 >= MOST_ATTEMPTS
    with acting(actor):
        customer = grants.customer(actor, customer_id).customer
        settings, at = clock()
        run(
            _FAILED,
            ["failed" if final else "sent", error.code, at if final else None, customer_id, call["id"]],
        )
        if final and call["kind"] == "create":
            release(actor, customer, user_id=call["user_id"], kind="release", today=settings.day(at), at=at)
