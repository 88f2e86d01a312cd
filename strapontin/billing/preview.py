"""What a run would bill, kept beside the run. Nothing is issued or marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from strapontin.allocations.openings import bring_to
from strapontin.billing.payers import NO_PAYER, CurrentRun, Payer
from strapontin.billing.rating import Line, rate
from strapontin.billing.taxes import taxation, taxes_on
from strapontin.cycles.operations import complete_periods
from strapontin.kit.database import exists, rehearsal, rows_of, run, statement, value_of, values_of
from strapontin.organisation.settings import Settings

WITHOUT_PAYER = statement(__file__, "without_payer.sql")

_PAYERS = """
SELECT p.id, p.name, p.address, p.country, p.region, p.vat_number, p.currency FROM partner p
 WHERE EXISTS (SELECT 1 FROM period q WHERE q.payer_id = p.id AND q.starts_on <= %s AND q.billable)
 ORDER BY p.id
"""
_CUSTOMERS = """
SELECT count(DISTINCT customer_id) FROM period WHERE payer_id = %s AND starts_on <= %s AND ends_on > %s AND billable
"""
_TAKE = "UPDATE billing_run SET customers_done = 0 WHERE id = %s AND state <> 'done' RETURNING id"
_KEEP = "INSERT INTO run_payer (run_id, payer_id, done_at, preview) VALUES (%s, %s, %s, %s::jsonb)"
_PARK = "INSERT INTO parked_customer (customer_id, run_id, payer_id, reason) VALUES (%s, %s, %s, %s)"
_PROGRESS = "UPDATE billing_run SET customers_done = customers_done + %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class PreviewedTax:
    """A tax of a previewed invoice: ``rate`` in percent of ``base``."""

    category: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PreviewedInvoice:
    """What a run would bill a payer, as it is kept (JSON)."""

    net: Decimal
    taxes: list[PreviewedTax]
    currency: str
    lines: list[Line]

    @property
    def tax(self) -> Decimal:
        """The sum of the taxes."""
        return sum((tax.amount for tax in self.taxes), Decimal("0.00"))

    @property
    def total(self) -> Decimal:
        """Net and taxes."""
        return self.net + self.tax


def preview_run(current: CurrentRun, *, settings: Settings, at: datetime) -> None:
    """Rates every payer at the run's date. Periods still to come are opened inside a savepoint only.

    It needs one transaction, the caller's. So an interrupted preview begins anew. Does nothing if another worker has
    finished it.
    """
    if not exists(_TAKE, [current.id]):
        return
    run("DELETE FROM run_payer WHERE run_id = %s", [current.id])
    run("DELETE FROM parked_customer WHERE run_id = %s", [current.id])
    rated: list[tuple[Payer, list[Line], int]] = []
    with rehearsal():
        bring_to(current.date, at=at)
        complete_periods()
        for payer in rows_of(Payer, _PAYERS, [current.date]):
            lines = rate(date=current.date, cut=current.cut, settings=settings, payer_id=payer.id)
            customers = value_of(int, _CUSTOMERS, [payer.id, current.date, current.date]) or 0
            rated.append((payer, lines, customers))
        without_payer = values_of(UUID, WITHOUT_PAYER, {"date": current.date, "cut": current.cut})
    for customer_id in without_payer:
        run(_PARK, [customer_id, current.id, NO_PAYER, "payer_missing"])
    for payer, lines, customers in rated:
        _keep(current, payer, lines, settings, at)
        run(_PROGRESS, [customers, current.id])


def _keep(current: CurrentRun, payer: Payer, lines: Sequence[Line], settings: Settings, at: datetime) -> None:
    taxes_due = taxation(payer, issuer_country=settings.country)
    faults = {line.customer_id: taxes_due.fault or line.fault for line in lines if taxes_due.fault or line.fault}
    billed = [line for line in lines if line.customer_id not in faults]
    net = sum((line.amount for line in billed if line.amount is not None), Decimal("0.00"))
    taxes = [
        PreviewedTax(tax.rule.category, tax.rule.rate_percent, tax.base, tax.amount)
        for tax in taxes_on(net, taxes_due.rules)
    ]
    invoice = PreviewedInvoice(net, taxes, payer.currency, billed)
    run(_KEEP, [current.id, payer.id, at, msgspec.json.encode(invoice).decode()])
    for customer_id, reason in sorted(faults.items()):
        run(_PARK, [customer_id, current.id, payer.id, reason])
