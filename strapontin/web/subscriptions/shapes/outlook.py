"""What is ahead: renewals, unused seats, seats that run out.

Part of ``strapontin.web.subscriptions.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from strapontin.outlook.queries import RunningOut, UnusedSeats


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedRow:
    """Seats of a type on a site that renew and that nobody uses; ``lower_url`` opens the decrease filled in."""

    place: UnusedSeats
    type: str
    lower_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRow:
    """A commitment that renews soon; as many as ``unused`` seats, over all ``places``, are unused ``since`` a day."""

    name: str
    client_id: str
    url: str
    term_months: int
    next_term_months: int
    renews_on: date
    unused: int
    since: date | None
    places: Sequence[UnusedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOutRow:
    """Seats of a type that run out on a site; ``customer`` is empty on the customer's own page."""

    place: RunningOut
    type: str
    allocate_url: str
    customer: str = ""
    customer_url: str = ""
