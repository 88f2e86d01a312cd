"""Reading partners and price lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import InvoiceReader, PartnerSeen
from strapontin.kit.database import row, rows
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_PARTNER = """
id, name, sort_key, parent_id, path, level, country, region, vat_number, address, currency, language, payer, version
"""
_LISTS = """
SELECT l.id, l.name, l.partner_id, l.currency, l.valid_from,
       (SELECT jsonb_object_agg(type_code, monthly_amount::text) FROM price WHERE price_list_id = l.id) AS prices,
       (SELECT jsonb_object_agg(months::text, rate_percent::text) FROM term_discount WHERE price_list_id = l.id)
           AS term_discounts,
       (SELECT jsonb_object_agg(level, rate_percent::text) FROM level_discount WHERE price_list_id = l.id)
           AS level_discounts
FROM price_list l WHERE {where} ORDER BY l.id DESC LIMIT %(limit)s
"""


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


def price_lists(grant: InvoiceReader, *, after: UUID | None = None, limit: int) -> list[dict[str, Any]]:
    """Price lists, the newest first; row level security leaves payers the general ones and their own."""
    where = "true" if after is None else "l.id < %(after)s::uuid"
    return rows(_LISTS.format(where=where), {"after": after, "limit": limit + 1})


def price_list(grant: InvoiceReader, price_list_id: UUID) -> dict[str, Any]:
    """One price list, or ``not_found``."""
    found = row(_LISTS.format(where="l.id = %(id)s::uuid"), {"id": price_list_id, "limit": 1})
    if found is None:
        raise not_found()
    return found
