"""Reading runs and invoices; row level security leaves the payers at or below the actor's scope."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from strapontin.access.grants import AllocationManager, InvoiceReader, ProviderGrant
from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

_RUN = """
SELECT id, date, preview, state, cut, customers_total, customers_done, invoices, error, created_at, finished_at
  FROM billing_run
"""
# Ids are made in the order of the runs, also where a sandbox's clock was set.
_RUNS = f"""{_RUN}
 WHERE %(date)s::date IS NULL OR (date, id) < (%(date)s::date, %(id)s::uuid) ORDER BY date DESC, id DESC LIMIT %(limit)s
"""
_PARKED = """
SELECT p.customer_id, c.name AS customer_name, p.reason FROM parked_customer p
  JOIN customer c ON c.id = p.customer_id WHERE p.run_id = %s ORDER BY c.sort_key, c.id
"""
_PREVIEWS = """
SELECT r.payer_id, p.name AS payer_name, r.preview FROM run_payer r JOIN partner p ON p.id = r.payer_id
 WHERE r.run_id = %s AND r.preview IS NOT NULL ORDER BY p.sort_key, p.id
"""
_INVOICES = """
SELECT i.id, i.number, i.kind, i.date, i.payer_id, i.payer_name, i.currency, i.net, i.tax, i.total, i.issued_at,
       (SELECT count(*) FROM invoice_line l WHERE l.payer_id = i.payer_id AND l.invoice_id = i.id) AS lines_count
  FROM invoice i
 WHERE (%(payer)s::uuid IS NULL OR i.payer_id = %(payer)s::uuid)
   AND (%(date)s::date IS NULL OR i.date = %(date)s::date)
   AND (%(kind)s::text IS NULL OR i.kind = %(kind)s::text)
   AND (%(run)s::uuid IS NULL OR i.run_id = %(run)s::uuid)
   AND (%(search)s = '' OR strpos(lower(i.number || ' ' || i.payer_name), lower(%(search)s)) > 0)
   AND (%(before_date)s::date IS NULL OR (i.date, i.id) < (%(before_date)s::date, %(before_id)s::uuid))
 ORDER BY i.date DESC, i.id DESC LIMIT %(limit)s
"""
_INVOICE = """
SELECT id, number, kind, date, run_id, payer_id, payer_name, payer_address, payer_country, payer_vat_number,
       issuer_name, issuer_address, issuer_vat_number, currency, net, tax, total, issued_at
  FROM invoice WHERE id = %s
"""
_LINES = """
SELECT n, customer_id, customer_name, client_id, purchase_order, kind, type_code, period_starts_on, quantity,
       unit_price, months, starts_on, ends_on, days, period_days, amount
  FROM invoice_line WHERE payer_id = %s AND invoice_id = %s ORDER BY n
"""
_TAXES = """
SELECT category, label, rate_percent, base, amount FROM invoice_tax
 WHERE payer_id = %s AND invoice_id = %s ORDER BY position
"""
_PRICES = """
SELECT type_code, currency, list_price, term_discount_percent, level_discount_percent, unit_price
  FROM period_price WHERE customer_id = %s AND period_starts_on = %s
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A billing run with the customers it parked and, for a preview, what it would bill each payer."""

    facts: dict[str, Any]
    parked: list[dict[str, Any]]
    previews: list[dict[str, Any]]


def runs(grant: ProviderGrant, *, before: tuple[date, UUID] | None = None, limit: int = 24) -> list[dict[str, Any]]:
    """The latest runs, previews among them; the newest first, from the (date, id) ``before`` on."""
    return rows(_RUNS, {"date": before[0] if before else None, "id": before[1] if before else None, "limit": limit})


def run(grant: ProviderGrant, *, run_id: UUID) -> Run:
    """One run; ``not_found`` where there is none."""
    found = row(f"{_RUN} WHERE id = %s", [run_id])
    if found is None:
        raise not_found()
    previews = rows(_PREVIEWS, [run_id])
    for preview in previews:
        if isinstance(preview["preview"], str):
            preview["preview"] = json.loads(preview["preview"])
    return Run(found, rows(_PARKED, [run_id]), previews)


def invoices(
    grant: InvoiceReader,
    *,
    payer_id: UUID | None = None,
    date: date | None = None,
    kind: str | None = None,
    run_id: UUID | None = None,
    search: str = "",
    before: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Issued invoices, the newest first; ``search`` in number and payer, ``before`` the (date, id) of the last seen."""
    return rows(
        _INVOICES,
        {
            "payer": payer_id,
            "date": date,
            "kind": kind,
            "run": run_id,
            "search": search,
            "before_date": before[0] if before else None,
            "before_id": before[1] if before else None,
            "limit": limit,
        },
    )


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An invoice as it was issued: facts, lines by customer, taxes by category."""

    facts: dict[str, Any]
    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]


def invoice(grant: InvoiceReader, *, invoice_id: UUID) -> IssuedInvoice:
    """One issued invoice; ``not_found`` outside the scope of the payer."""
    facts = row(_INVOICE, [invoice_id])
    if facts is None:
        raise not_found()
    key = [facts["payer_id"], invoice_id]
    return IssuedInvoice(facts, rows(_LINES, key), rows(_TAXES, key))


def unit_prices(grant: AllocationManager) -> dict[str, dict[str, Any]]:
    """The prices of the customer's running period by type; none for scopes below the payer (by policy)."""
    found = rows(_PRICES, [grant.customer.id, grant.customer.period_starts_on])
    return {price["type_code"]: price for price in found}
