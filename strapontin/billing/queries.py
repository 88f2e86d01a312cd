"""Reading billing runs, and the prices of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from strapontin.access.grants import AllocationManager, ProviderGrant
from strapontin.billing.preview import PreviewedInvoice
from strapontin.kit.database import row_of, rows_of
from strapontin.refusals import not_found

_RUN = """
SELECT id, date, preview, state, cut, customers_total, customers_done, invoices, created_at, finished_at
  FROM billing_run
"""
# Ids are made in the order of the runs, even if a sandbox's clock was set.
_RUNS = f"""{_RUN}
 WHERE %(date)s::date IS NULL OR (date, id) < (%(date)s::date, %(id)s::uuid) ORDER BY date DESC, id DESC LIMIT %(limit)s
"""
_PARKED = """
SELECT p.customer_id, c.name AS customer_name, p.reason FROM parked_customer p
  JOIN customer c ON c.id = p.customer_id WHERE p.run_id = %s ORDER BY c.sort_key, c.id
"""
_PREVIEWS = """
SELECT r.payer_id, p.name AS payer_name, r.preview AS invoice FROM run_payer r JOIN partner p ON p.id = r.payer_id
 WHERE r.run_id = %s AND r.preview IS NOT NULL ORDER BY p.sort_key, p.id
"""
_PRICES = "SELECT type_code, currency, unit_price FROM period_price WHERE customer_id = %s AND period_starts_on = %s"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A billing run; ``cut`` is the moment up to which it knows what happened, ``None`` until it starts."""

    id: UUID
    date: date
    preview: bool
    state: Literal["queued", "running", "done", "failed"]
    cut: datetime | None
    customers_total: int
    customers_done: int
    invoices: int
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParkedCustomer:
    """A customer that a run could not bill, and the code of the reason."""

    customer_id: UUID
    customer_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewedPayer:
    """What a run would bill a payer."""

    payer_id: UUID
    payer_name: str
    invoice: PreviewedInvoice


@dataclass(frozen=True, slots=True)
class Run:
    """A billing run with the customers it parked and, for a preview, what it would bill each payer."""

    facts: RunFacts
    parked: list[ParkedCustomer]
    previews: list[PreviewedPayer]


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one seat of a type costs a month."""

    type_code: str
    currency: str
    unit_price: Decimal


def runs(grant: ProviderGrant, *, before: tuple[date, UUID] | None = None, limit: int = 24) -> list[RunFacts]:
    """The latest runs and previews, the newest first; ``before`` is the (date, id) of the last one seen."""
    before_date, before_id = before or (None, None)
    return rows_of(RunFacts, _RUNS, {"date": before_date, "id": before_id, "limit": limit})


def run(grant: ProviderGrant, *, run_id: UUID) -> Run:
    """One run; ``not_found`` if there is none."""
    facts = row_of(RunFacts, f"{_RUN} WHERE id = %s", [run_id])
    if facts is None:
        raise not_found()
    previews = rows_of(PreviewedPayer, _PREVIEWS, [run_id])
    return Run(facts, rows_of(ParkedCustomer, _PARKED, [run_id]), previews)


def unit_prices(grant: AllocationManager) -> dict[str, UnitPrice]:
    """The prices of the customer's running period by type; none for scopes below the payer (by policy)."""
    prices = rows_of(UnitPrice, _PRICES, [grant.customer.id, grant.customer.period_starts_on])
    return {price.type_code: price for price in prices}
