"""What a stack said about a request, awaited briefly after the commit (SPEC 5).

The worker makes the call. The door looks how it stands, in short transactions, until the first attempt has ended or the
time is over. Nothing is locked meanwhile. If the door is killed, the call goes on: what the stack refuses is listed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.scope import acting
from strapontin.refusals import Refusal
from strapontin.seats.provisioning import CallState, call_state, dismiss
from strapontin.stacks.reasons import refused_by_stack

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.2


@dataclass(frozen=True, slots=True)
class Awaited:
    """A call to a stack that the answer to a request waits for."""

    customer_id: UUID
    call_id: UUID


def awaited(customer_id: UUID, call_id: UUID | None) -> Awaited | None:
    """The call to wait for; ``None`` without a call, and if the installation does not wait."""
    return Awaited(customer_id, call_id) if call_id and settings.STACK_WAIT_SECONDS > 0 else None


def state_after_waiting(actor: Actor, call: Awaited) -> CallState | None:
    """How the call stands after its first attempt, or when the time is over. Outside any transaction."""
    until = time.monotonic() + settings.STACK_WAIT_SECONDS
    pause = _FIRST_PAUSE
    while True:
        with acting(actor):
            state = call_state(grants.user_manager(actor, call.customer_id), call_id=call.call_id)
        if state is None or not state.is_open or time.monotonic() >= until:
            return state
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def tell(actor: Actor, call: Awaited, state: CallState) -> Refusal:
    """The refusal of a call that failed. It is told now, so the user is no longer listed as refused."""
    dismiss(grants.user_manager(actor, call.customer_id), user_id=state.user_id)
    return refused_by_stack(state.error_code, state.error_field)
