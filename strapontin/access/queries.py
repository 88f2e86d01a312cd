"""Reading administrators and API keys of a scope; row level security leaves those at or below it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import AdministratorManager
from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

_KEYS = """
SELECT id, name, provider, partner_id, customer_id, roles, language, created_at, expires_at, revoked_at
FROM api_key k WHERE {where} ORDER BY id DESC LIMIT %(limit)s
"""
_ADMINISTRATORS = """
SELECT id, name, provider, partner_id, customer_id, roles, language, created_at
FROM administrator k WHERE {where} ORDER BY id DESC LIMIT %(limit)s
"""


def api_keys(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[dict[str, Any]]:
    """Keys of the scope, the newest first; of one customer below it where ``customer_id`` is given.

    One more than ``limit`` where more follow; ``not_found`` for a customer outside the scope.
    """
    return _list(_KEYS, grant, customer_id, after, limit)


def api_key(grant: AdministratorManager, key_id: UUID) -> dict[str, Any]:
    """One key of the scope, or ``not_found``."""
    return _one(_KEYS, key_id)


def administrators(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[dict[str, Any]]:
    """Administrators of the scope, as :func:`api_keys`."""
    return _list(_ADMINISTRATORS, grant, customer_id, after, limit)


def administrator(grant: AdministratorManager, administrator_id: UUID, *, lock: bool = False) -> dict[str, Any]:
    """One administrator at or below the scope, or ``not_found``; ``lock`` holds it for a change."""
    found = _one(_ADMINISTRATORS + ("FOR UPDATE OF k" if lock else ""), administrator_id)
    if grant.actor.customer_id is not None and found["customer_id"] != grant.actor.customer_id:
        # Those above who can help are named elsewhere; here they do not exist.
        raise not_found()
    return found


def _list(
    sql: str, grant: AdministratorManager, customer_id: UUID | None, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    parameters: dict[str, Any] = {"limit": limit + 1}
    conditions = [_scope_condition(grant.actor, customer_id, parameters)]
    if after is not None:
        conditions.append("id < %(after)s::uuid")
        parameters["after"] = after
    return rows(sql.format(where=" AND ".join(conditions)), parameters)


def _scope_condition(actor: Actor, customer_id: UUID | None, parameters: dict[str, Any]) -> str:
    if customer_id is not None:
        parameters["customer"] = grants.customer(actor, customer_id).customer.id
        return "customer_id = %(customer)s::uuid"
    if actor.provider:
        return "true"
    if actor.partner_id is not None:
        # Without a customer named, a partner reads its own and its sub-partners': a list over the thousands of
        # administrators of all its customers would look at every one of them.
        parameters["partner"] = actor.partner_id
        return "partner_id IN (SELECT id FROM partner WHERE path @> ARRAY[%(partner)s::uuid])"
    parameters["customer"] = actor.customer_id
    return "customer_id = %(customer)s::uuid"


def _one(sql: str, wanted: UUID) -> dict[str, Any]:
    found = row(sql.format(where="id = %(id)s::uuid"), {"id": wanted, "limit": 1})
    if found is None:
        raise not_found()
    return found
