"""The slow oracle's partners and price lists: who pays for a period, and at which unit price."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.oracle.model import Partner, Period, PriceList, Settings
from tests.oracle.seats import Ledger

THE_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


class Faulty(Exception):  # noqa: N818 (a reason for parking, not an error of ours)
    """A customer cannot be billed; the text is the reason it is parked with."""


@dataclass(frozen=True)
class Life:
    """A stretch in which a customer is active, from its creation or a reactivation on: its first term."""

    since: datetime
    term_months: int


@dataclass
class Customer:
    """One customer: its lives, its changes of term (moment, months), its cancellations and its ledger.

    `revoked` is what the last end took, per site and type.
    """

    name: str
    partner: str
    alignment: str
    created_at: datetime
    lives: list[Life]
    not_for_resale: bool = False
    # The sites with a stack tenant; None: all of them, from the beginning.
    attached: set[str] | None = None
    term_changes: list[tuple[datetime, int]] = field(default_factory=list)
    cancellations: list[tuple[datetime, bool]] = field(default_factory=list)
    ended_on: date | None = None
    revoked: dict[tuple[str, str], int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    def has_tenant(self, site: str) -> bool:
        """Whether a stack has the users of a site."""
        return self.attached is None or site in self.attached


class Market:
    """Settings, partners and price lists, as they were known at any moment."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.now = THE_BEGINNING
        self.partners: list[tuple[datetime, Partner]] = []
        self.price_lists: list[tuple[datetime, PriceList]] = []

    def _at(self, at: datetime) -> datetime:
        if at.tzinfo is None or at < self.now:
            raise ValueError(f"{at} is before {self.now}")
        self.now = at.astimezone(UTC)
        return self.now

    def set_partner(self, partner: Partner, at: datetime | None = None) -> None:
        """Create a partner, or say what it is from `at` on (None: it has always been so)."""
        self.partners.append((self._at(at) if at else THE_BEGINNING, partner))

    def add_price_list(self, price_list: PriceList, at: datetime | None = None) -> None:
        """Make a price list known from `at` on (None: always)."""
        self.price_lists.append((self._at(at) if at else THE_BEGINNING, price_list))

    def partner(self, name: str, known_at: datetime) -> Partner:
        """The partner as it was at a moment."""
        versions = [p for at, p in self.partners if p.name == name and at <= known_at]
        return versions[-1]

    def payer_of(self, customer: Customer, known_at: datetime) -> Partner | None:
        """The nearest partner marked payer, from the customer's own upwards."""
        name: str | None = customer.partner
        while name is not None:
            partner = self.partner(name, known_at)
            if partner.payer:
                return partner
            name = partner.parent
        return None

    def _list_price(self, payer: Partner, type_code: str, period: Period, known_at: datetime) -> Decimal | None:
        # The payer's own list names what it overrides; what it does not name comes from the general list (SPEC 7).
        for owner in (payer.name, None):
            valid = [
                price_list
                for at, price_list in self.price_lists
                if at <= known_at
                and price_list.valid_from <= period.start
                and price_list.currency == payer.currency
                and price_list.partner == owner
            ]
            if valid:
                newest = max(valid, key=lambda price_list: price_list.valid_from)
                price = newest.unit_price(type_code, period.term_months, payer.level)
                if price is not None:
                    return price
        return None

    def _moments(self, customer: Customer, period: Period) -> list[datetime]:
        """The period's first moment, then every later one at which a partner or a price changed."""
        first = max(self.settings.midnight(period.start), customer.created_at)
        changes = {at for at, _ in (*self.partners, *self.price_lists)}
        return [first, *sorted(at for at in changes if at > first)]

    def period_payer(self, customer: Customer, period: Period) -> tuple[Partner, datetime]:
        """Who pays for a period, and since when that is known; raises Faulty if nobody does."""
        for moment in self._moments(customer, period):
            payer = self.payer_of(customer, moment)
            if payer is not None:
                return payer, moment
        raise Faulty("missing_payer")

    def period_price(self, customer: Customer, period: Period, type_code: str) -> tuple[Partner, Decimal]:
        """Payer and unit price of a type for a period, fixed when it starts; raises Faulty if missing."""
        payer, since = self.period_payer(customer, period)
        for moment in self._moments(customer, period):
            price = self._list_price(payer, type_code, period, moment) if moment >= since else None
            if price is not None:
                return payer, price
        raise Faulty("missing_price")
