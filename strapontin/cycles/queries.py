"""Reading periods: who pays, and so who may see amounts; which type costs more than another."""

from __future__ import annotations

from dataclasses import dataclass

from strapontin.access.grants import CustomerFacts, CustomerSeen
from strapontin.access.scope import as_billing
from strapontin.kit.database import exists, rows_of

_AT_OR_ABOVE_PAYER = """
SELECT 1 FROM period q JOIN partner p ON p.id = q.payer_id
 WHERE q.customer_id = %s AND q.starts_on = %s AND p.path @> ARRAY[%s::uuid]
"""

_RANKS = """
SELECT type_code, dense_rank() OVER (ORDER BY unit_price)::int AS rank FROM period_price
 WHERE customer_id = %s AND period_starts_on = %s
"""


@dataclass(frozen=True, slots=True)
class _Ranked:
    type_code: str
    rank: int


def sees_money(seen: CustomerSeen) -> bool:
    """Whether amounts may be shown: only to scopes at or above the payer of the running period (SPEC 3)."""
    if seen.actor.provider:
        return True
    if seen.actor.partner_id is None:
        return False
    return exists(_AT_OR_ABOVE_PAYER, [seen.customer.id, seen.customer.period_starts_on, seen.actor.partner_id])


def price_ranks(customer: CustomerFacts) -> dict[str, int]:
    """The place of each type in the order of the customer's unit prices, the cheapest first; equal prices are equal.

    Unit prices are those of the running period, net of its term and the payer's level. A type without a price is left
    out. Ranks are no amounts: every scope may have them.
    """
    with as_billing():
        ranked = rows_of(_Ranked, _RANKS, [customer.id, customer.period_starts_on])
    return {of_type.type_code: of_type.rank for of_type in ranked}
