"""The effect of a change on the next invoice as it is shown: the change first, in one figure (SPEC 4, DESIGN)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from strapontin.access.actors import Actor
from strapontin.access.grants import AllocationManager, CustomerFacts
from strapontin.access.scope import reveal_nearest_partner
from strapontin.allocations.rules import Entry
from strapontin.billing import effects as billing
from strapontin.billing.queries import UnitPrice
from strapontin.billing.rating import Line
from strapontin.cycles.queries import sees_money
from strapontin.kit.database import value_of
from strapontin.organisation.settings import Settings
from strapontin.web.figures.differences import Difference, differences
from strapontin.web.figures.shapes import BillLine, ChangeLine, Effect, Renewal, Tax
from strapontin.web.frame.labels import Types

NOTHING = Decimal("0.00")


def compose(
    effect: billing.Effect,
    customer: CustomerFacts,
    types: Types,
    *,
    prices: Mapping[str, UnitPrice] | None = None,
) -> Effect | None:
    """What the change does to the customer's part of the next invoice, and what was planned there without it.

    ``prices`` are those of the running period, for what the next renewal costs. ``None`` if the reader sees no
    amounts, or if a price or the payer's country is missing: :func:`is_unpriced` tells which.
    """
    after, without = effect.next_invoice, effect.without
    if after is None or without is None or after.net is None or after.total is None or without.net is None:
        return None
    places = {code: place for place, code in enumerate(types.codes)}
    changed = differences(without.lines, after.lines)
    changed.sort(key=lambda difference: places.get(difference.type_code, len(places)))
    return Effect(
        invoice_date=after.date,
        difference=after.net - without.net,
        changes=[_change_line(difference, types) for difference in changed],
        planned=[bill_line(line, types) for line in without.lines if line.amount],
        planned_net=without.net,
        net=after.net,
        taxes=[
            Tax(name=gettext(tax.rule.label), rate=tax.rule.rate_percent, base=tax.base, amount=tax.amount)
            for tax in after.taxes
        ],
        total=after.total,
        currency=after.currency,
        renewal=_renewal(effect.entries, after.date, customer, prices or {}),
    )


def is_unpriced(effect: billing.Effect) -> bool:
    """Whether the reader may see amounts but there are none: seats are not blocked, the customer is parked."""
    return effect.next_invoice is not None and effect.next_invoice.total is None


def unchanged(grant: AllocationManager, *, today: date, settings: Settings) -> Effect | None:
    """The effect of asking for nothing; ``None`` if the reader sees no amounts."""
    if not sees_money(grant):
        return None
    return Effect(
        invoice_date=billing.next_invoice_date(today=today, settings=settings),
        difference=NOTHING,
        changes=(),
        planned=(),
        planned_net=NOTHING,
        net=NOTHING,
        taxes=(),
        total=NOTHING,
        currency=settings.currency,
    )


def _renewal(
    entries: Sequence[Entry], invoice_date: date, customer: CustomerFacts, prices: Mapping[str, UnitPrice]
) -> Renewal | None:
    """What the next period costs more or less, at the prices of the running one; a pending term has others."""
    renews = customer.status == "active" and not (customer.cancel_at_end_of_period or customer.not_for_resale)
    seats: dict[str, int] = {}
    for entry in entries:
        seats[entry.type_code] = seats.get(entry.type_code, 0) + entry.delta
    seats = {code: count for code, count in seats.items() if count}
    if not seats or not renews or invoice_date >= customer.period_ends_on:
        return None
    months = customer.pending_term_months or customer.term_months
    amount: Decimal | None = None
    unit_prices = {code: prices[code].unit_price for code in seats if code in prices}
    if months == customer.term_months and len(unit_prices) == len(seats):
        amount = sum((count * unit_prices[code] * months for code, count in seats.items()), NOTHING)
    return Renewal(on=customer.period_ends_on, months=months, amount=amount)


def _change_line(difference: Difference, types: Types) -> ChangeLine:
    return ChangeLine(
        type=types[difference.type_code],
        quantity=difference.quantity,
        amount=difference.amount,
        lines=[bill_line(line, types) for line in difference.lines],
        replaced=difference.replaced,
    )


def bill_line(line: Line, types: Types) -> BillLine:
    """A rated line; one without a price counts as nothing."""
    return BillLine(
        type=types[line.type_code],
        quantity=line.quantity,
        unit_price=line.unit_price or NOTHING,
        months=line.months,
        start=line.starts_on,
        end=line.ends_on,
        days=line.days,
        period_days=line.period_days,
        amount=line.amount or NOTHING,
    )


def invoicing_partner(actor: Actor) -> str:
    """The name of the partner that invoices a customer's administrator; one query."""
    reveal_nearest_partner(actor)
    name = value_of(str, "SELECT name FROM partner WHERE id = nullif(current_setting('app.nearest', true), '')::uuid")
    return name or ""
