"""Reading users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.kit.database import row_of, rows_of, statement, value_of
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_USERS = statement(__file__, "users.sql")
# Who has a seat, and whom a stack refused.
_LISTED = " FROM seat_user u WHERE u.customer_id = %(customer)s AND u.state IN ('active', 'refused')"
# The name stands there twice, so that "first last" and "last first" are both found.
_SEARCH = """
   AND strpos(u.sort_key || ' ' || u.sort_key || ' ' || search_key(u.email || ' ' || u.extension), %(search)s) > 0
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


def users(
    grant: UserManager,
    *,
    site_id: UUID | None = None,
    search: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[User]:
    """Users by last name, first name; ``after`` is the key of the last one seen."""
    conditions, params = _conditions(grant, site_id, search)
    if after:
        conditions += " AND (u.sort_key, u.id) > (%(key)s, %(id)s)"
        params |= {"key": after[0], "id": after[1]}
    page = f"{conditions} ORDER BY u.sort_key, u.id LIMIT %(limit)s"
    return rows_of(User, _users_where(page), params | {"limit": limit})


def user(grant: UserManager, *, user_id: UUID) -> User:
    """One user. Raises ``not_found``."""
    user = row_of(User, _users_where(" AND u.id = %(user)s"), {"customer": grant.customer.id, "user": user_id})
    if user is None:
        raise not_found()
    return user


def user_count(grant: UserManager, *, site_id: UUID | None = None, search: str = "") -> int:
    """How many users :func:`users` goes through, page by page."""
    conditions, params = _conditions(grant, site_id, search)
    return value_of(int, f"SELECT count(*){_LISTED}{conditions}", params) or 0


def _users_where(conditions: str) -> str:
    return _USERS.replace("{which}", _LISTED + conditions)


def _conditions(grant: UserManager, site_id: UUID | None, search: str) -> tuple[str, dict[str, object]]:
    """The conditions that narrow a list of users, and the values of the statement."""
    conditions = ""
    params: dict[str, Any] = {"customer": grant.customer.id}
    if site_id:
        conditions += " AND u.site_id = %(site)s"
        params["site"] = site_id
    if search:
        conditions += _SEARCH
        params["search"] = sort_key(search)
    return conditions, params
