"""The effect of a change on the next invoice as it is shown: in invoice form (SPEC 4, DESIGN)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts
from strapontin.access.scope import reveal_nearest_partner
from strapontin.billing import effects as billing
from strapontin.billing.rating import Line
from strapontin.kit.database import value_of
from strapontin.web.figures.shapes import BillLine, Effect, Tax
from strapontin.web.frame.labels import Types

NOTHING = Decimal("0.00")


def compose(effect: billing.Effect, customer: CustomerFacts, types: Types) -> Effect | None:
    """The customer's lines of the next invoice, those that change beside what they replace.

    ``None`` if the reader sees no amounts, or if a price or the payer's country is missing:
    :func:`is_unpriced` tells which.
    """
    after, without = effect.next_invoice, effect.without
    if after is None or without is None or after.net is None or after.total is None:
        return None
    lines = _lines(after.lines, without.lines, types)
    later = customer.status == "active" and customer.period_ends_on > after.date
    return Effect(
        invoice_date=after.date,
        lines=lines,
        net=after.net,
        taxes=[
            Tax(name=gettext(tax.rule.label), rate=tax.rule.rate_percent, base=tax.base, amount=tax.amount)
            for tax in after.taxes
        ],
        total=after.total,
        currency=after.currency,
        difference=after.net - without.net if without.net is not None else None,
        next_period_on=customer.period_ends_on if later else None,
        next_period_months=customer.pending_term_months or customer.term_months,
    )


def is_unpriced(effect: billing.Effect) -> bool:
    """Whether the reader may see amounts but there are none: seats are not blocked, the customer is parked."""
    return effect.next_invoice is not None and effect.next_invoice.total is None


def unchanged(on: date, currency: str) -> Effect:
    """The effect of asking for nothing."""
    return Effect(invoice_date=on, lines=(), net=NOTHING, taxes=(), total=NOTHING, currency=currency)


def _key(line: Line) -> tuple[str, date, date]:
    return (line.type_code, line.period_starts_on, line.starts_on)


def _lines(after: Sequence[Line], without: Sequence[Line], types: Types) -> list[BillLine]:
    planned = {_key(line): line for line in without}
    lines = []
    for line in after:
        before = planned.pop(_key(line), None)
        changed = before is not None and before.amount != line.amount
        lines.append(bill_line(line, types, replaced=before.amount if changed and before else None))
    # What was planned and is not to be invoiced any more stays visible, at nothing.
    lines += [
        bill_line(replace(line, quantity=0, amount=NOTHING), types, replaced=line.amount) for line in planned.values()
    ]
    places = {code: place for place, code in enumerate(types.codes)}
    return sorted(lines, key=lambda line: (places.get(line.type.code, len(places)), line.start))


def bill_line(line: Line, types: Types, *, replaced: Decimal | None = None) -> BillLine:
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
        replaced=replaced,
    )


def invoicing_partner(actor: Actor) -> str:
    """The name of the partner that invoices a customer's administrator; one query."""
    reveal_nearest_partner(actor)
    name = value_of(str, "SELECT name FROM partner WHERE id = nullif(current_setting('app.nearest', true), '')::uuid")
    return name or ""
