"""Runs the rating: one statement for previews, one customer's effect, and billing runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from strapontin.kit.database import rows_of, statement
from strapontin.organisation.settings import Settings

RATING = statement(__file__, "rating.sql")


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line: ``quantity`` seats over [starts_on, ends_on), negative for a credit.

    ``amount`` = quantity × unit_price × months × days ÷ period_days, rounded once (SPEC 7). ``amount`` and
    ``unit_price`` are ``None`` if the price is missing. A line with a ``fault`` parks its customer.
    """

    customer_id: UUID
    payer_id: UUID | None
    period_starts_on: date
    type_code: str
    starts_on: date
    ends_on: date
    quantity: int
    unit_price: Decimal | None
    currency: str | None
    months: int
    days: int
    period_days: int
    amount: Decimal | None
    basis: str
    # Previews kept by the first version have none.
    fault: str | None = None


def parameters(
    *,
    date: date,
    cut: datetime,
    settings: Settings,
    customer_ids: Sequence[UUID] | None = None,
    payer_id: UUID | None = None,
) -> dict[str, object]:
    """The parameters of ``rating.sql``."""
    return {
        "date": date,
        "cut": cut,
        "allocation_from": settings.allocation_billing_from,
        "customers": [str(c) for c in customer_ids] if customer_ids is not None else None,
        "payer": payer_id,
    }


def rate(
    *,
    date: date,
    cut: datetime,
    settings: Settings,
    customer_ids: Sequence[UUID] | None = None,
    payer_id: UUID | None = None,
) -> list[Line]:
    """What an invoice dated ``date`` would bill, knowing what was recorded up to ``cut``."""
    return rows_of(
        Line,
        RATING,
        parameters(date=date, cut=cut, settings=settings, customer_ids=customer_ids, payer_id=payer_id),
    )
