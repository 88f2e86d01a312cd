"""Reading administrators and API keys of a scope; row level security leaves those at or below it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import AdministratorManager
from strapontin.kit.database import row_of, rows_of, run
from strapontin.refusals import not_found


@dataclass(frozen=True, slots=True)
class ScopeHolder:
    """Who holds a scope and roles in it. The scope is the provider's, a partner's or a customer's."""

    id: UUID
    name: str
    provider: bool
    partner_id: UUID | None
    customer_id: UUID | None
    roles: list[str]
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AdministratorFacts(ScopeHolder):
    """An administrator; ``is_active`` is false if suspended. Those who were removed are not listed.

    ``created_by_id`` is an administrator or a key, or ``None`` for the command line.
    """

    email: str
    is_active: bool
    daily_letter: bool
    created_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class ApiKeyFacts(ScopeHolder):
    """An API key without its secret; the moments are real time.

    ``created_by_id`` is an administrator or a key, or ``None`` for the command line.
    """

    expires_at: datetime | None
    revoked_at: datetime | None
    created_by_id: UUID | None
    last_used_at: datetime | None


Holder = TypeVar("Holder", bound=ScopeHolder)
_TABLES: dict[type[ScopeHolder], str] = {
    AdministratorFacts: "(SELECT * FROM administrator WHERE ended_at IS NULL) AS administrator",
    ApiKeyFacts: "api_key",
}
# One change of administrators at a time: two that are each right could together leave a scope without a manager.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('administrators'))"


def api_keys(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[ApiKeyFacts]:
    """Keys of the scope, the newest first; with ``customer_id``, those of one customer below it.

    One more than ``limit`` if more follow; ``not_found`` for a customer outside the scope.
    """
    return _list(ApiKeyFacts, grant, customer_id, after, limit)


def api_key(grant: AdministratorManager, key_id: UUID) -> ApiKeyFacts:
    """One key of the scope, or ``not_found``."""
    return _get(ApiKeyFacts, key_id)


def administrators(
    grant: AdministratorManager, *, customer_id: UUID | None = None, after: UUID | None = None, limit: int
) -> list[AdministratorFacts]:
    """Administrators of the scope, as :func:`api_keys`."""
    return _list(AdministratorFacts, grant, customer_id, after, limit)


def administrator(grant: AdministratorManager, administrator_id: UUID, *, lock: bool = False) -> AdministratorFacts:
    """One administrator at or below the scope, or ``not_found``.

    With ``lock``, nobody else changes this one, nor any other administrator, before the transaction ends.
    """
    if lock:
        run(_LOCK)
    administrator = _get(AdministratorFacts, administrator_id, lock="FOR UPDATE" if lock else "")
    if grant.actor.customer_id is not None and administrator.customer_id != grant.actor.customer_id:
        # Those above who can help are named elsewhere; here they do not exist.
        raise not_found()
    return administrator


def _select(shape: type[ScopeHolder], rest: str) -> str:
    columns = ", ".join(field.name for field in fields(shape))
    return f"SELECT {columns} FROM {_TABLES[shape]} {rest}"  # noqa: S608  our own names


def _get(shape: type[Holder], holder_id: UUID, *, lock: str = "") -> Holder:
    holder = row_of(shape, _select(shape, f"WHERE id = %s {lock}"), [holder_id])
    if holder is None:
        raise not_found()
    return holder


def _list(
    shape: type[Holder], grant: AdministratorManager, customer_id: UUID | None, after: UUID | None, limit: int
) -> list[Holder]:
    parameters: dict[str, Any] = {"limit": limit + 1}
    conditions = [_scope_condition(grant.actor, customer_id, parameters)]
    if after is not None:
        conditions.append("id < %(after)s::uuid")
        parameters["after"] = after
    where = " AND ".join(conditions)
    return rows_of(shape, _select(shape, f"WHERE {where} ORDER BY id DESC LIMIT %(limit)s"), parameters)


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
