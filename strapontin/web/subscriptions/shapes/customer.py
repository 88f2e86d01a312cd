"""A customer: head, sites, seats above the allocation, changes to come, history.

Part of ``strapontin.web.subscriptions.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from strapontin.web.figures.shapes import Figures
from strapontin.web.frame.labels import TypeLabel

CustomerStatus = Literal["active", "expired", "over", "full", "lowering", "term_change", "not_for_resale", "unlimited"]
SiteState = Literal["free", "full", "over", "lowering", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHead:
    """What the head of a customer's pages says. ``period_end`` is exclusive; no period while expired."""

    name: str
    client_id: str
    term_months: int
    url: str = ""
    period_start: date | None = None
    period_end: date | None = None
    status: CustomerStatus = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """One type of a customer: figures, the next cycle, and the price if the reader may see it."""

    figures: Figures
    next_cycle_on: date | None = None
    unit_price: Decimal | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site of a customer.

    ``stack`` is empty without a tenant; ``full_types`` go with the state "full".
    """

    name: str
    cells: Sequence[Figures]
    state: SiteState
    state_count: int = 0
    full_types: Sequence[TypeLabel] = ()
    stack: str = ""
    synchronized_at: datetime | None = None
    synchronizing: bool = False
    url: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverUse:
    """A type used above its allocation on a site, and the ways out."""

    site: str
    type: TypeLabel
    used: int
    allocated: int
    allocate_url: str = ""
    move_from: str = ""
    move_url: str = ""
    users_url: str = ""

    @property
    def over(self) -> int:
        """The seats above the allocation."""
        return self.used - self.allocated


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A change to come: a lowering, another term, seats to hand back, an exchange to undo, or the end of the seats.

    ``before`` and ``after`` are seats or months; ``on`` is when it takes effect. ``until`` (exclusive) and
    ``added_on`` belong to hand-backs and exchanges, ``from_type`` to exchanges.
    """

    kind: Literal["lowering", "term", "hand_back", "exchange", "end"]
    on: date | None = None
    site: str = ""
    type: TypeLabel | None = None
    from_type: TypeLabel | None = None
    before: int = 0
    after: int = 0
    seats: int = 0
    by: str = ""
    asked_on: date | None = None
    added_on: date | None = None
    until: date | None = None
    action_url: str = ""

    @property
    def type_name(self) -> str:
        """The type concerned, if the change is about one."""
        return self.type.name if self.type else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A row of the history. ``other_site`` is the site from which a move took its seats.

    ``other_type`` is the type that an exchange gave for ``type``; ``undoes`` marks an exchange that was undone.
    """

    recorded_at: datetime
    who: str
    door: str
    site: str
    type: TypeLabel
    delta: int
    quantity_after: int
    other_site: str = ""
    other_type: TypeLabel | None = None
    undoes: bool = False
    effective_on: date | None = None
    reason: str = ""
