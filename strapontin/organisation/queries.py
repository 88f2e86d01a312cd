"""Reading partners, sites and the installation's settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerSeen, PartnerSeen
from strapontin.kit.database import row, rows
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_PARTNER = """
id, name, sort_key, parent_id, path, level, country, region, vat_number, address, currency, language, payer, version
"""
_SITE = "id, name, sort_key, address, version"


def partners(
    actor: Actor, *, after: tuple[str, UUID] | None = None, limit: int, search: str = ""
) -> list[dict[str, Any]]:
    """Partners at or below the actor's scope, by name; one more than ``limit`` where more follow."""
    if not actor.provider and actor.partner_id is None:
        # Its nearest partner's name is all a customer sees of partners.
        return []
    conditions = ["true"]
    parameters: dict[str, Any] = {"limit": limit + 1}
    if not actor.provider:
        conditions.append("path @> ARRAY[%(scope)s::uuid]")
        parameters["scope"] = actor.partner_id
    if search:
        conditions.append("strpos(sort_key, %(search)s) > 0")
        parameters["search"] = sort_key(search)
    if after:
        conditions.append("(sort_key, id) > (%(key)s, %(id)s::uuid)")
        parameters |= {"key": after[0], "id": after[1]}
    return rows(
        f"SELECT {_PARTNER} FROM partner WHERE {' AND '.join(conditions)} ORDER BY sort_key, id LIMIT %(limit)s",  # noqa: S608
        parameters,
    )


def partner(seen: PartnerSeen) -> dict[str, Any]:
    """The partner of the grant, as it stands now."""
    found = row(f"SELECT {_PARTNER} FROM partner WHERE id = %s", [seen.partner.id])  # noqa: S608
    if found is None:
        raise not_found()
    return found


def sites(seen: CustomerSeen, *, after: tuple[str, UUID] | None = None, limit: int) -> list[dict[str, Any]]:
    """The customer's sites by name; one more than ``limit`` where more follow."""
    key, site_id = after or ("", UUID(int=0))
    return rows(
        f"SELECT {_SITE} FROM site WHERE customer_id = %s AND (sort_key, id) > (%s, %s::uuid)"  # noqa: S608
        " ORDER BY sort_key, id LIMIT %s",
        [seen.customer.id, key, site_id, limit + 1],
    )


def site(seen: CustomerSeen, site_id: UUID) -> dict[str, Any]:
    """A site of the customer; ``not_found`` for one of somebody else."""
    found = row(
        f"SELECT {_SITE} FROM site WHERE customer_id = %s AND id = %s",  # noqa: S608
        [seen.customer.id, site_id],
    )
    if found is None:
        raise not_found()
    return found
