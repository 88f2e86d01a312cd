"""What a change does to the lines of an invoice, as the effect says it: its lines add up to its figure (DESIGN)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from strapontin.billing.rating import Line
from strapontin.kit.money import to_cent
from strapontin.web.figures.differences import differences

D = date.fromisoformat
START, END = D("2026-04-01"), D("2027-04-01")


def line(quantity: int, start: str, end: str = "2027-04-01", *, price: str = "8.55", type_code: str = "voice") -> Line:
    """A line of a period of twelve months, from April to March."""
    days = (D(end) - D(start)).days
    amount = to_cent(quantity * Decimal(price) * 12 * days / 365)
    return Line(
        customer_id=UUID(int=1),
        payer_id=UUID(int=2),
        period_starts_on=START,
        type_code=type_code,
        starts_on=D(start),
        ends_on=D(end),
        quantity=quantity,
        unit_price=Decimal(price),
        currency="EUR",
        months=12,
        days=days,
        period_days=365,
        amount=amount,
        basis="allocated",
    )


def total(lines: Sequence[Line]) -> Decimal:
    """What the lines come to."""
    return sum((line.amount or Decimal(0) for line in lines), Decimal(0))


def test_one_more_is_one_line() -> None:
    planned = line(2, "2026-11-22", type_code="uc", price="15.39")
    (one,) = differences([planned], [planned, line(1, "2026-11-26")])
    assert (one.quantity, one.amount, one.replaced) == (1, Decimal("35.42"), None)


def test_seats_planned_before_are_not_part_of_the_change() -> None:
    """Three seats from the 22nd, then four from the 26th: the change is one seat from the 26th."""
    before = [line(3, "2026-11-22")]
    after = [line(3, "2026-11-22", "2026-11-26"), line(4, "2026-11-26")]
    (one,) = differences(before, after)
    assert one.replaced is not None, "here rounding parts the sums from 1 × 8.55 × 12 × 126/365"
    assert (one.quantity, one.amount - one.replaced) == (4, total(after) - total(before))
    before, after = [line(2, "2026-11-22")], [line(2, "2026-11-22", "2026-11-26"), line(4, "2026-11-26")]
    (two,) = differences(before, after)
    assert (two.quantity, two.amount, two.replaced) == (2, total(after) - total(before), None)
    assert two.lines[0].starts_on == D("2026-11-26")


def test_a_credit_is_fewer_seats() -> None:
    (back,) = differences([line(4, "2026-11-26")], [line(3, "2026-11-26")])
    assert (back.quantity, back.amount, back.replaced) == (-1, Decimal("-35.42"), None)
    assert back.lines[0].quantity == -1


def test_rounding_parts_a_sum_from_its_formula() -> None:
    """1 × 0.05 × 12 × 126/365 is 0.21, 2 × is 0.41: the second seat adds 0.20, which no formula gives."""
    before, after = [line(1, "2026-11-26", price="0.05")], [line(2, "2026-11-26", price="0.05")]
    (one,) = differences(before, after)
    assert (one.quantity, one.amount, one.replaced) == (2, Decimal("0.41"), Decimal("0.21"))
    assert one.lines == after


def test_another_price_replaces_the_line() -> None:
    before, after = line(3, "2026-04-01"), line(3, "2026-04-01", price="7.60")
    (one,) = differences([before], [after])
    assert (one.quantity, one.amount, one.replaced) == (3, after.amount, before.amount)


def test_nothing_changes_nothing() -> None:
    lines = [line(3, "2026-11-22"), line(1, "2026-11-22", type_code="uc")]
    assert differences(lines, list(reversed(lines))) == []
    assert differences([], [replace(line(1, "2026-11-26"), unit_price=Decimal(0), amount=Decimal(0))]) == []


DAYS = st.dates(START, END)


@st.composite
def rated(draw: st.DrawFn) -> list[Line]:
    """Lines of one period, of two types: longest stretches with other quantities, none of nothing."""
    lines = []
    for type_code, price in (("voice", "8.55"), ("uc", "15.39")):
        days = sorted(draw(st.sets(DAYS, max_size=4)))
        for start, end in pairwise(days):
            quantity = draw(st.integers(-3, 6))
            if quantity:
                lines.append(line(quantity, str(start), str(end), price=price, type_code=type_code))
    return lines


@given(before=rated(), after=rated())
def test_the_lines_add_up_to_the_figure(before: list[Line], after: list[Line]) -> None:
    parts = differences(before, after)
    assert sum((part.amount - (part.replaced or 0) for part in parts), Decimal(0)) == total(after) - total(before)
    for part in parts:
        if part.replaced is None:
            (billed,) = part.lines
            exact = billed.quantity * (billed.unit_price or Decimal(0)) * 12 * billed.days / 365
            assert part.amount == to_cent(exact)
            assert billed.days == (billed.ends_on - billed.starts_on).days
