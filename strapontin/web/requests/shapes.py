"""Requests in a list, and one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from strapontin.web.figures.shapes import Effect, Figures
from strapontin.web.frame.shapes import Helper


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request in a list. ``amount`` is None if the reader sees none; ``badge`` is a kind of state."""

    customer: str
    url: str
    sites: str
    seats: str
    people: str
    asked_by: str
    asked_at: datetime
    badge: str
    state: str
    answer: str = ""
    amount: Decimal | None = None
    currency: str = ""
    invoice_date: date | None = None
    allocates: bool = True
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class AskedSite:
    """The seats of a type on a site, and how many an approval would allocate there."""

    site: str
    figures: Figures
    new: int = 0

    @property
    def after(self) -> int:
        """The seats allocated after an approval."""
        return self.figures.allocated + self.new


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """A user asked for. ``reach`` is e-mail address and extension; ``url`` leads to the user once it is there."""

    name: str
    reach: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """One request. What the reader may do is told by what is there: addresses to post to, an effect."""

    title: str
    customer: str
    client_id: str
    customer_url: str
    seats: Sequence[str]
    people: Sequence[AskedPerson]
    note: str
    state: str
    asked_by: str
    asked_at: datetime
    is_own: bool
    reminded_on: date | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    committed_until: date | None = None
    places: Sequence[AskedSite] = ()
    effect: Effect | None = None
    amount: Decimal | None = None
    currency: str = ""
    unpriced: bool = False
    allocates: bool = True
    digest: str = ""
    problem: str = ""
    helpers: Sequence[Helper] = ()
    approve_url: str = ""
    decline_url: str = ""
    withdraw_url: str = ""
    remind_url: str = ""
    again_url: str = ""
    next_url: str = ""
    partner: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == "open"
