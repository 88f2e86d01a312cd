"""What a run would bill, kept beside the run. Nothing is issued or marked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from django.db import transaction

from strapontin.allocations.openings import bring_to
from strapontin.billing import turns
from strapontin.billing.payers import FAULTS, PAYER, CurrentRun, Payer
from strapontin.billing.rating import Line, rate
from strapontin.billing.taxes import taxation, taxes_on
from strapontin.cycles.operations import complete_periods
from strapontin.kit.database import exists, rehearsal, row_of, rows_of, run, value_of
from strapontin.organisation.settings import Settings

logger = logging.getLogger(__name__)

_TAKE = "UPDATE billing_run SET customers_done = 0 WHERE id = %s AND state <> 'done' RETURNING id"
# The run that issues at this date, as it stands: its cut, and whether it has ended before.
_ISSUING = """
SELECT id, date, preview, coalesce(cut, %s) AS cut, finished_at IS NOT NULL AS ended FROM billing_run
 WHERE date = %s AND NOT preview
"""
_CUSTOMERS = """
SELECT count(DISTINCT customer_id) FROM period WHERE payer_id = %s AND starts_on <= %s AND ends_on > %s AND billable
"""
_PARKED = "SELECT customer_id, payer_id, reason FROM parked_customer WHERE run_id = %s ORDER BY customer_id, payer_id"
_KEEP = "INSERT INTO run_payer (run_id, payer_id, done_at, preview) VALUES (%s, %s, %s, %s::jsonb)"
_PARK = "INSERT INTO parked_customer (customer_id, run_id, payer_id, reason) VALUES (%s, %s, %s, %s)"
_RESULT = "UPDATE billing_run SET cut = %s, customers_done = %s, invoices = %s WHERE id = %s"


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


@dataclass(frozen=True, slots=True)
class _Parked:
    customer_id: UUID
    payer_id: UUID
    reason: str


@dataclass(slots=True)
class _Outcome:
    """What the run would do: its invoices by payer, the customers that it would read and those that it would park."""

    invoices: dict[UUID, PreviewedInvoice] = field(default_factory=dict)
    customers: int = 0
    parked: list[_Parked] = field(default_factory=list)


def preview_run(current: CurrentRun, *, settings: Settings, at: datetime) -> None:
    """Does what the run of this date would do now, with :func:`rate` instead of charges, and takes it back.

    If there is such a run, that one goes on: its cut, the payers that it has not done, its parked customers. Needs one
    transaction, the caller's. So an interrupted preview begins anew. Does nothing if another worker has finished it.
    """
    if not exists(_TAKE, [current.id]):
        return
    issuing = row_of(CurrentRun, _ISSUING, [current.cut, current.date]) or current
    outcome = _Outcome()
    with rehearsal():
        bring_to(current.date, at=at)
        complete_periods()
        payers, parked = turns.payers_left(issuing), turns.parked_payers(issuing)
        for payer_id in payers:
            _try_payer(outcome, issuing, payer_id, settings, at)
        for payer_id in parked:
            _try_parked(outcome, issuing, payer_id, settings)
        turns.park_without_payer(issuing)
        outcome.parked = rows_of(_Parked, _PARKED, [issuing.id])
    for payer_id, invoice in outcome.invoices.items():
        run(_KEEP, [current.id, payer_id, at, msgspec.json.encode(invoice).decode()])
    for customer in outcome.parked:
        run(_PARK, [customer.customer_id, current.id, customer.payer_id, customer.reason])
    run(_RESULT, [issuing.cut, outcome.customers, len(outcome.invoices), current.id])


def _try_payer(outcome: _Outcome, issuing: CurrentRun, payer_id: UUID, settings: Settings, at: datetime) -> None:
    if not turns.take_payer(issuing, payer_id, at=at):
        return
    outcome.customers += value_of(int, _CUSTOMERS, [payer_id, issuing.date, issuing.date]) or 0
    try:
        with transaction.atomic():
            _bill(outcome, issuing, payer_id, None, settings)
    except FAULTS:
        logger.exception("payer %s could not be billed", payer_id)
        turns.park_payer(issuing, payer_id)


def _try_parked(outcome: _Outcome, issuing: CurrentRun, payer_id: UUID, settings: Settings) -> None:
    try:
        with transaction.atomic():
            if customers := turns.take_parked(issuing, payer_id):
                _bill(outcome, issuing, payer_id, customers, settings)
    except FAULTS:
        logger.exception("payer %s could not be billed", payer_id)


def _bill(
    outcome: _Outcome,
    issuing: CurrentRun,
    payer_id: UUID,
    customers: Sequence[UUID] | None,
    settings: Settings,
) -> None:
    payer = row_of(Payer, PAYER, [payer_id])
    if payer is None:
        raise RuntimeError("there is no such payer")
    lines = rate(date=issuing.date, cut=issuing.cut, settings=settings, customer_ids=customers, payer_id=payer_id)
    taxes_due = taxation(payer, issuer_country=settings.country)
    faults = {line.customer_id: taxes_due.fault or line.fault for line in lines if taxes_due.fault or line.fault}
    for customer_id, reason in sorted(faults.items()):
        run(_PARK, [customer_id, issuing.id, payer_id, reason])
    billed = [line for line in lines if line.customer_id not in faults]
    if not billed:
        return
    net = sum((line.amount for line in billed if line.amount is not None), Decimal("0.00"))
    taxes = [
        PreviewedTax(tax.rule.category, tax.rule.rate_percent, tax.base, tax.amount)
        for tax in taxes_on(net, taxes_due.rules)
    ]
    outcome.invoices[payer_id] = PreviewedInvoice(net, taxes, payer.currency, billed)
