"""Money: lines, taxes and the effect of a change on the next invoice.

Part of ``strapontin.web.shapes``, which says what these values promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from strapontin.web.subscriptions.shapes.overview import TypeLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line of an invoice or of an effect; ``replaced`` is the amount that it takes the place of.

    A negative ``quantity`` is a credit.
    """

    type: TypeLabel
    quantity: int
    unit_price: Decimal
    months: int
    start: date
    end: date
    days: int
    period_days: int
    amount: Decimal
    replaced: Decimal | None = None

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
class Effect:
    """The next invoice's lines of a customer, as a change would make them.

    ``difference`` is the net against what was planned; None where the lines are the whole difference.
    """

    invoice_date: date
    lines: Sequence[BillLine]
    net: Decimal
    taxes: Sequence[Tax]
    total: Decimal
    currency: str
    difference: Decimal | None = None
    next_period_on: date | None = None
    next_period_months: int = 0
