"""Reading periods: who pays, and so who may see amounts; which type costs more than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts, CustomerSeen
from strapontin.access.scope import as_billing
from strapontin.kit.database import exists, rows_of, values_of

_AT_OR_ABOVE_PAYER = """
SELECT 1 FROM period q JOIN partner p ON p.id = q.payer_id
 WHERE q.customer_id = %s AND q.starts_on = %s AND p.path @> ARRAY[%s::uuid]
"""

_WITH_MONEY = """
SELECT q.customer_id FROM customer c JOIN period q ON q.customer_id = c.id AND q.starts_on = c.period_starts_on
  JOIN partner p ON p.id = q.payer_id
 WHERE c.id = ANY (%s::uuid[]) AND p.path @> ARRAY[%s::uuid]
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


def customers_with_money(actor: Actor, customer_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some customers of the scope whose amounts the actor may see, as :func:`sees_money` says of each."""
    if actor.provider:
        return set(customer_ids)
    if actor.partner_id is None:
        return set()
    with as_billing():
        return set(values_of(UUID, _WITH_MONEY, [list(customer_ids), actor.partner_id]))


def price_ranks(customer: CustomerFacts) -> dict[str, int]:
    """The place of each type in the order of the customer's unit prices, the cheapest first; equal prices are equal.

    Unit prices are those of the running period, net of its term and the payer's level. A type without a price is left
    out. Ranks are no amounts: every scope may have them.
    """
    with as_billing():
        ranked = rows_of(_Ranked, _RANKS, [customer.id, customer.period_starts_on])
    return {of_type.type_code: of_type.rank for of_type in ranked}
