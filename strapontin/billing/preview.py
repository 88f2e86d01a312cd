"""What a run would bill, kept beside the run; nothing is issued or marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from strapontin.allocations.openings import bring_to
from strapontin.billing.rating import Line, rate
from strapontin.billing.taxes import taxation, taxes_on
from strapontin.cycles.operations import complete_periods
from strapontin.kit.database import row, rows, run
from strapontin.organisation.settings import Settings

_PAYERS = """
SELECT p.id, p.country, p.region, p.vat_number, p.currency FROM partner p
 WHERE EXISTS (SELECT 1 FROM period q WHERE q.payer_id = p.id AND q.starts_on <= %s AND q.billable)
 ORDER BY p.id
"""
_CUSTOMERS = """
SELECT count(DISTINCT customer_id) AS n FROM period
 WHERE payer_id = %s AND starts_on <= %s AND ends_on > %s AND billable
"""
# By whom it was finished meanwhile it is not to be made again.
_TAKE = """
UPDATE billing_run SET customers_done = 0 WHERE id = %s AND state <> 'done' RETURNING id
"""
_KEEP = "INSERT INTO run_payer (run_id, payer_id, done_at, preview) VALUES (%s, %s, %s, %s::jsonb)"
_PARK = "INSERT INTO parked_customer (customer_id, run_id, payer_id, reason) VALUES (%s, %s, %s, %s)"
NO_PAYER = UUID(int=0)
# Customers with something to bill, perhaps, and nobody to bill it to.
WITHOUT_PAYER = """
SELECT DISTINCT q.customer_id FROM period q
  JOIN customer c ON c.id = q.customer_id
  JOIN customer_total t ON t.customer_id = q.customer_id
 WHERE q.payer_id IS NULL AND q.starts_on <= %(date)s AND q.billable AND (t.allocated > 0 OR t.used > 0)
   AND c.created_at <= %(cut)s
"""
_PROGRESS = "UPDATE billing_run SET customers_done = customers_done + %s WHERE id = %s"


class _Undo(Exception):  # noqa: N818  carries no fault: it takes a savepoint back
    pass


def preview_run(current: dict[str, Any], *, settings: Settings, at: datetime) -> None:
    """Rates every payer at the run's date; periods still to come are opened inside a savepoint only.

    A preview that was interrupted begins anew: it is one transaction, the caller's. Does nothing where another worker
    has made it meanwhile.
    """
    if row(_TAKE, [current["id"]]) is None:
        return
    run("DELETE FROM run_payer WHERE run_id = %s", [current["id"]])
    run("DELETE FROM parked_customer WHERE run_id = %s", [current["id"]])
    found: list[tuple[dict[str, Any], list[Line], int]] = []
    without_payer: list[dict[str, Any]] = []
    try:
        with transaction.atomic():
            bring_to(current["date"], at=at)
            complete_periods()
            for payer in rows(_PAYERS, [current["date"]]):
                lines = rate(date=current["date"], cut=current["cut"], settings=settings, payer_id=payer["id"])
                counted = row(_CUSTOMERS, [payer["id"], current["date"], current["date"]])
                found.append((payer, lines, counted["n"] if counted else 0))
            without_payer = rows(WITHOUT_PAYER, {"date": current["date"], "cut": current["cut"]})
            raise _Undo
    except _Undo:
        pass
    for customer in without_payer:
        run(_PARK, [customer["customer_id"], current["id"], NO_PAYER, "payer_missing"])
    for payer, lines, customers in found:
        _keep(current, payer, lines, settings, at)
        run(_PROGRESS, [customers, current["id"]])


def _keep(
    current: dict[str, Any], payer: dict[str, Any], lines: Sequence[Line], settings: Settings, at: datetime
) -> None:
    tax = taxation(payer, issuer_country=settings.country)
    faulty = {line.customer_id: tax.fault or line.fault for line in lines if tax.fault or line.fault}
    kept = [line for line in lines if line.customer_id not in faulty]
    net = sum((line.amount for line in kept if line.amount is not None), Decimal("0.00"))
    shown = {
        "net": net,
        "taxes": [
            {"category": t.rule.category, "rate": t.rule.rate_percent, "base": t.base, "amount": t.amount}
            for t in taxes_on(net, tax.rules)
        ],
        "currency": payer["currency"],
        "lines": [asdict(line) for line in kept],
    }
    run(_KEEP, [current["id"], payer["id"], at, json.dumps(shown, default=str)])
    for customer_id, reason in sorted(faulty.items()):
        run(_PARK, [customer_id, current["id"], payer["id"], reason])
