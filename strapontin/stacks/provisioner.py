"""Makes the calls that stand in the outbox: users created, changed and deleted on their stack (SPEC 5).

The calls about a person are made strictly one after another. Each is marked as sent before it is made, together with
the e-mail that it tries, so that after a crash or a time-out the next attempt first asks the stack what became of it.
A creation that the stack refuses for good frees the seat again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
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

# Twice as long after each attempt, 16 minutes at most: together, the attempts outlast a stack that is down for hours.
RETRY_AFTER = timedelta(minutes=1)
MOST_DOUBLINGS = 4
MOST_ATTEMPTS = 20
# What another attempt may mend; anything else is the stack's last word.
PASSING = frozenset(
    {
        "unreachable",
        "timeout",
        "tls",
        "unavailable",
        "nonsense",
        "too_many_sessions",
        "refused",
        "password_unreadable",
        "internal",
    }
)

# A call waits for the older ones about its user, and for those about whoever has the same e-mail: somebody who is
# added again, or moved to another tenant, can only be created once the former one is deleted.
_TAKE = """
SELECT c.id, c.kind, c.state, c.attempts, c.email AS tried_email, c.user_id, t.stack_id, t.tenant_uuid,
       u.state = 'gone' AS gone, u.first_name, u.last_name, u.email, u.enabled, u.stack_user_uuid,
       (y.stack_ids)[1] AS stack_type_id
  FROM stack_call c
  JOIN site_tenant t ON t.customer_id = c.customer_id AND t.id = c.tenant_id
  JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
  JOIN subscription_type y ON y.code = u.type_code
 WHERE c.customer_id = %(customer)s AND c.state IN ('waiting', 'sent') AND c.due_at <= %(at)s
   AND t.stack_id <> ALL (%(silent)s::uuid[])
   AND NOT EXISTS (SELECT 1 FROM stack_call e
                     JOIN seat_user p ON p.customer_id = e.customer_id AND p.id = e.user_id
                    WHERE e.customer_id = c.customer_id AND e.state IN ('waiting', 'sent') AND e.id < c.id
                      AND (p.id = u.id OR (u.email <> '' AND lower(p.email) = lower(u.email))))
 ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""
_SENT = """
UPDATE stack_call
   SET state = 'sent', attempts = attempts + 1, due_at = %(due)s,
       email = CASE WHEN kind = 'create' AND email = '' THEN %(email)s ELSE email END
 WHERE customer_id = %(customer)s AND id = %(id)s
"""
_LOCK_USER = "SELECT 1 AS locked FROM seat_user WHERE customer_id = %s AND id = %s FOR UPDATE"
# The e-mail is personal data: it stays as long as an attempt may need it.
_NOTE = """
UPDATE stack_call SET state = %(state)s, error_code = %(error)s, done_at = %(done_at)s,
       email = CASE WHEN %(state)s = 'sent' THEN email ELSE '' END
 WHERE customer_id = %(customer)s AND id = %(id)s
RETURNING user_id
"""
_CONFIRM = """
UPDATE seat_user u SET stack_user_uuid = %(uuid)s
 WHERE u.customer_id = %(customer)s AND u.id = %(user)s
   AND NOT EXISTS (SELECT 1 FROM seat_user o
                    WHERE o.customer_id = u.customer_id AND o.tenant_id = u.tenant_id
                      AND o.stack_user_uuid = %(uuid)s AND o.state = 'active' AND o.id <> u.id)
"""
_POSTPONE = """
UPDATE stack_call SET due_at = %(until)s
 WHERE customer_id = %(customer)s AND id IN (
    SELECT c.id FROM stack_call c JOIN site_tenant t ON t.customer_id = c.customer_id AND t.id = c.tenant_id
     WHERE c.customer_id = %(customer)s AND t.stack_id = %(stack)s AND c.state IN ('waiting', 'sent')
       AND c.due_at < %(until)s
       FOR UPDATE OF c SKIP LOCKED)
"""


def make_calls(*, customer_id: UUID, clock: Clock, silent: set[UUID] | None = None) -> int:
    """Makes the customer's calls that are due, one after another; answers how many were tried.

    ``silent`` holds stacks that have just not answered, and takes up others: none of them is asked once more, so
    that whoever goes through many customers waits for such a stack once.
    """
    silent = set() if silent is None else silent
    tried = 0
    while tried < 1000:
        with acting(system("job")):
            grants.customer(system("job"), customer_id)
            _, at = clock()
            call = row(_TAKE, {"customer": customer_id, "at": at, "silent": [str(stack) for stack in silent]})
            if call is None:
                return tried
            due = at + RETRY_AFTER * 2 ** min(call["attempts"], MOST_DOUBLINGS)
            run(_SENT, {"customer": customer_id, "id": call["id"], "due": due, "email": call["email"]})
        tried += 1
        error = _make(customer_id, call, clock)
        if error and error.silent:
            silent.add(call["stack_id"])
            _postpone(customer_id, call["stack_id"], clock)
    return tried


def _make(customer_id: UUID, call: dict[str, Any], clock: Clock) -> StackError | None:
    """Makes one call and notes its end; answers what went wrong."""
    try:
        uuid = _speak(open_stack(call["stack_id"]), call)
        _note_done(customer_id, call, uuid, clock)
    except StackError as error:
        failure = error
    except Exception as error:
        # Only its name: the text of a database's error quotes values.
        failure = StackError("internal", type(error).__name__)
    else:
        return None
    logger.warning("call %s to a stack was not made: %s", call["id"], failure)
    _note_failure(customer_id, call, failure, clock)
    return failure


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
        if not call["gone"]:
            connector.update_user(tenant_uuid=tenant, uuid=uuid, user=wanted)
        return None
    if call["kind"] == "update":
        return None
    # What an earlier attempt may have created has the e-mail of then; a new one is a call of its own, after this.
    email = call["tried_email"] or call["email"]
    if call["state"] == "sent" and (made := connector.find_user(tenant_uuid=tenant, email=email)):
        return made.uuid
    return None if call["gone"] else connector.create_user(tenant_uuid=tenant, user=replace(wanted, email=email))


def _note_done(customer_id: UUID, call: dict[str, Any], uuid: UUID | None, clock: Clock) -> None:
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        user_id = _note(customer_id, call, state="done", error="", done_at=at)
        if uuid and not run(_CONFIRM, {"customer": customer_id, "user": user_id, "uuid": uuid}):
            raise StackError("conflict", "the stack's user with this e-mail is another user here")


def _note_failure(customer_id: UUID, call: dict[str, Any], error: StackError, clock: Clock) -> None:
    with acting(system("job")):
        customer = grants.customer(system("job"), customer_id).customer
        settings, at = clock()
        if call["attempts"] + 1 < MOST_ATTEMPTS:
            if error.code in PASSING:
                _note(customer_id, call, state="sent", error=error.code, done_at=None)
                return
            if call["kind"] == "create" and call["tried_email"] not in ("", call["email"]):
                # The e-mail that was refused has been corrected meanwhile: the next attempt is a first one.
                _note(customer_id, call, state="waiting", error=error.code, done_at=None)
                return
        user_id = _note(customer_id, call, state="failed", error=error.code, done_at=at)
        if call["kind"] == "create":
            release(system("job"), customer, user_id=user_id, kind="release", today=settings.day(at), at=at)


def _note(customer_id: UUID, call: dict[str, Any], *, state: str, error: str, done_at: datetime | None) -> UUID:
    """Notes how a call stands; answers whom it is about now: somebody who moved meanwhile left the call behind."""
    # Whoever changes a user locks the user first and its calls then; so do we.
    run(_LOCK_USER, [customer_id, call["user_id"]])
    noted = row(_NOTE, {"customer": customer_id, "id": call["id"], "state": state, "error": error, "done_at": done_at})
    return call["user_id"] if noted is None else UUID(str(noted["user_id"]))


def _postpone(customer_id: UUID, stack_id: UUID, clock: Clock) -> None:
    """Lets all calls to a stack that keeps silent wait, so that no job waits for each of them."""
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        run(_POSTPONE, {"customer": customer_id, "stack": stack_id, "until": at + RETRY_AFTER})
