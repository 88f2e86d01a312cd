"""The terms that one may choose, each with its prices, its period and what is invoiced at once (SPEC 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from strapontin.access.grants import CustomerCreator, TermEditor
from strapontin.cycles.queries import sees_money
from strapontin.cycles.quotes import Quote, quotes, sees_money_below
from strapontin.cycles.rules import Span, first_period, period_from
from strapontin.kit.database import rows_of
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.organisation.settings import Settings

# What the next period begins with.
_SEATS = "SELECT type_code, next_cycle AS seats FROM customer_total WHERE customer_id = %s ORDER BY type_code"


@dataclass(frozen=True, slots=True)
class _Seats:
    type_code: str
    seats: int


@dataclass(frozen=True, slots=True)
class OfferedPrice:
    """The price of a seat of a type for one month, and how many seats the period begins with."""

    type_code: str
    unit_price: Decimal
    seats: int


@dataclass(frozen=True, slots=True)
class TermOffer:
    """A term of ``months``: its first full period, and before that the ``stub`` charged by the day, if any.

    ``prices`` are empty for a scope below the payer, and without a price list.
    """

    months: int
    period: Span
    stub: Span | None
    discount_percent: Decimal | None
    currency: str
    prices: Sequence[OfferedPrice]

    @property
    def seats(self) -> int:
        """The seats of the types that have a price."""
        return sum(price.seats for price in self.prices)

    @property
    def per_year(self) -> Decimal:
        """What twelve months cost, without tax."""
        return sum((price.seats * price.unit_price * 12 for price in self.prices), Decimal("0.00"))

    @property
    def at_once(self) -> Decimal:
        """What the period is invoiced at once, without tax."""
        return sum((price.seats * price.unit_price * self.months for price in self.prices), Decimal("0.00"))


def offers_of_next_period(grant: TermEditor) -> list[TermOffer]:
    """The terms that the customer's next period may have."""
    customer = grant.customer
    day = customer.period_ends_on
    spans: dict[int, tuple[Span, Span | None]] = {
        months: (period_from(day, term_months=months, anchor_day=customer.anchor_day), None) for months in TERMS_MONTHS
    }
    seats = {row.type_code: row.seats for row in rows_of(_Seats, _SEATS, [customer.id])}
    prices = quotes(customer.partner_path, day=day) if sees_money(grant) else []
    return _offers(spans, prices, seats)


def offers_of_new_customer(
    grant: CustomerCreator | None, *, alignment: str, settings: Settings, at: datetime
) -> list[TermOffer]:
    """The terms of a customer that begins today; ``None``: of a partner that is not chosen yet, without prices."""
    path = grant.partner.path if grant else ()
    return _of_beginning(
        path, shows=grant is not None and sees_money_below(grant.actor, path), day=settings.day(at), alignment=alignment
    )


def offers_of_reactivation(grant: TermEditor, *, settings: Settings, at: datetime) -> list[TermOffer]:
    """The terms of a customer that starts anew today."""
    customer = grant.customer
    return _of_beginning(
        customer.partner_path, shows=sees_money(grant), day=settings.day(at), alignment=customer.alignment
    )


def _of_beginning(path: Sequence[UUID], *, shows: bool, day: date, alignment: str) -> list[TermOffer]:
    spans: dict[int, tuple[Span, Span | None]] = {}
    for months in TERMS_MONTHS:
        first, anchor_day = first_period(day, term_months=months, alignment=alignment)
        is_stub = alignment == "calendar" and day.day != 1
        full = period_from(first.ends_on, term_months=months, anchor_day=anchor_day) if is_stub else first
        spans[months] = (full, first if is_stub else None)
    return _offers(spans, quotes(path, day=day) if shows else [], {})


def _offers(
    spans: dict[int, tuple[Span, Span | None]], prices: Sequence[Quote], seats: dict[str, int]
) -> list[TermOffer]:
    offers = []
    for months, (period, stub) in spans.items():
        of_term = [quote for quote in prices if quote.term_months == months]
        offers.append(
            TermOffer(
                months,
                period,
                stub,
                discount_percent=max((quote.term_discount_percent for quote in of_term), default=None),
                currency=of_term[0].currency if of_term else "",
                prices=[OfferedPrice(q.type_code, q.unit_price, seats.get(q.type_code, 0)) for q in of_term],
            )
        )
    return offers
