"""What may no longer change because it was billed: no invoice changes after it was issued (SPEC 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.scope import as_billing
from strapontin.kit.database import exists, run, value_of
from strapontin.kit.dates import local_date
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal

# The request of a run takes the same lock: no run begins meanwhile.
_LOCK_RUNS = "SELECT pg_advisory_xact_lock(hashtext('billing_run'))"
_RUN_SINCE = "SELECT 1 FROM billing_run WHERE date >= %s AND NOT preview LIMIT 1"
# A statement of its own: so the next one sees what was priced while this one waited.
_LOCK_PAYER = "SELECT 1 FROM partner WHERE id = %s FOR UPDATE"
# A period priced in another currency, if no run since its end has billed its customer to this payer.
_TO_INVOICE = """
SELECT price.currency FROM period q
  JOIN period_price price ON price.customer_id = q.customer_id AND price.period_starts_on = q.starts_on
 WHERE q.payer_id = %(payer)s AND q.billable AND price.currency <> %(currency)s
   AND NOT EXISTS (SELECT 1 FROM run_payer d JOIN billing_run r ON r.id = d.run_id
                    WHERE d.payer_id = q.payer_id AND NOT r.preview AND r.date >= q.ends_on
                      AND NOT EXISTS (SELECT 1 FROM parked_customer p WHERE p.customer_id = q.customer_id
                                         AND p.run_id = r.id AND p.payer_id = q.payer_id))
 LIMIT 1
"""
_ANY_CUSTOMER = "SELECT 1 FROM customer LIMIT 1"


def keep_basis(before: Settings, changes: Mapping[str, Any]) -> None:
    """Refuses (``already_billed``) another ``allocation_billing_from`` once a run has billed on the present one.

    Runs between the two dates would have been billed on the wrong basis. Runs after them would take another part of
    what was invoiced for a commitment.
    """
    if "allocation_billing_from" not in changes:
        return
    run(_LOCK_RUNS)
    since = min(before.allocation_billing_from, changes["allocation_billing_from"])
    if exists(_RUN_SINCE, [since]):
        raise Refusal("already_billed", date=since)


def keep_days(before: Settings, changes: Mapping[str, Any], *, at: datetime) -> None:
    """Refuses (``day_would_repeat``) a ``time_zone`` in which it is still yesterday at ``at``.

    Today's lowerings and periods have begun. Seats added on that day once more would be billed beside them.
    """
    if "time_zone" not in changes:
        return
    today = local_date(at, before.time_zone)
    if local_date(at, changes["time_zone"]) < today and exists(_ANY_CUSTOMER):
        raise Refusal("day_would_repeat", date=today)


def keep_currency(partner_id: UUID, changes: Mapping[str, Any]) -> None:
    """Refuses (``currency_in_use``) another ``currency`` while seats priced in the present one are not yet invoiced.

    An invoice has one currency. Raises and credits of a period priced in another one could stand on no invoice.
    """
    if "currency" not in changes:
        return
    with as_billing():
        exists(_LOCK_PAYER, [partner_id])
        currency = value_of(str, _TO_INVOICE, {"payer": partner_id, "currency": changes["currency"]})
    if currency:
        raise Refusal("currency_in_use", currency=currency)
