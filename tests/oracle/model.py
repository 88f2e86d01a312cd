"""The plain values of the slow oracle: settings, price lists, partners, ledger rows, periods, lines.

Nothing here decides anything but dates and roundings; the other rules stand in `seats`, `bills`, `oracle`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")


def to_cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero (SPEC 7: half up for charges, away from zero for credits)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_off(amount: Decimal, percent: Decimal) -> Decimal:
    """`amount` less `percent` per cent, not rounded."""
    return amount * (100 - percent) / 100


def days_between(start: date, end: date) -> list[date]:
    """Every day of the half-open interval [start, end)."""
    return [start + timedelta(days=n) for n in range((end - start).days)]


def days_in_month(day: date) -> int:
    """Number of days of the month that contains `day`."""
    return monthrange(day.year, day.month)[1]


@dataclass(frozen=True)
class Settings:
    """The installation's settings; the defaults are those of SPEC 4, 5 and 7."""

    time_zone: str = "Europe/Paris"
    seats_enforced_from: date = date(2022, 8, 23)
    allocation_billing_from: date = date(2022, 11, 1)
    hand_back_days: int = 7
    invoice_day: int = 1
    vat_percent: Mapping[str, Decimal] = field(default_factory=lambda: {"FR": Decimal(20)})

    def local_day(self, at: datetime) -> date:
        """The date on the provider's wall at the moment `at`."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def midnight(self, day: date) -> datetime:
        """The first moment of `day` on the provider's wall, in UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The last moment of `day`: midnight itself is the next day's (intervals are half-open)."""
        return self.midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


@dataclass(frozen=True)
class PriceList:
    """Monthly list prices per type, with discounts in per cent; general unless it names a `partner`."""

    currency: str
    valid_from: date
    prices: Mapping[str, Decimal]
    term_discounts: Mapping[int, Decimal]
    level_discounts: Mapping[str, Decimal]
    partner: str | None = None

    def unit_price(self, type_code: str, term_months: int, level: str) -> Decimal | None:
        """List × (1 − term discount) × (1 − level discount), rounded once; None if the list does not name the type.

        A discount that the list does not name is 0 (SPEC 7).
        """
        price = self.prices.get(type_code)
        if price is None:
            return None
        term_discount = self.term_discounts.get(term_months, Decimal(0))
        level_discount = self.level_discounts.get(level, Decimal(0))
        return to_cents(percent_off(percent_off(price, term_discount), level_discount))


@dataclass(frozen=True)
class Partner:
    """A reseller as it was from one moment on."""

    name: str
    parent: str | None = None
    level: str = "bronze"
    payer: bool = True
    currency: str = "EUR"
    country: str = "FR"


@dataclass(frozen=True)
class Row:
    """One row of a customer's ledger: `what` is "allocated" or "used"; `why` names the rule that wrote it."""

    what: str
    site: str
    type: str
    delta: int
    recorded_at: datetime
    effective_on: date
    why: str


@dataclass
class Exchanged:
    """Seats of a type exchanged for as many of a dearer one on a site, and how many have not been undone."""

    site: str
    from_type: str
    to_type: str
    day: date
    left: int


@dataclass
class Addition:
    """Seats added by one raise on one local day, and how many of them have not been handed back."""

    type: str
    day: date
    left: int


@dataclass(frozen=True)
class Period:
    """A stretch [start, end) paid at once; `period_days` divides (a stub's: those of its month)."""

    start: date
    end: date
    months: int
    term_months: int
    period_days: int
    stub: bool = False


@dataclass(frozen=True)
class Figures:
    """What is shown of one type on one site (API: `allocated, next_cycle, used, remaining, over`)."""

    allocated: int
    next_cycle: int
    used: int

    @property
    def remaining(self) -> int:
        """Seats free for a new user: never negative."""
        return max(0, min(self.allocated, self.next_cycle) - self.used)

    @property
    def over(self) -> int:
        """Users beyond the allocation."""
        return max(0, self.used - self.allocated)


@dataclass(frozen=True)
class Entry:
    """One consequence of a request: raise, move, hand_back, lowering or withdrawal, of `quantity` seats.

    An exchange, and what undoes one, goes to `to_type`.
    """

    kind: str
    site: str
    type: str
    quantity: int
    effective_on: date
    to_site: str | None = None
    to_type: str | None = None


@dataclass(frozen=True)
class BelowUse:
    """A refused request: per (site, type), how many used seats are in the way."""

    in_the_way: Mapping[tuple[str, str], int]
    code: str = "below_use"


@dataclass(frozen=True)
class NoFreeSeat:
    """A refused claim: how many seats of the type are missing on the site."""

    missing: int
    code: str = "no_free_seat"


@dataclass(frozen=True)
class Refused:
    """Something refused whole, for a reason that needs no figures."""

    code: str


EXPIRED = Refused("customer_expired")
ENDING = Refused("ends_with_period")
ACTIVE = Refused("still_active")


@dataclass(frozen=True)
class Claimed:
    """A seat taken; `allocated` seats were raised for it, `kept` taken back from a lowering."""

    allocated: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Line:
    """One line of an invoice: [start, end) of the period that begins on `period_start`, end exclusive."""

    payer: str
    customer: str
    type: str
    period_start: date
    quantity: int
    unit_price: Decimal
    months: int
    start: date
    end: date
    days: int
    period_days: int
    amount: Decimal


@dataclass(frozen=True)
class Invoice:
    """What one payer owes by one execution of a run; never changes. `issued_on` is its date in law."""

    payer: str
    currency: str
    issued_on: date
    date: date
    lines: tuple[Line, ...]
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class RunResult:
    """What one call of `run` issued, and whom it left parked (customer → reason)."""

    date: date
    cut: datetime
    invoices: Mapping[str, Invoice]
    parked: Mapping[str, str]

    @property
    def lines(self) -> list[Line]:
        """All lines of all payers."""
        return [line for invoice in self.invoices.values() for line in invoice.lines]

    @property
    def net(self) -> Decimal:
        """Sum over the payers; meaningful while all have one currency."""
        return sum((invoice.net for invoice in self.invoices.values()), Decimal("0.00"))
