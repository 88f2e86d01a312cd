"""What is owed: B, C and F of SPEC 7, day by day and seat by seat, and the lines of the difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from tests.oracle.model import Line, Period, Settings, days_between, to_cents
from tests.oracle.seats import Ledger


@dataclass(frozen=True)
class Basis:
    """All that decides the seats to bill to one customer, for the periods of one payer, at one run.

    `issued` are all lines invoiced so far with their invoice's date; `treated_on` are the dates of the runs
    that treated these periods so far, with or without something to bill.
    """

    settings: Settings
    ledger: Ledger
    run_date: date
    cut: datetime
    issued: Sequence[tuple[date, Line]]
    treated_on: Sequence[date]

    def invoiced(self, type_code: str, day: date, *, before: date | None = None) -> int:
        """C: seats already invoiced for `day`; with `before`, only by invoices dated earlier (F)."""
        return sum(
            line.quantity
            for invoice_date, line in self.issued
            if line.type == type_code and line.start <= day < line.end and (before is None or invoice_date < before)
        )

    def allocated(self, type_code: str, day: date) -> int:
        """Seats allocated at the end of `day`, as known at the cut; for later days as scheduled by then."""
        return self.ledger.total("allocated", type_code, on=day, known_at=self.cut)

    def in_use(self, type_code: str) -> int:
        """Seats in use at the end of the run's date, as known at the cut."""
        return self.ledger.total("used", type_code, on=self.run_date, known_at=self.cut)

    def first_rated_on(self, period: Period) -> date | None:
        """Date of the first run that rated the period; None if none has."""
        return min((day for day in self.treated_on if day >= period.start), default=None)

    def to_bill(self, type_code: str, period: Period) -> list[int]:
        """B: the seats that shall be billed for each day of a period."""
        change = self.settings.allocation_billing_from
        first_rated_on = self.first_rated_on(period)
        days = days_between(period.start, period.end)
        if self.run_date < change:
            in_use = self.in_use(type_code)
            if first_rated_on is None:
                return [in_use for _ in days]
            already = [self.invoiced(type_code, day) for day in days]
            return [
                max(seats, in_use) if day >= self.run_date else seats for day, seats in zip(days, already, strict=True)
            ]
        allocated = [self.allocated(type_code, day) for day in days]
        if first_rated_on is None or first_rated_on >= change:
            return allocated
        committed = [self.invoiced(type_code, day, before=change) for day in days]
        return [
            max(seats, now) if day >= change else seats
            for day, seats, now in zip(days, committed, allocated, strict=True)
        ]

    def differences(self, type_code: str, period: Period) -> list[tuple[date, date, int]]:
        """The longest stretches [start, end) of the period with one B − C that is not zero."""
        days = days_between(period.start, period.end)
        daily = [
            (day, seats - self.invoiced(type_code, day))
            for day, seats in zip(days, self.to_bill(type_code, period), strict=True)
        ]
        stretches = []
        for quantity, group in groupby(daily, key=lambda item: item[1]):
            stretch = [day for day, _ in group]
            if quantity:
                stretches.append((stretch[0], stretch[-1] + timedelta(days=1), quantity))
        return stretches


def lines_of_period(
    basis: Basis,
    customer: str,
    period: Period,
    price_of: Callable[[str], tuple[str, Decimal]],
) -> list[Line]:
    """The lines of one period; `price_of(type)` names payer and unit price, asked only where needed."""
    lines = []
    for type_code in basis.ledger.types():
        for start, end, quantity in basis.differences(type_code, period):
            payer, unit_price = price_of(type_code)
            days = (end - start).days
            exact = quantity * unit_price * period.months * days / period.period_days
            lines.append(
                Line(
                    payer=payer,
                    customer=customer,
                    type=type_code,
                    period_start=period.start,
                    quantity=quantity,
                    unit_price=unit_price,
                    months=period.months,
                    start=start,
                    end=end,
                    days=days,
                    period_days=period.period_days,
                    amount=to_cents(exact),
                )
            )
    return lines
