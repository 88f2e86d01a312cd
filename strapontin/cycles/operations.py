"""Opening periods: every write first brings its customer to today, a daily job does so for all (SPEC 4)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from strapontin.access.grants import CustomerFacts
from strapontin.access.scope import as_billing
from strapontin.cycles.rules import Span
from strapontin.kit.database import row, run, statement

# By a statement of its own: one that waited for these locks itself would not see the lowering that it waited for.
_LOCK_DUE = """
SELECT count(*) AS due FROM (
    SELECT c.id FROM customer c
     WHERE c.status = 'active' AND c.period_ends_on <= %(day)s::date
       AND (%(customer)s::uuid IS NULL OR c.id = %(customer)s::uuid)
     ORDER BY c.id FOR NO KEY UPDATE) AS locked
"""
_OPEN = statement(__file__, "open_periods.sql")
_FIX_PRICES = statement(__file__, "fix_prices.sql")
# A payer may be marked only after a period started: such a period takes it once there is one.
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


def bring_to(day: date, *, at: datetime, customer_id: UUID | None = None) -> int:
    """Opens every period that has started by ``day``, for one customer or (``None``) for all.

    Runs under the billing role, which alone fixes payers and prices. Answers how many periods were opened.
    """
    opened = 0
    with as_billing():
        of_day = {"day": day, "at": at, "customer": customer_id}
        while row(_LOCK_DUE, of_day) != {"due": 0} and (step := run(_OPEN, of_day)):
            opened += step
        if opened:
            run(_FIX_PRICES, {"customer": customer_id})
    return opened


def bring_customer_to(customer: CustomerFacts, *, day: date, at: datetime) -> bool:
    """Brings one customer to ``day`` if its running period has ended; answers whether something changed."""
    if customer.status != "active" or customer.period_ends_on > day:
        return False
    return bring_to(day, at=at, customer_id=customer.id) > 0


def open_first_period(*, customer_id: UUID, span: Span, at: datetime) -> None:
    """Inserts a new customer's first period, with the payer and prices of that day."""
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
        run(_FIX_PRICES, {"customer": customer_id})
