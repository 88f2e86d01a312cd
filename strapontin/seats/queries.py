"""Reading users."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.kit.database import row, rows
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_FIELDS = """
SELECT u.id, u.sort_key, u.site_id, s.name AS site_name, u.type_code, u.first_name, u.last_name, u.email, u.extension,
       u.enabled, u.origin, u.tenant_id, u.stack_user_uuid, u.claimed_at, u.version,
       (SELECT c.state FROM stack_call c WHERE c.customer_id = u.customer_id AND c.user_id = u.id
         ORDER BY c.id DESC LIMIT 1) AS call_state
  FROM seat_user u JOIN site s ON s.customer_id = u.customer_id AND s.id = u.site_id
 WHERE u.customer_id = %(customer)s AND u.state = 'active'
"""
# The name stands there twice, so that one finds "first last" and "last first".
_SEARCH = """
   AND strpos(u.sort_key || ' ' || u.sort_key || ' ' || lower(u.email) || ' ' || lower(u.extension), %(search)s) > 0
"""


def users(
    grant: UserManager,
    *,
    site_id: UUID | None = None,
    search: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Active users by last name, first name; ``after`` is the key of the last one seen."""
    sql, params = _FIELDS, {"customer": grant.customer.id, "limit": limit}
    if site_id:
        sql += " AND u.site_id = %(site)s"
        params["site"] = site_id
    if search:
        sql += _SEARCH
        params["search"] = sort_key(search)
    if after:
        sql += " AND (u.sort_key, u.id) > (%(key)s, %(id)s)"
        params |= {"key": after[0], "id": after[1]}
    return rows(f"{sql} ORDER BY u.sort_key, u.id LIMIT %(limit)s", params)


def user(grant: UserManager, *, user_id: UUID) -> dict[str, Any]:
    """One active user; ``not_found`` where there is none."""
    found = row(f"{_FIELDS} AND u.id = %(user)s", {"customer": grant.customer.id, "user": user_id})
    if found is None:
        raise not_found()
    return found


def user_count(grant: UserManager, *, site_id: UUID | None = None, search: str = "") -> int:
    """How many active users :func:`users` goes through, page by page."""
    sql = "SELECT count(*) AS found FROM seat_user u WHERE u.customer_id = %(customer)s AND u.state = 'active'"
    params: dict[str, Any] = {"customer": grant.customer.id}
    if site_id:
        sql += " AND u.site_id = %(site)s"
        params["site"] = site_id
    if search:
        sql += _SEARCH
        params["search"] = sort_key(search)
    found = row(sql, params)
    return int(found["found"]) if found else 0
