"""Erasing personal data of a user who was removed (SPEC 11).

The seats that the user took stay in the ledger, under the user's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.journal.operations import record_below
from strapontin.kit.database import row_of, rows_of, statement, values_of
from strapontin.kit.jobs import defer
from strapontin.refusals import Refusal, not_found

DELETE_CALLS = statement(__file__, "delete_calls.sql")
_LOCK = """
SELECT u.state <> 'gone' OR EXISTS (SELECT 1 FROM stack_call c WHERE c.customer_id = u.customer_id
                                        AND c.user_id = u.id AND c.state IN ('waiting', 'sent')) AS in_use
  FROM seat_user u WHERE u.customer_id = %s AND u.id = %s FOR NO KEY UPDATE OF u
"""
_ERASE = statement(__file__, "erase_user.sql")
_NAMED = "(first_name, last_name, email, extension) <> ('', '', '', '')"
_REMOVED = f"""
SELECT id FROM seat_user WHERE customer_id = %s AND state = 'gone' AND released_at < %s AND {_NAMED}
"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class _Removed:
    in_use: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """What a user was called, for the search for other traces."""

    first_name: str
    last_name: str
    email: str

    @property
    def texts(self) -> list[str]:
        """The full name and the e-mail address, as readings and answers have them."""
        full_name = f"{self.first_name} {self.last_name}".strip()
        return [text for text in (full_name, self.email) if text]


def request_erasure(grant: UserManager, *, user_id: UUID, at: datetime) -> None:
    """Has the worker erase the name, the e-mail address and the extension of a removed user, wherever they stand.

    Raises ``not_found``, and ``not_removed`` if the user is still listed, or if a stack is still to be told.
    """
    removed = row_of(_Removed, _LOCK, [grant.customer.id, user_id])
    if removed is None:
        raise not_found()
    if removed.in_use:
        raise Refusal("not_removed")
    record_below(grant, action="user.erase", at=at, object_id=user_id)
    defer("erase_user", customer_id=str(grant.customer.id), user_id=str(user_id))


def erase(customer_id: UUID, user_id: UUID) -> list[Erased]:
    """Blanks a removed user, and the rows that stood for the user on former stacks; answers what they held.

    Needs the scope of the customer. Does nothing to a user who is active, or whom a stack still has to delete.
    """
    return rows_of(Erased, _ERASE, {"customer": customer_id, "user": user_id})


def users_removed_before(customer_id: UUID, moment: datetime) -> list[UUID]:
    """The removed users of a customer whose personal data still stands."""
    return values_of(UUID, _REMOVED, [customer_id, moment])
