"""What the pages of imports show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from strapontin.web.figures.shapes import Effect
from strapontin.web.frame.labels import TypeLabel
from strapontin.web.frame.shapes import Action, Helper, Option


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """The new users of a site and type, and how many seats are missing for them."""

    site: str
    type: TypeLabel
    users: int
    missing: int


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file, by its number from 1, and the choices of what it is for."""

    number: int
    head: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What can be confirmed: the users, and the seats that are allocated with them.

    ``effect`` is ``None`` if nothing is allocated, or if the reader sees no amount. ``problem`` says why the reader may
    not allocate so many seats; ``actions`` lead to a request for them.
    """

    users: int
    missing: int
    may_allocate: bool
    effect: Effect | None
    unpriced: bool
    digest: str
    problem: str
    actions: Sequence[Action]
    partner: str
    helpers: Sequence[Helper]


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What a change by spreadsheet does to a customer: seats at once and with the next cycle, and the next invoice.

    ``difference`` is ``None`` if a price is missing. Unless ``priced``, amounts are not for the reader.
    """

    customer: str
    now: int
    later: int
    priced: bool
    difference: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class BulkTypeRow:
    """Seats of a type that come or go over all customers: at once, and with the next cycles."""

    type: TypeLabel
    now: int
    later: int
