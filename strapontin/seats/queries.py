"""Reading users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.kit.database import row_of, statement, values_of
from strapontin.refusals import not_found

_USERS = statement(__file__, "users.sql")
_NAMES = """
SELECT trim(first_name || ' ' || last_name) FROM seat_user WHERE customer_id = %s AND id = ANY (%s::uuid[])
 ORDER BY sort_key, id LIMIT %s
"""
_ONE = """
SELECT u.customer_id, u.id FROM seat_user u
 WHERE u.customer_id = %(customer)s AND u.id = %(user)s AND u.state IN ('active', 'refused')
"""


@dataclass(frozen=True, slots=True)
class User:
    """A user who has a seat (``state`` "active"), or whom a stack refused ("refused").

    ``origin`` is "portal" or "stack". ``call_kind`` and ``call_state`` are those of the latest call to the user's
    stack, if any; ``error_code`` and ``error_field`` say why it failed or is tried again. ``absent`` says that the
    tenants of the site were read, and that none has ever shown the user.
    """

    id: UUID
    sort_key: str
    site_id: UUID
    site_name: str
    type_code: str
    first_name: str
    last_name: str
    email: str
    extension: str
    enabled: bool
    origin: str
    state: str
    tenant_id: UUID | None
    version: int
    call_kind: str | None
    call_state: str | None
    error_code: str
    error_field: str
    absent: bool

    @property
    def stack_state(self) -> str | None:
        """How the user stands with its stack: the state of the latest call, or "absent": not on the stack yet."""
        return "absent" if self.is_absent else self.call_state

    @property
    def is_absent(self) -> bool:
        """Whether the user is not on the stack, and no call is about to change that."""
        return self.absent and self.call_state in (None, "done", "dismissed")

    @property
    def typed(self) -> dict[str, object]:
        """The user as a form has it."""
        names = ("first_name", "last_name", "email", "extension", "enabled")
        places = {"site": str(self.site_id), "type": self.type_code, "tenant": str(self.tenant_id or "")}
        return {name: getattr(self, name) for name in names} | places

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def user(grant: UserManager, *, user_id: UUID) -> User:
    """One user. Raises ``not_found``."""
    user = row_of(User, select_users(_ONE), {"customer": grant.customer.id, "user": user_id})
    if user is None:
        raise not_found()
    return user


def names_of(grant: UserManager, *, user_ids: Sequence[UUID], limit: int) -> list[str]:
    """The full names of users, by last name, of at most ``limit``."""
    return values_of(str, _NAMES, [grant.customer.id, [str(user_id) for user_id in user_ids], limit])


def select_users(chosen: str, *, further: str = "", order: str = "u.id") -> str:
    """The statement that answers users: ``chosen`` selects their ``customer_id`` and ``id``.

    ``further`` columns follow those of :class:`User`.
    """
    return _USERS.format(chosen=chosen, further=further, order=order)
