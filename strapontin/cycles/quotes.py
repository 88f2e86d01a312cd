"""What a seat would cost for each term in a period that begins on some day, by the text that fixes prices (SPEC 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.scope import as_billing
from strapontin.kit.database import exists, rows_of, statement
from strapontin.organisation.models import TERMS_MONTHS

UNIT_PRICES = statement(__file__, "unit_prices.sql")
# The nearest partner marked as payer, from the customer's own upwards.
_PAYER = """
SELECT p.id, p.path FROM unnest(%(path)s::uuid[]) WITH ORDINALITY AS above (partner_id, depth)
  JOIN partner p ON p.id = above.partner_id WHERE p.payer ORDER BY depth DESC LIMIT 1
"""
_ASKED = (
    "(SELECT NULL::uuid AS customer_id, %(day)s::date AS starts_on, payer.id AS payer_id, term.months AS term_months)"
)
_QUOTES = f"""
SELECT term.months AS term_months, type_code, currency, term_discount_percent, unit_price
  FROM ({_PAYER}) AS payer CROSS JOIN unnest(%(terms)s::int[]) AS term (months)
 CROSS JOIN LATERAL ({UNIT_PRICES.format(asked=_ASKED)}) AS quoted (
       customer_id, starts_on, type_code, price_list_id, currency, list_price, term_discount_percent,
       level_discount_percent, unit_price)
"""  # noqa: S608  our own text
_AT_OR_ABOVE = f"SELECT 1 FROM ({_PAYER}) AS payer WHERE payer.path @> ARRAY[%(actor)s::uuid]"  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a seat of a type for one month, with the term and level discounts; rounded to the cent once."""

    term_months: int
    type_code: str
    currency: str
    term_discount_percent: Decimal
    unit_price: Decimal


def quotes(partner_path: Sequence[UUID], *, day: date) -> list[Quote]:
    """What the payer of a customer at the end of this path would pay per seat for each term, from ``day`` on.

    Whoever shows them asks :func:`sees_money_below` first (SPEC 3).
    """
    params = {"path": [str(id_) for id_ in partner_path], "day": day, "terms": list(TERMS_MONTHS)}
    with as_billing():
        return rows_of(Quote, _QUOTES, params)


def sees_money_below(actor: Actor, partner_path: Sequence[UUID]) -> bool:
    """Whether the actor stands at or above the payer of a customer at the end of this path (SPEC 3)."""
    if actor.provider:
        return True
    if actor.partner_id is None:
        return False
    params = {"path": [str(id_) for id_ in partner_path], "actor": actor.partner_id}
    with as_billing():
        return exists(_AT_OR_ABOVE, params)
