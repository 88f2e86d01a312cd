"""Seats and money as several nouns show them: small frozen values that a template reads.

They hold figures, dates and names, not sentences: templates hold the words and their translations.
Money is ``Decimal``; every interval is half-open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from strapontin.web.frame.labels import TypeLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seats of one type at a site, a customer or a partner.

    ``remaining`` is what a new user may take (SPEC 4). ``full_sites``: on how many sites there is nothing left of it.
    """

    type: TypeLabel
    allocated: int
    used: int
    remaining: int
    next_cycle: int
    over: int = 0
    full_sites: int = 0

    @property
    def unused(self) -> int:
        """Seats that are allocated and not used; ``remaining`` is shown beside it only if it differs."""
        return max(0, self.allocated - self.used)

    @property
    def empty(self) -> bool:
        """Whether there is no seat of this type: shown as a dash. A 0 means allocated seats that nobody uses."""
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
class BillLine:
    """A line of an invoice or of an effect. A negative ``quantity`` is a credit."""

    type: TypeLabel
    quantity: int
    unit_price: Decimal
    months: int
    start: date
    end: date
    days: int
    period_days: int
    amount: Decimal

    @property
    def seats(self) -> int:
        """How many seats the line is about, credited or charged."""
        return abs(self.quantity)

    @property
    def whole_period(self) -> bool:
        """Whether the line is for every day of its period."""
        return self.days == self.period_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A tax of an invoice; ``rate`` in percent, ``name`` as the country calls it."""

    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """What a change does to one type of the next invoice; ``lines`` have the formulas.

    ``quantity`` seats more, or fewer if negative, for ``amount``. With ``replaced``, ``quantity`` and ``amount`` are
    those after the change, and ``replaced`` is the amount before it.
    """

    type: TypeLabel
    quantity: int
    amount: Decimal
    lines: Sequence[BillLine]
    replaced: Decimal | None = None

    @property
    def seats(self) -> int:
        """How many seats, more or fewer."""
        return abs(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a change does to the amount of the next period, without tax; ``amount`` is None if it is not known yet."""

    on: date
    months: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The customer's part of the next invoice, as a change would make it.

    ``difference`` is its sum after the change less its sum before, both without tax; ``changes`` add up to it.
    ``planned`` are the lines without the change, which add up to ``planned_net``.
    """

    invoice_date: date
    difference: Decimal
    changes: Sequence[ChangeLine]
    planned: Sequence[BillLine]
    planned_net: Decimal
    net: Decimal
    taxes: Sequence[Tax]
    total: Decimal
    currency: str
    renewal: Renewal | None = None
