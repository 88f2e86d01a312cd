"""Reading the catalogue: subscription types, and the price lists that the actor may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from strapontin.access.grants import InvoiceReader
from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

_TYPE = "SELECT code, name_fr, name_en, stack_ids, position FROM subscription_type"
_LISTS = """
SELECT l.id, l.name, l.partner_id, l.currency, l.valid_from,
       (SELECT jsonb_object_agg(type_code, monthly_amount::text) FROM price WHERE price_list_id = l.id) AS prices,
       (SELECT jsonb_object_agg(months::text, rate_percent::text) FROM term_discount WHERE price_list_id = l.id)
           AS term_discounts,
       (SELECT jsonb_object_agg(level, rate_percent::text) FROM level_discount WHERE price_list_id = l.id)
           AS level_discounts
FROM price_list l WHERE {where} ORDER BY l.id DESC LIMIT %(limit)s
"""


def subscription_types() -> list[dict[str, Any]]:
    """All types, in the order of screens: what is sold is no secret, what it costs is."""
    return rows(f"{_TYPE} ORDER BY position, code")


def subscription_type(code: str, *, lock: bool = False) -> dict[str, Any]:
    """One type, or ``not_found``; ``lock`` holds it for a change."""
    found = row(f"{_TYPE} WHERE code = %s {'FOR UPDATE' if lock else ''}", [code])
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
