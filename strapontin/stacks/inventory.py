"""Reading stacks of a scope, and the tenants attached to a site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.grants import CustomerSeen, StackManager
from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

# Everything but the password, of which only its presence is told.
_STACK = """
SELECT id, partner_id, name, sort_key, kind, url, username, length(password_sealed) > 0 AS has_password, verify_tls,
       version
FROM stack WHERE {where} ORDER BY sort_key, id LIMIT %(limit)s
"""
_TENANTS = """
SELECT id, site_id, stack_id, stack_name, tenant_uuid, synchronized_at, tried_at, error_code FROM site_tenant
WHERE customer_id = %s AND site_id = %s ORDER BY id
"""


def stacks(grant: StackManager, *, after: tuple[str, UUID] | None = None, limit: int) -> list[dict[str, Any]]:
    """Stacks of the scope by name; one more than ``limit`` where more follow."""
    where = "true"
    parameters: dict[str, Any] = {"limit": limit + 1}
    if after:
        where = "(sort_key, id) > (%(key)s, %(id)s::uuid)"
        parameters |= {"key": after[0], "id": after[1]}
    return rows(_STACK.format(where=where), parameters)


def stack(grant: StackManager, stack_id: UUID) -> dict[str, Any]:
    """One stack of the scope, or ``not_found``."""
    found = row(_STACK.format(where="id = %(id)s::uuid"), {"id": stack_id, "limit": 1})
    if found is None:
        raise not_found()
    return found


def tenants(seen: CustomerSeen, *, site_id: UUID) -> list[dict[str, Any]]:
    """The tenants attached to a site; ``not_found`` for a site of somebody else."""
    if row("SELECT 1 AS found FROM site WHERE customer_id = %s AND id = %s", [seen.customer.id, site_id]) is None:
        raise not_found()
    return rows(_TENANTS, [seen.customer.id, site_id])
