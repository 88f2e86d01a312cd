"""What tests read of the product past its screens: invoices, previews, periods, parked customers, ledger rows.

Everything comes back in the words of the slow oracle, so that a test may compare with ``==``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import rows, rows_of, run
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
SELECT i.id, i.run_id, p.name AS payer, i.currency, i.date, i.net, i.tax, i.total, i.number
  FROM invoice i JOIN partner p ON p.id = i.payer_id ORDER BY i.number
"""
_LINES = """
SELECT l.invoice_id, p.name AS payer, l.customer_name AS customer, l.type_code AS type,
       l.period_starts_on AS period_start, l.quantity, l.unit_price, l.months, l.starts_on AS start,
       l.ends_on AS end, l.days, l.period_days, l.amount
  FROM invoice_line l JOIN partner p ON p.id = l.payer_id ORDER BY l.invoice_id, l.n
"""
_PREVIEWS = """
SELECT p.name, r.preview FROM run_payer r JOIN partner p ON p.id = r.payer_id WHERE r.run_id = %s
"""
_PARKED = """
SELECT c.name, p.reason FROM parked_customer p JOIN customer c ON c.id = p.customer_id WHERE p.run_id = %s
"""
_WRITTEN = """
SELECT kind, site_id, type_code, effective_on, counterpart_site_id, delta FROM ledger_entry
 WHERE customer_id = %s AND recorded_at = %s
"""

PreviewedInvoice = tuple[Decimal, Decimal, list[Any]]
"""Net, tax, and the lines: (customer's id, type, first day, quantity, amount)."""


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
        found, lines = rows(_INVOICES), rows(_LINES)
    by_invoice: dict[UUID, list[Line]] = {}
    for line in lines:
        by_invoice.setdefault(line.pop("invoice_id"), []).append(Line(**line))
    result = []
    for one in found:
        own = tuple(by_invoice.pop(one.pop("id")))
        result.append(Issued(one.pop("number"), one.pop("run_id"), Invoice(**one, lines=own)))
    assert not by_invoice, "lines without an invoice"
    return result


@dataclass(frozen=True, slots=True)
class _PayerPreview:
    name: str
    preview: dict[str, Any]


def previews(run_id: UUID) -> dict[str, PreviewedInvoice]:
    """What a preview shows of each payer that would get an invoice."""
    with acting(system("api"), "billing"):
        payers = rows_of(_PayerPreview, _PREVIEWS, [run_id])
    shown = {}
    for payer in payers:
        lines = [
            (line["customer_id"], line["type_code"], line["starts_on"], line["quantity"], Decimal(line["amount"]))
            for line in payer.preview["lines"]
        ]
        tax = sum((Decimal(part["amount"]) for part in payer.preview["taxes"]), Decimal(0))
        if lines:
            shown[payer.name] = (Decimal(payer.preview["net"]), tax, sorted(lines))
    return shown


def parked(run_id: UUID) -> dict[str, str]:
    """The customers that a run could not bill, and why."""
    with acting(system("api"), "billing"):
        return {one["name"]: REASONS[one["reason"]] for one in rows(_PARKED, [run_id])}


def written(customer_id: UUID, at: datetime) -> list[dict[str, Any]]:
    """The ledger rows that were recorded at a moment."""
    with reading(customer_id):
        return rows(_WRITTEN, [customer_id, at])


def periods(customer_id: UUID) -> list[model.Period]:
    """The periods opened so far."""
    with reading(customer_id):
        found = rows("SELECT * FROM period WHERE customer_id = %s ORDER BY starts_on", [customer_id])
    return [
        model.Period(
            p["starts_on"],
            p["ends_on"],
            p["months"],
            p["term_months"],
            p["full_days"],
            stub=(p["ends_on"] - p["starts_on"]).days != p["full_days"],
        )
        for p in found
    ]
