"""The first period of a customer, and what is fixed when a period starts: payer and prices (SPEC 3, 7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from strapontin.access.scope import as_billing
from strapontin.cycles.quotes import UNIT_PRICES
from strapontin.cycles.rules import Span
from strapontin.kit.database import run, statement

_FIX_PRICES = statement(__file__, "fix_prices.sql").format(prices=UNIT_PRICES.format(asked="period"))
# A partner may become a payer after the period has started: the period takes that payer then.
_FIX_PAYERS = """
UPDATE period q SET payer_id = payer.id
  FROM customer c
 CROSS JOIN LATERAL (SELECT p.id FROM unnest(c.partner_path) WITH ORDINALITY AS above (partner_id, depth)
                       JOIN partner p ON p.id = above.partner_id WHERE p.payer ORDER BY depth DESC LIMIT 1) AS payer
 WHERE q.payer_id IS NULL AND c.id = q.customer_id AND (%(customer)s::uuid IS NULL OR c.id = %(customer)s::uuid)
"""
_FIRST = """
INSERT INTO period (customer_id, starts_on, ends_on, term_months, months, full_days, payer_id, billable, opened_at)
SELECT c.id, %(starts_on)s::date, %(ends_on)s::date, c.term_months, %(months)s, %(full_days)s, NULL,
       NOT c.not_for_resale, %(at)s::timestamptz
  FROM customer c WHERE c.id = %(customer)s
"""


def open_first_period(*, customer_id: UUID, span: Span, at: datetime) -> None:
    """Inserts a new customer's first period, with its payer and its prices."""
    with as_billing():
        run(
            _FIRST,
            {
                "customer": customer_id,
                "starts_on": span.starts_on,
                "ends_on": span.ends_on,
                "months": span.months,
                "full_days": span.full_days,
                "at": at,
            },
        )
    complete_periods(customer_id=customer_id)


def complete_periods(*, customer_id: UUID | None = None) -> None:
    """Gives started periods the payer or the prices that were missing when they started."""
    with as_billing():
        run(_FIX_PAYERS, {"customer": customer_id})
        fix_prices(customer_id=customer_id)


def fix_prices(*, customer_id: UUID | None = None) -> None:
    """Fixes the unit prices of started periods that have none yet; needs the billing role."""
    run(_FIX_PRICES, {"customer": customer_id})
