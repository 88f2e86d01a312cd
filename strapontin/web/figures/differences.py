"""What a change does to the lines of an invoice, by type: the lines after it beside those before it (DESIGN)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from strapontin.billing.rating import Line
from strapontin.kit.money import to_cent


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does to one type in one period.

    ``quantity`` seats more, or fewer if negative, for ``amount``; ``lines`` has the one whose formula gives it. If no
    formula gives the amount (rounding, or another price), ``replaced`` is what the lines before came to: ``quantity``
    and ``amount`` are then those after the change, and ``lines`` all lines that changed.
    """

    type_code: str
    quantity: int
    amount: Decimal
    lines: Sequence[Line]
    replaced: Decimal | None = None


@dataclass(slots=True)
class _Group:
    """The lines of one type and period that only one of the two invoices has."""

    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)


def differences(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """What ``after`` has other than ``before``; the amounts add up to the difference of the two sums."""
    groups: dict[tuple[str, date], _Group] = defaultdict(_Group)
    for line in before:
        if line not in after:
            groups[line.type_code, line.period_starts_on].before.append(line)
    for line in after:
        if line not in before:
            groups[line.type_code, line.period_starts_on].after.append(line)
    parts = [difference for group in groups.values() for difference in _of_group(group)]
    return [difference for difference in parts if difference.amount or difference.replaced]


def _of_group(group: _Group) -> list[Difference]:
    before, after = _sum(group.before), _sum(group.after)
    if len({(line.unit_price, line.months, line.period_days) for line in (*group.before, *group.after)}) == 1:
        stretches = _stretches(group)
        if _sum(stretches) == after - before:
            return [Difference(line.type_code, line.quantity, line.amount or Decimal(0), [line]) for line in stretches]
    type_code = (group.after or group.before)[0].type_code
    last = max(group.after, key=lambda line: line.starts_on).quantity if group.after else 0
    return [Difference(type_code, last, after, group.after, before)]


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines if line.amount is not None), Decimal("0.00"))


def _stretches(group: _Group) -> list[Line]:
    """Lines that bill the seats between before and after: one for each longest stretch of days with as many."""
    any_line = (group.after or group.before)[0]
    signed = [(1, line) for line in group.after] + [(-1, line) for line in group.before]
    days = sorted({day for _sign, line in signed for day in (line.starts_on, line.ends_on)})
    stretches: list[Line] = []
    for start, end in pairwise(days):
        seats = sum(sign * line.quantity for sign, line in signed if line.starts_on <= start < line.ends_on)
        if stretches and stretches[-1].ends_on == start and stretches[-1].quantity == seats:
            start = stretches.pop().starts_on
        if seats:
            stretches.append(_billed(replace(any_line, starts_on=start, ends_on=end, quantity=seats)))
    return stretches


def _billed(line: Line) -> Line:
    days = (line.ends_on - line.starts_on).days
    exact = line.quantity * (line.unit_price or Decimal(0)) * line.months * days / line.period_days
    return replace(line, days=days, amount=to_cent(exact))
