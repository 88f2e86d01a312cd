"""Keeps what is ahead of customers: written every day for all, and again soon if it may have passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from strapontin.access.scope import as_billing
from strapontin.kit.database import run, statement, values_of
from strapontin.organisation.settings import Settings

BATCH = 1000

RENEWING = """
(c.status = 'active' AND NOT c.cancel_at_end_of_period AND NOT c.not_for_resale AND c.term_months > 1
 AND c.period_ends_on - c.period_starts_on > 31
 AND c.period_ends_on > %(today)s::date AND c.period_ends_on <= %(today)s::date + 60)
"""
"""The commitment of a customer ``c`` renews within 60 days. A first period up to the end of its month is none."""

WARNINGS = statement(__file__, "warnings.sql")
UNUSED = statement(__file__, "unused.sql").format(renewing=RENEWING)

_IN_BATCH = "SELECT id FROM customer WHERE id > %s ORDER BY id LIMIT %s"
_LISTED = """
SELECT customer_id FROM seat_warning WHERE customer_id > %(after)s
 UNION SELECT customer_id FROM unused_seats WHERE customer_id > %(after)s ORDER BY 1 LIMIT %(limit)s
"""
# A move of a partner takes the same lock alone: no row gets a path from before it.
_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtext('partner_move'))"
_WRITE_WARNINGS = f"""
WITH ahead AS ({WARNINGS}), passed AS (
    DELETE FROM seat_warning w WHERE w.customer_id = ANY (%(customers)s::uuid[])
       AND (w.customer_id, w.site_id, w.type_code) NOT IN (SELECT customer_id, site_id, type_code FROM ahead)
)
INSERT INTO seat_warning AS w (customer_id, site_id, type_code, partner_path, site_name, free, full_on, told_on)
SELECT customer_id, site_id, type_code, partner_path, site_name, free, full_on, %(told_on)s::date FROM ahead
ON CONFLICT (customer_id, site_id, type_code) DO UPDATE
   SET partner_path = EXCLUDED.partner_path, site_name = EXCLUDED.site_name, free = EXCLUDED.free,
       full_on = EXCLUDED.full_on
 WHERE (w.partner_path, w.site_name, w.free, w.full_on)
       IS DISTINCT FROM (EXCLUDED.partner_path, EXCLUDED.site_name, EXCLUDED.free, EXCLUDED.full_on)
"""  # noqa: S608  our own statement
_WRITE_UNUSED = f"""
WITH ahead AS ({UNUSED}), passed AS (
    DELETE FROM unused_seats w WHERE w.customer_id = ANY (%(customers)s::uuid[])
       AND (w.customer_id, w.site_id, w.type_code) NOT IN (SELECT customer_id, site_id, type_code FROM ahead)
)
INSERT INTO unused_seats AS w (customer_id, site_id, type_code, partner_path, site_name, next_cycle, seats, since)
SELECT customer_id, site_id, type_code, partner_path, site_name, next_cycle, seats, since FROM ahead
ON CONFLICT (customer_id, site_id, type_code) DO UPDATE
   SET partner_path = EXCLUDED.partner_path, site_name = EXCLUDED.site_name, next_cycle = EXCLUDED.next_cycle,
       seats = EXCLUDED.seats, since = EXCLUDED.since
 WHERE (w.partner_path, w.site_name, w.next_cycle, w.seats, w.since)
       IS DISTINCT FROM (EXCLUDED.partner_path, EXCLUDED.site_name, EXCLUDED.next_cycle, EXCLUDED.seats, EXCLUDED.since)
"""  # noqa: S608  our own statement


def customers_after(last: UUID, *, listed: bool, batch: int = BATCH) -> list[UUID]:
    """The next customers in the order of their ids; with ``listed``, those of whom something is written as ahead."""
    if listed:
        return values_of(UUID, _LISTED, {"after": last, "limit": batch})
    return values_of(UUID, _IN_BATCH, [last, batch])


def refresh(
    customers: Sequence[UUID], *, settings: Settings, today: date, before_letters: bool = False, held: bool = False
) -> None:
    """Writes what is ahead of these customers on ``today``, and takes away what has passed. Repeating changes nothing.

    A new warning is told by the next letter: that of ``today`` if its letters are not written yet. ``held``: the caller
    has locked the customers, so that no move changes them; a move that waits for them would wait for ever.
    """
    told_on = today if before_letters else today + timedelta(days=1)
    enforced_from = settings.seats_enforced_from
    params = {"customers": list(customers), "today": today, "told_on": told_on, "enforced_from": enforced_from}
    with as_billing():
        if not held:
            run(_LOCK)
        run(_WRITE_WARNINGS, params)
        run(_WRITE_UNUSED, params)
