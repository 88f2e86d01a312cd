"""Reading partners and price lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from strapontin.access.grants import PARTNER_COLUMNS, InvoiceReader, PartnerFacts, ScopeReader
from strapontin.kit.database import row_of, rows_of, statement
from strapontin.kit.names import sort_key
from strapontin.refusals import not_found

_PRICE_LISTS = statement(__file__, "price_lists.sql")


@dataclass(frozen=True, slots=True)
class ListedPartner(PartnerFacts):
    """A partner of a list in the order of names."""

    sort_key: str


@dataclass(frozen=True, slots=True)
class PriceListFacts:
    """A price list: amounts a month by type, discounts in percent by months of the term and by level.

    ``partner_id`` is ``None`` for a list for everybody.
    """

    id: UUID
    name: str
    partner_id: UUID | None
    currency: str
    valid_from: date
    prices: dict[str, Decimal]
    term_discounts: dict[int, Decimal]
    level_discounts: dict[str, Decimal]


def partners(
    reader: ScopeReader, *, after: tuple[str, UUID] | None = None, limit: int, search: str = ""
) -> list[ListedPartner]:
    """Partners at or below the reader's scope, by name; one more than ``limit`` if more follow."""
    actor = reader.actor
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
    where = " AND ".join(conditions)
    sql = f"SELECT {PARTNER_COLUMNS}, sort_key FROM partner WHERE {where} ORDER BY sort_key, id LIMIT %(limit)s"  # noqa: S608  our own text
    return rows_of(ListedPartner, sql, parameters)


def price_lists(grant: InvoiceReader, *, after: UUID | None = None, limit: int) -> list[PriceListFacts]:
    """Price lists, the newest first; one more than ``limit`` if more follow.

    Row level security leaves payers the lists for everybody and their own.
    """
    return rows_of(PriceListFacts, _PRICE_LISTS, {"id": None, "after": after, "limit": limit + 1})


def price_list(grant: InvoiceReader, price_list_id: UUID) -> PriceListFacts:
    """One price list, or ``not_found``."""
    price_list = row_of(PriceListFacts, _PRICE_LISTS, {"id": price_list_id, "after": None, "limit": 1})
    if price_list is None:
        raise not_found()
    return price_list
