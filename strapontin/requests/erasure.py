"""Personal data in requests: erased with the user, deleted with old requests (SPEC 11)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from strapontin.kit.database import run, statement

DELETE_REQUESTS = statement(__file__, "delete_requests.sql")
# What was typed about the other users of such a request goes, too: its note may be about any of them.
_ERASE = """
UPDATE seat_request r SET users = '[]', note = '', reason = CASE WHEN reason = '' THEN '' ELSE '…' END,
       version = version + 1
 WHERE r.customer_id = %(customer)s AND r.state <> 'open'
   AND (%(user)s::uuid = ANY (r.created_ids) OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(r.users) u WHERE lower(u ->> 'email') = ANY (%(emails)s::text[])))
"""


def erase_in_requests(customer_id: UUID, user_id: UUID, *, emails: Sequence[str]) -> None:
    """Blanks the answered requests in which a user was asked for, by the id or one of the ``emails``.

    Needs the scope of the customer. Who asked, who answered and how many seats stays in the journal.
    """
    values = {"customer": customer_id, "user": user_id, "emails": [email.lower() for email in emails]}
    run(_ERASE, values)
