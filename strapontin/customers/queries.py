"""Reading customers: one, or a page of those in a scope with their sums per type."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerSeen
from strapontin.access.scope import reveal_nearest_partner
from strapontin.kit.database import row, rows
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_CUSTOMER = """
SELECT c.id, c.partner_id, p.name AS partner_name, c.name, c.sort_key, c.client_id, c.purchase_order, c.status,
       c.alignment, c.term_months, c.pending_term_months, c.starts_on, c.period_starts_on, c.period_ends_on,
       c.cancel_at_end_of_period, c.unlimited, c.not_for_resale, c.version
FROM customer c LEFT JOIN partner p ON p.id = c.partner_id
"""
_SITE = "id, name, sort_key, address, version"
_TOTALS = """
SELECT customer_id, type_code, allocated, next_cycle, used, remaining, over FROM customer_total
WHERE customer_id = ANY (%s::uuid[])
"""


def customers(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    search: str = "",
    client_id: str | None = None,
    status: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Customers in the actor's scope by name, each with ``totals`` per type; one more than ``limit`` if any.

    ``partner_id`` narrows the list to what is at or below a partner in scope (else ``not_found``); ``search``
    to names and outside ids that contain it.
    """
    conditions = ["true"]
    parameters: dict[str, Any] = {"limit": limit + 1}
    if partner_id is not None:
        parameters["partner"] = grants.partner(actor, partner_id).partner.id
        conditions.append("c.partner_path @> ARRAY[%(partner)s::uuid]")
    if search:
        parameters["search"] = sort_key(search)
        conditions.append("strpos(c.sort_key || ' ' || lower(c.client_id), %(search)s) > 0")
    if client_id is not None:
        parameters["client_id"] = client_id
        conditions.append("c.client_id = %(client_id)s")
    if status is not None:
        parameters["status"] = status
        conditions.append("c.status = %(status)s")
    if after is not None:
        parameters |= {"key": after[0], "id": after[1]}
        conditions.append("(c.sort_key, c.id) > (%(key)s, %(id)s::uuid)")
    if actor.scope == "customer":
        reveal_nearest_partner(actor)
    found = rows(f"{_CUSTOMER} WHERE {' AND '.join(conditions)} ORDER BY c.sort_key, c.id LIMIT %(limit)s", parameters)
    totals = rows(_TOTALS, [[str(customer["id"]) for customer in found]])
    for customer in found:
        customer["totals"] = [total for total in totals if total["customer_id"] == customer["id"]]
    return found


def customer(seen: CustomerSeen) -> dict[str, Any]:
    """The customer of the grant as it stands now, with the name of its partner."""
    if seen.actor.scope == "customer":
        reveal_nearest_partner(seen.actor)
    found = row(f"{_CUSTOMER} WHERE c.id = %s", [seen.customer.id])
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
