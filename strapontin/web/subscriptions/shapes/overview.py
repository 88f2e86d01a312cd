"""Seats: figures, charts, the overview and the list of customers.

Part of ``strapontin.web.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

CustomerStatus = Literal["active", "expired", "over", "full", "lowering", "term_change", "not_for_resale", "unlimited"]

_TYPE_ICONS = {"voice": "voice", "uc": "uc", "cr": "cr"}


@dataclass(frozen=True, slots=True)
class TypeLabel:
    """A subscription type in the reader's language; ``short_name`` where a column is narrow."""

    code: str
    name: str
    short_name: str = ""

    @property
    def heading(self) -> str:
        """The name for a column head."""
        return self.short_name or self.name

    @property
    def icon(self) -> str:
        """The drawing of the type; types of one's own share the seats."""
        return _TYPE_ICONS.get(self.code, "seats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seats of one type at a site, a customer or a partner.

    ``remaining`` is what a new user may take (SPEC 4).
    """

    type: TypeLabel
    allocated: int
    used: int
    remaining: int
    next_cycle: int
    over: int = 0

    @property
    def empty(self) -> bool:
        """None of this type at all: a dash, unlike 0 for "allocated, nobody"."""
        return not (self.allocated or self.used or self.next_cycle)


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the chart: the seats at the end of the month of ``day``, or today in the running one."""

    day: date
    allocated: int
    used: int


@dataclass(frozen=True, slots=True)
class ChartOfType:
    """Twelve months of one type."""

    type: TypeLabel
    months: Sequence[Month]

    @property
    def change(self) -> int:
        """Seats allocated more, or fewer, than at the first month."""
        return self.months[-1].allocated - self.months[0].allocated


@dataclass(frozen=True, slots=True)
class MonthRow:
    """The same month of several types, a row of the table behind the charts."""

    day: date
    cells: Sequence[Month]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewCard:
    """One type on the overview: figures, and what changed since the last day of last month."""

    figures: Figures
    since: date
    allocated_change: int
    used_change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """The customers of one term, or of all (``months`` 0)."""

    months: int
    customers: int
    cells: Sequence[Figures]
    total: Figures
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What waits on the overview; a count of zero leaves its line out."""

    over_seats: int = 0
    over_customers: int = 0
    over_url: str = ""
    full_customers: int = 0
    full_url: str = ""

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        return not (self.over_customers or self.full_customers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """What comes next on the overview: the day on which the next periods begin."""

    periods_on: date
    periods: int
    term_changes: int
    lowerings: int
    periods_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer in a list.

    ``status_count`` belongs to "over" (seats), ``pending_term_months`` to "term_change".
    """

    name: str
    client_id: str
    url: str
    cells: Sequence[Figures]
    total: Figures
    term_months: int
    next_period_starts_on: date | None
    status: CustomerStatus = "active"
    status_count: int = 0
    pending_term_months: int = 0
