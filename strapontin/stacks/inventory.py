"""Reading stacks of a scope, and the tenants attached to a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import CustomerSeen, StackManager
from strapontin.kit.database import exists, row_of, rows_of
from strapontin.refusals import not_found
from strapontin.stacks.base import StackKind

# Everything but the password, of which only its presence is told.
_STACK = """
SELECT id, partner_id, name, sort_key, kind, url, username, has_password, verify_tls, version,
       ARRAY(SELECT o.id FROM stack o WHERE o.server_uuid = stack.server_uuid AND o.id <> stack.id ORDER BY o.id)
         AS same_server
  FROM stack WHERE {where} ORDER BY sort_key, id LIMIT %(limit)s
"""
_SITE = "SELECT 1 FROM site WHERE customer_id = %s AND id = %s"
_TENANTS = """
SELECT id, stack_id, stack_name, tenant_uuid, synchronized_at, tried_at, error_code FROM site_tenant
 WHERE customer_id = %s AND site_id = %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Stack:
    """A telephone server. ``partner_id`` is ``None`` if it is the provider's.

    ``same_server`` holds the other stacks of the scope that are the same server.
    """

    id: UUID
    partner_id: UUID | None
    name: str
    sort_key: str
    kind: StackKind
    url: str
    username: str
    has_password: bool
    verify_tls: bool
    version: int
    same_server: list[UUID]


@dataclass(frozen=True, slots=True)
class SiteTenant:
    """A tenant attached to a site, when it was last read, and when the portal last tried to.

    ``error_code`` tells why the last try failed; empty: it did not.
    """

    id: UUID
    stack_id: UUID
    stack_name: str
    tenant_uuid: UUID
    synchronized_at: datetime | None
    tried_at: datetime | None
    error_code: str


def stacks(grant: StackManager, *, after: tuple[str, UUID] | None = None, limit: int) -> list[Stack]:
    """Stacks of the scope by name; one more than ``limit`` if more follow."""
    where = "true"
    parameters: dict[str, Any] = {"limit": limit + 1}
    if after:
        where = "(sort_key, id) > (%(key)s, %(id)s::uuid)"
        parameters |= {"key": after[0], "id": after[1]}
    return rows_of(Stack, _STACK.format(where=where), parameters)


def stack(grant: StackManager, stack_id: UUID) -> Stack:
    """One stack of the scope. Raises ``not_found``."""
    stack = row_of(Stack, _STACK.format(where="id = %(id)s::uuid"), {"id": stack_id, "limit": 1})
    if stack is None:
        raise not_found()
    return stack


def tenants(seen: CustomerSeen, *, site_id: UUID) -> list[SiteTenant]:
    """The tenants attached to a site. Raises ``not_found`` for a site of another customer."""
    if not exists(_SITE, [seen.customer.id, site_id]):
        raise not_found()
    return rows_of(SiteTenant, _TENANTS, [seen.customer.id, site_id])
