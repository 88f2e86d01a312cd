"""Makes the calls that stand in the outbox: users created, changed and deleted on their stack (SPEC 5).

The calls about a user are made strictly one after another. A call is marked as sent before it is made, together with
the values that it tries: after a crash or a time-out, the next attempt first asks the stack what became of it. What the
stack refuses for good is taken back here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.grants import UserManager
from strapontin.access.scope import acting
from strapontin.kit.database import exists, row_of, run, statement, value_of
from strapontin.kit.rows import json_of
from strapontin.organisation.settings import Settings
from strapontin.seats.undoing import refuse_creation, take_back_changes, take_back_move, take_back_removal
from strapontin.stacks.base import Connector, StackError, StackUserChange
from strapontin.stacks.calls import Call
from strapontin.stacks.vault import open_stack

logger = logging.getLogger(__name__)
Clock = Callable[[], tuple[Settings, datetime]]

# The wait doubles after every attempt, up to 16 minutes. All attempts together outlast a stack that is down for hours.
RETRY_AFTER = timedelta(minutes=1)
MOST_DOUBLINGS = 4
MOST_ATTEMPTS = 20
# A stack that fails at one user and serves others is no outage: hours would not help.
MOST_FAILURES = 3
# So many calls are made by one job. A job that ran for hours would keep others waiting.
AT_ONCE = 1000
# Errors that another attempt may mend. Any other error is final.
PASSING = frozenset(
    {
        "unreachable",
        "timeout",
        "tls",
        "unavailable",
        "unknown_tenant",
        "failed",
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
       email = CASE WHEN kind = 'create' AND email = '' THEN %(email)s ELSE email END,
       tried = CASE WHEN kind = 'create' AND email = '' THEN %(tried)s::jsonb ELSE tried END,
       tried_at = CASE WHEN kind = 'create' AND email = '' THEN %(now)s::timestamptz ELSE tried_at END
 WHERE customer_id = %(customer)s AND id = %(id)s
"""
_LOCK_USER = "SELECT 1 FROM seat_user WHERE customer_id = %s AND id = %s FOR NO KEY UPDATE"
_NOTE = statement(__file__, "note_call.sql")
_CONFIRM = statement(__file__, "confirm_creation.sql")
_POSTPONE = statement(__file__, "postpone_calls.sql")


def make_calls(*, customer_id: UUID, clock: Clock, silent: set[UUID] | None = None) -> int:
    """Makes the customer's calls that are due, one after another. Answers how many were tried.

    ``silent`` holds the stacks that have just not answered; others are added to it. They are not asked again: a pass
    over many customers waits for such a stack once.
    """
    silent = set() if silent is None else silent
    tried = 0
    while tried < AT_ONCE:
        with acting(system("job")):
            grants.customer(system("job"), customer_id)
            _, at = clock()
            silent_ids = [str(stack_id) for stack_id in silent]
            call = row_of(Call, _TAKE, {"customer": customer_id, "at": at, "silent": silent_ids})
            if call is None:
                return tried
            due = at + RETRY_AFTER * 2 ** min(call.attempts, MOST_DOUBLINGS)
            values = {"email": call.email, "tried": json_of(call.user), "now": datetime.now(UTC)}
            run(_SENT, {"customer": customer_id, "id": call.id, "due": due, **values})
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
    tenant, uuid = call.tenant_uuid, call.stack_user_uuid
    if call.kind == "create" and uuid is None:
        return _create(connector, call)
    if uuid is None:
        return None
    if call.kind == "delete":
        connector.delete_user(tenant_uuid=tenant, uuid=uuid)
    elif call.kind == "free_email":
        connector.update_user(tenant_uuid=tenant, uuid=uuid, change=StackUserChange(email=""))
    elif call.kind == "update" and not call.gone:
        connector.update_user(tenant_uuid=tenant, uuid=uuid, change=call.change)
    return None


def _create(connector: Connector, call: Call) -> UUID | None:
    """Creates the user with the values of the first attempt, which may have created it. Later calls change them."""
    user = call.user if call.state == "waiting" else call.tried_user
    found = connector.find_user(tenant_uuid=call.tenant_uuid, email=user.email) if call.state == "sent" else None
    if found is None:
        return None if call.gone else connector.create_user(tenant_uuid=call.tenant_uuid, user=user)
    if not call.may_have_made(found):
        raise StackError("conflict", "the user with this e-mail is older or another one", field="email")
    return found.user.uuid


def _note_done(customer_id: UUID, call: Call, uuid: UUID | None, clock: Clock) -> None:
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        user_id = _note(customer_id, call, state="done", error=None, done_at=at)
        if uuid and not run(_CONFIRM, {"customer": customer_id, "user": user_id, "uuid": uuid}):
            message = "the stack's user with this e-mail is another user here"
            raise StackError("conflict", message, field="email")


def _note_failure(customer_id: UUID, call: Call, error: StackError, clock: Clock) -> None:
    with acting(system("job")):
        grant = grants.user_manager(system("job"), customer_id)
        settings, at = clock()
        if call.attempts + 1 < (MOST_FAILURES if error.code == "failed" else MOST_ATTEMPTS):
            if error.code in PASSING:
                _note(customer_id, call, state="sent", error=error, done_at=None)
                return
            if call.kind == "create" and call.state == "sent" and call.tried_user != call.user:
                # The stack refused values that have been corrected since: the next attempt begins anew.
                _note(customer_id, call, state="waiting", error=error, done_at=None)
                return
        user_id = _note(customer_id, call, state="failed", error=error, done_at=at)
        _take_back(grant, call, error, user_id, settings, at)


def _take_back(
    grant: UserManager, call: Call, error: StackError, user_id: UUID, settings: Settings, at: datetime
) -> None:
    """Takes back here what the stack refused."""
    today = settings.day(at)
    if "behind" in call.former:
        user, behind = UUID(call.former["user"]), UUID(call.former["behind"])
        why = {"error": error.code, "field": error.field}
        take_back_move(grant, user_id=user, behind_id=behind, **why, today=today, at=at)
    elif call.kind == "create":
        allocated = (UUID(call.former["allocated"]), settings) if "allocated" in call.former else None
        refuse_creation(grant, user_id=user_id, today=today, at=at, allocated_with=allocated)
    elif call.kind == "update":
        take_back_changes(grant, user_id=user_id, call_id=call.id, former=call.former, today=today, at=at)
    else:
        take_back_removal(grant, user_id=user_id, today=today, at=at)


def _note(customer_id: UUID, call: Call, *, state: str, error: StackError | None, done_at: datetime | None) -> UUID:
    """Notes how a call stands. Answers the user it is about now: when a user moves, another row takes the call."""
    # The user is locked first, then its calls, as a change of a user does.
    exists(_LOCK_USER, [customer_id, call.user_id])
    code, field = (error.code, error.field) if error else ("", "")
    values = {"customer": customer_id, "id": call.id, "state": state, "error": code, "field": field}
    return value_of(UUID, _NOTE, values | {"done_at": done_at}) or call.user_id


def _postpone(customer_id: UUID, stack_id: UUID, clock: Clock) -> None:
    """Postpones all calls to a silent stack: no job waits for each of them."""
    with acting(system("job")):
        grants.customer(system("job"), customer_id)
        _, at = clock()
        run(_POSTPONE, {"customer": customer_id, "stack": stack_id, "until": at + RETRY_AFTER})
