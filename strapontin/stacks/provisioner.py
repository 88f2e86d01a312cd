"""Makes the calls that stand in the outbox: users created, changed and deleted on their stack (SPEC 5).

The calls about a user are made strictly one after another. A call is marked as sent before it is made, together with
the e-mail that it tries: after a crash or a time-out, the next attempt first asks the stack what became of it. A
creation that the stack refuses for good frees the seat again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import exists, row_of, run, statement, value_of
from strapontin.organisation.settings import Settings
from strapontin.seats.operations import release
from strapontin.stacks.base import Connector, NewStackUser, StackError
from strapontin.stacks.vault import open_stack

logger = logging.getLogger(__name__)
Clock = Callable[[], tuple[Settings, datetime]]

# The wait doubles after every attempt, up to 16 minutes. All attempts together outlast a stack that is down for hours.
RETRY_AFTER = timedelta(minutes=1)
MOST_DOUBLINGS = 4
MOST_ATTEMPTS = 20
# Errors that another attempt may mend. Any other error is final.
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
        "network_not_allowed",
        "in_the_clear",
        "internal",
    }
)

_TAKE = statement(__file__, "take_call.sql")
_SENT = """
UPDATE stack_call
   SET state = 'sent', attempts = attempts + 1, due_at = %(due)s,
       email = CASE WHEN kind = 'create' AND email = '' THEN %(email)s ELSE email END
 WHERE customer_id = %(customer)s AND id = %(id)s
"""
_LOCK_USER = "SELECT 1 FROM seat_user WHERE customer_id = %s AND id = %s FOR UPDATE"
_NOTE = statement(__file__, "note_call.sql")
_CONFIRM = statement(__file__, "confirm_creation.sql")
_POSTPONE = statement(__file__, "postpone_calls.sql")


@dataclass(frozen=True, slots=True)
class Call:
    """A call taken from the outbox, with the user as it is now and where it is to be made.

    ``tried_email`` is the e-mail of an earlier attempt to create the user. ``gone`` says that the user was removed.
    """

    id: UUID
    kind: str
    state: str
    attempts: int
    tried_email: str
    user_id: UUID
    stack_id: UUID
    tenant_uuid: UUID
    gone: bool
    first_name: str
    last_name: str
    email: str
    enabled: bool
    stack_user_uuid: UUID | None
    stack_type_id: int | None


def make_calls(*, customer_id: UUID, clock: Clock, silent: set[UUID] | None = None) -> int:
    """Makes the customer's calls that are due, one after another. Answers how many were tried.

    ``silent`` holds the stacks that have just not answered; others are added to it. They are not asked again: a pass
    over many customers waits for such a stack once.
    """
    silent = set() if silent is None else silent
    tried = 0
    while tried < 1000:
        with acting(system("job")):
            grants.customer(system("job"), customer_id)
            _, at = clock()
            silent_ids = [str(stack_id) for stack_id in silent]
            call = row_of(Call, _TAKE, {"customer": customer_id, "at": at, "silent": silent_ids})
            if call is None:
                return tried
            due = at + RETRY_AFTER * 2 ** min(call.attempts, MOST_DOUBLINGS)
            run(_SENT, {"customer": customer_id, "id": call.id, "due": due, "email": call.email})
        tried += 1
        error = _make(customer_id, call, clock)
        if error and error.silent:
            silent.add(call.stack_id)
            _postpone(customer_id, call.stack_id, clock)
    return tried


def _make(customer_id: UUID, call: Call, clock: Clock) -> StackError | None:
    """Makes one call and notes its end. Answers what went wrong, or ``None``."""
    try:
        uuid = _speak(open_stack(call.stack_id), call)
        _note_done(customer_id, call, uuid, clock)
    except StackError as error:
        failure = error
    except Exception as error:
        # Only its name: the text of a database's error quotes values.
        failure = StackError("internal", type(error).__name__)
    else:
        return None
    logger.warning("call %s to a stack was not made: %s", call.id, failure)
    _note_failure(customer_id, call, failure, clock)
    return failure


def _speak(connector: Connector, call: Call) -> UUID | None:
    """Makes the call. Answers the stack's uuid of a user who was created, or ``None``."""
    if not connector.writable:
        return None
    tenant = call.tenant_uuid
    uuid = call.stack_user_uuid
    if call.kind == "delete":
        if uuid:
            connector.delete_user(tenant_uuid=tenant, uuid=uuid)
        return None
    user = NewStackUser(call.first_name, call.last_name, call.email, call.stack_type_id, call.enabled)
    if uuid:
        if not call.gone:
            connector.update_user(tenant_uuid=tenant, uuid=uuid, user=user)
        return None
    if call.kind == "update":
        return None
    # An earlier attempt may have created the user with the e-mail of that time. A later call changes the e-mail.
    email = call.tried_email or call.email
    if call.state == "sent" and (created := connector.find_user(tenant_uuid=tenant, email=email)):
        return created.uuid
    return None if call.gone else connector.create_user(tenant_uuid=tenant, user=replace(user, email=email))


def _note_done(customer_id: UUID, call: Call, uuid: UUID | None, clock: Clock) -> None:
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        user_id = _note(customer_id, call, state="done", error="", done_at=at)
        if uuid and not run(_CONFIRM, {"customer": customer_id, "user": user_id, "uuid": uuid}):
            raise StackError("conflict", "the stack's user with this e-mail is another user here")


def _note_failure(customer_id: UUID, call: Call, error: StackError, clock: Clock) -> None:
    with acting(system("job")):
        customer = grants.customer(system("job"), customer_id).customer
        settings, at = clock()
        if call.attempts + 1 < MOST_ATTEMPTS:
            if error.code in PASSING:
                _note(customer_id, call, state="sent", error=error.code, done_at=None)
                return
            if call.kind == "create" and call.tried_email not in ("", call.email):
                # The stack refused an e-mail that has been corrected since: the next attempt begins anew.
                _note(customer_id, call, state="waiting", error=error.code, done_at=None)
                return
        user_id = _note(customer_id, call, state="failed", error=error.code, done_at=at)
        if call.kind == "create":
            release(system("job"), customer, user_id=user_id, today=settings.day(at), at=at)


def _note(customer_id: UUID, call: Call, *, state: str, error: str, done_at: datetime | None) -> UUID:
    """Notes how a call stands. Answers the user it is about now: when a user moves, another row takes the call."""
    # The user is locked first, then its calls, as a change of a user does.
    exists(_LOCK_USER, [customer_id, call.user_id])
    values = {"customer": customer_id, "id": call.id, "state": state, "error": error, "done_at": done_at}
    return value_of(UUID, _NOTE, values) or call.user_id


def _postpone(customer_id: UUID, stack_id: UUID, clock: Clock) -> None:
    """Postpones all calls to a silent stack: no job waits for each of them."""
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        run(_POSTPONE, {"customer": customer_id, "stack": stack_id, "until": at + RETRY_AFTER})
