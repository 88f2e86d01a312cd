"""The list of customers with their seats.

Part of ``strapontin.web.subscriptions.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from strapontin.web.figures.shapes import Figures
from strapontin.web.frame.labels import TypeLabel
from strapontin.web.subscriptions.shapes.customer import CustomerStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer in a list.

    ``status_count`` belongs to "over" (seats), ``full_types`` to "full", ``pending_term_months`` to "term_change".
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
    full_types: Sequence[TypeLabel] = ()
    pending_term_months: int = 0
