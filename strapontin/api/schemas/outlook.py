"""What ``/renewals`` and ``/seat-warnings`` answer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from strapontin.api.schemas.common import Answer


class SeatsOut(Answer):
    type: str
    seats: int


class UnusedOut(Answer):
    """Seats that renew and that nobody has used since a day. ``lower_to`` is the quantity without them."""

    site: UUID
    site_name: str
    type: str
    seats: int
    since: date
    lower_to: int


class RenewalOut(Answer):
    id: UUID
    name: str
    client_id: str
    term_months: int
    next_term_months: int
    renews_on: date
    types: list[SeatsOut]
    unused: list[UnusedOut]


class RenewalPage(Answer):
    items: list[RenewalOut]
    next: str | None


class SeatWarningOut(Answer):
    """Seats that run out; ``full_on`` is the day at the pace of the last 30 days, ``told_on`` that of the letter."""

    customer: UUID
    customer_name: str
    site: UUID
    site_name: str
    type: str
    free: int
    full_on: date | None
    told_on: date


class SeatWarningPage(Answer):
    items: list[SeatWarningOut]
    next: str | None
