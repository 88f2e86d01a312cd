"""What tests read of the product past its screens: invoices, previews, periods, parked customers, ledger rows.

Everything comes back in the words of the slow oracle, so that a test may compare with ``==``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing import preview as billing
from strapontin.kit.database import rows_of, run
from tests.oracle import model
from tests.oracle.model import Invoice, Line

REASONS = {
    "price_missing": "missing_price",
    "payer_missing": "missing_payer",
    "country_missing": "missing_country",
    "tax_unknown": "unknown_tax",
    "not_computed": "not_computed",
}

_INVOICES = """
SELECT i.id, i.run_id, p.name AS payer, i.currency, i.date, i.issued_on, i.net, i.tax, i.total, i.number
  FROM invoice i JOIN partner p ON p.id = i.payer_id ORDER BY i.number
"""
_LINES = """
SELECT l.invoice_id, p.name AS payer, l.customer_name AS customer, l.type_code AS type,
       l.period_starts_on AS period_start, l.quantity, l.unit_price, l.months, l.starts_on AS start,
       l.ends_on AS "end", l.days, l.period_days, l.amount
  FROM invoice_line l JOIN partner p ON p.id = l.payer_id ORDER BY l.invoice_id, l.n
"""
_PREVIEWS = """
SELECT p.name, r.preview AS invoice FROM run_payer r JOIN partner p ON p.id = r.payer_id WHERE r.run_id = %s
"""
_PARKED = """
SELECT c.name, p.reason FROM parked_customer p JOIN customer c ON c.id = p.customer_id WHERE p.run_id = %s
"""
_WRITTEN = """
SELECT kind, site_id, type_code, effective_on, counterpart_site_id, counterpart_type_code AS counterpart_type,
       reverses_id, delta FROM ledger_entry
 WHERE customer_id = %s AND recorded_at = %s
"""

_PERIODS = """
SELECT starts_on AS start, ends_on AS "end", months, term_months, full_days AS period_days,
       ends_on - starts_on <> full_days AS stub
  FROM period WHERE customer_id = %s ORDER BY starts_on
"""

PreviewedInvoice = tuple[Decimal, Decimal, list[Any]]
"""Net, tax, and the lines: (customer's id, type, first day, quantity, amount)."""


@dataclass(frozen=True, slots=True)
class _Facts:
    id: UUID
    run_id: UUID
    payer: str
    currency: str
    issued_on: date
    date: date
    net: Decimal
    tax: Decimal
    total: Decimal
    number: str


@dataclass(frozen=True)
class _LineOfInvoice(Line):
    invoice_id: UUID

    def line(self) -> Line:
        """The line as the oracle has it."""
        return Line(*(getattr(self, field.name) for field in fields(Line)))


@dataclass(frozen=True, slots=True)
class _Previewed:
    name: str
    invoice: billing.PreviewedInvoice


@dataclass(frozen=True, slots=True)
class _Parked:
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """A row of the ledger."""

    kind: str
    site_id: UUID
    type_code: str
    effective_on: date
    counterpart_site_id: UUID | None
    counterpart_type: str | None
    reverses_id: UUID | None
    delta: int


class _Undo(Exception):  # noqa: N818  carries no fault: it takes a transaction back
    pass


@contextmanager
def what_if() -> Iterator[None]:
    """Lets things happen and takes them back; what waits for the commit is checked nevertheless."""
    try:
        with transaction.atomic():
            yield
            run("SET CONSTRAINTS ALL IMMEDIATE")
            raise _Undo
    except _Undo:
        pass


@contextmanager
def reading(customer_id: UUID) -> Iterator[None]:
    """A transaction of the provider's in which one customer's rows can be read and written."""
    provider = system("api")
    with acting(provider):
        grants.customer(provider, customer_id)
        yield


@dataclass(frozen=True)
class Issued:
    """An invoice with its number and run, which the oracle does not give."""

    number: str
    run_id: UUID
    invoice: Invoice


def issued_invoices() -> list[Issued]:
    """Every invoice issued so far, in the order of the numbers."""
    with acting(system("api"), "billing"):
        invoices, lines = rows_of(_Facts, _INVOICES), rows_of(_LineOfInvoice, _LINES)
    by_invoice: dict[UUID, list[Line]] = {}
    for line in lines:
        by_invoice.setdefault(line.invoice_id, []).append(line.line())
    issued = []
    for facts in invoices:
        own = tuple(by_invoice.pop(facts.id))
        assert facts.number.startswith(f"{facts.issued_on.year}-"), "numbers follow the date of issue by year"
        sums = facts.net, facts.tax, facts.total
        invoice = Invoice(facts.payer, facts.currency, facts.issued_on, facts.date, own, *sums)
        issued.append(Issued(facts.number, facts.run_id, invoice))
    assert not by_invoice, "lines without an invoice"
    return issued


def previews(run_id: UUID) -> dict[str, PreviewedInvoice]:
    """What a preview shows, by payer."""
    with acting(system("api"), "billing"):
        payers = rows_of(_Previewed, _PREVIEWS, [run_id])
    invoices = {}
    for payer in payers:
        lines = [
            (str(line.customer_id), line.type_code, str(line.starts_on), line.quantity, line.amount)
            for line in payer.invoice.lines
        ]
        invoices[payer.name] = (payer.invoice.net, payer.invoice.tax, sorted(lines))
    return invoices


def parked(run_id: UUID) -> dict[str, str]:
    """The customers that a run could not bill, and why."""
    with acting(system("api"), "billing"):
        return {customer.name: REASONS[customer.reason] for customer in rows_of(_Parked, _PARKED, [run_id])}


def written(customer_id: UUID, at: datetime) -> list[Written]:
    """The ledger rows that were recorded at a moment."""
    with reading(customer_id):
        return rows_of(Written, _WRITTEN, [customer_id, at])


def periods(customer_id: UUID) -> list[model.Period]:
    """The periods opened so far."""
    with reading(customer_id):
        return rows_of(model.Period, _PERIODS, [customer_id])
