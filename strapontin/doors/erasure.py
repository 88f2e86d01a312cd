"""Erases a removed user everywhere: the user's rows, what was read of stacks, and answers that are kept (SPEC 11)."""

from __future__ import annotations

from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.doors.kept import forget_about
from strapontin.requests.erasure import erase_in_requests
from strapontin.seats.erasure import erase
from strapontin.stacks.readings import blank_in_readings


def erase_user(*, customer_id: UUID, user_id: UUID) -> None:
    """Erases in one transaction: all of it, or nothing. It may be repeated."""
    actor = system("job")
    with acting(actor, "worker"):
        grants.customer(actor, customer_id)
        erased = erase(customer_id, user_id)
        if not erased:
            return
        erase_in_requests(customer_id, user_id, emails=[person.email for person in erased if person.email])
        texts = {text for person in erased for text in person.texts}
        blank_in_readings(customer_id, texts)
        forget_about([str(user_id), *texts])
