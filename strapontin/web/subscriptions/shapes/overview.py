"""The overview: each type, each term, what waits, what comes next.

Part of ``strapontin.web.subscriptions.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from strapontin.web.figures.shapes import Figures
from strapontin.web.subscriptions.shapes.outlook import RunningOutRow


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
    """What waits on the overview; a count of zero leaves its line out. ``soon_full`` counts types on sites."""

    over_seats: int = 0
    over_customers: int = 0
    over_url: str = ""
    full_customers: int = 0
    full_url: str = ""
    soon_full: int = 0
    soon_full_first: Sequence[RunningOutRow] = ()
    soon_full_url: str = ""

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        return not (self.over_customers or self.full_customers or self.soon_full)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """What comes next on the overview: the day on which the next periods begin, and what renews within 60 days."""

    periods_on: date
    periods: int
    term_changes: int
    lowerings: int
    periods_url: str
    renewals: int = 0
    renewals_with_unused: int = 0
    renewals_url: str = ""
