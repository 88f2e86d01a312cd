"""The effect of a change as it is shown: in invoice form beside what happens to each type (SPEC 4, DESIGN)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext

from strapontin.access.grants import CustomerFacts
from strapontin.allocations.rules import Entry
from strapontin.billing import effects as billing
from strapontin.billing.rating import Line
from strapontin.web import format as fmt
from strapontin.web import shapes as s
from strapontin.web.frame.labels import Types

NOTHING = Decimal("0.00")


def compose(effect: billing.Effect, customer: CustomerFacts, types: Types) -> s.Effect | None:
    """The customer's lines of the next invoice, those that change beside what they replace.

    ``None`` where the reader sees no amounts, or where a price or the payer's country is missing:
    :func:`is_unpriced` tells which.
    """
    after, without = effect.next_invoice, effect.without
    if after is None or without is None or after.net is None or after.total is None:
        return None
    lines = _lines(after.lines, without.lines, types)
    later = customer.status == "active" and customer.period_ends_on > after.date
    return s.Effect(
        invoice_date=after.date,
        lines=lines,
        net=after.net,
        taxes=[
            s.Tax(name=gettext(t.rule.label), rate=t.rule.rate_percent, base=t.base, amount=t.amount)
            for t in after.taxes
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


def unchanged(on: date, currency: str) -> s.Effect:
    """The effect of asking for nothing."""
    return s.Effect(invoice_date=on, lines=(), net=NOTHING, taxes=(), total=NOTHING, currency=currency)


def _key(line: Line) -> tuple[str, date, date]:
    return (line.type_code, line.period_starts_on, line.starts_on)


def _lines(after: Sequence[Line], without: Sequence[Line], types: Types) -> list[s.BillLine]:
    planned = {_key(line): line for line in without}
    shown = []
    for line in after:
        before = planned.pop(_key(line), None)
        changed = before is not None and before.amount != line.amount
        shown.append(bill_line(line, types, replaced=before.amount if changed and before else None))
    # What was planned and is not to be invoiced any more stays visible, at nothing.
    shown += [
        bill_line(replace(line, quantity=0, amount=NOTHING), types, replaced=line.amount) for line in planned.values()
    ]
    places = {code: place for place, code in enumerate(types.codes)}
    return sorted(shown, key=lambda line: (places.get(line.type.code, len(places)), line.start))


def bill_line(line: Line, types: Types, *, replaced: Decimal | None = None) -> s.BillLine:
    """A rated line; one without a price counts as nothing."""
    return s.BillLine(
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


@dataclass(frozen=True, slots=True)
class Frame:
    """What consequences are told against: today, the customer's cycle, and the days for handing back."""

    today: date
    hand_back_days: int
    next_cycle_on: date
    site_names: Mapping[UUID, str]

    @property
    def hand_back_until(self) -> date:
        """The day after the last on which seats added today can be handed back."""
        return self.today + timedelta(days=self.hand_back_days)


def consequences(
    entries: Iterable[Entry], figures: s.Figures, frame: Frame, raised: Sequence[Mapping[str, Any]]
) -> list[s.Consequence]:
    """What happens to one type of one site, in the order in which it happens.

    ``raised`` are this type's raises that can still be handed back, the newest first.
    """
    said: list[s.Consequence] = []
    back = 0
    for entry in entries:
        if entry.kind == "hand_back":
            back -= entry.delta
        elif entry.kind == "raise":
            said.append(
                s.Consequence(
                    kind="raise",
                    seats=entry.delta,
                    until=frame.hand_back_until,
                    committed_until=frame.next_cycle_on if frame.next_cycle_on > frame.hand_back_until else None,
                )
            )
        elif entry.kind in ("move_in", "move_out"):
            other = frame.site_names.get(entry.counterpart_site_id or UUID(int=0), "")
            kind = "move_in" if entry.kind == "move_in" else "move_out"
            said.append(s.Consequence(kind=kind, seats=abs(entry.delta), other_site=other))  # type: ignore[arg-type]
    if back:
        said.append(_handed_back(back, raised, frame))
    return said + _scheduled(entries, figures, frame) or [_unchanged(figures)]


def _handed_back(seats: int, raised: Sequence[Mapping[str, Any]], frame: Frame) -> s.Consequence:
    days, left = set(), seats
    for each in raised:
        if left > 0:
            days.add(each["effective_on"])
            left -= each["seats"]
    if len(days) != 1:
        return s.Consequence(kind="hand_back", seats=seats)
    day = days.pop()
    return s.Consequence(kind="hand_back", seats=seats, on=day, until=day + timedelta(days=frame.hand_back_days))


def _scheduled(entries: Iterable[Entry], figures: s.Figures, frame: Frame) -> list[s.Consequence]:
    later = [entry for entry in entries if entry.kind in ("lower", "withdraw")]
    if not later:
        return []
    at_once = sum(e.delta for e in entries if e.effective_on <= frame.today)
    allocated, after = figures.allocated + at_once, later[-1].quantity_after
    if after >= allocated:
        return [s.Consequence(kind="withdrawn", before=figures.allocated, after=figures.next_cycle)]
    return [s.Consequence(kind="lowering", before=allocated, after=after, on=later[-1].effective_on)]


def _unchanged(figures: s.Figures) -> s.Consequence:
    if figures.allocated and figures.used == figures.allocated == figures.next_cycle:
        return s.Consequence(kind="full", seats=figures.allocated)
    return s.Consequence(kind="unchanged")


def sentences(rows: Iterable[s.AllocationRow]) -> str:
    """What was done, for the note after it: one sentence for each thing that happened."""
    told = ((row.figures.type.name, _sentence(each)) for row in rows for each in row.consequences)
    return " ".join(f"{name}{gettext(': ')}{sentence}" for name, sentence in told if sentence)


def _sentence(c: s.Consequence) -> str:
    known: dict[str, Any] = {"seats": c.seats, "before": c.before, "after": c.after, "site": c.other_site}
    language = get_language() or "en"
    known["on"] = fmt.day(c.on, language=language) if c.on else ""
    texts = {
        "raise": ngettext("%(seats)s seat allocated at once.", "%(seats)s seats allocated at once.", c.seats),
        "hand_back": ngettext("%(seats)s seat handed back at once.", "%(seats)s seats handed back at once.", c.seats),
        "lowering": gettext(
            "the decrease from %(before)s to %(after)s takes effect on %(on)s. You can withdraw it until then."
        ),
        "withdrawn": gettext("the scheduled decrease from %(before)s to %(after)s is withdrawn."),
        "move_in": ngettext(
            "%(seats)s seat moved here from %(site)s.", "%(seats)s seats moved here from %(site)s.", c.seats
        ),
        "move_out": ngettext("%(seats)s seat moved to %(site)s.", "%(seats)s seats moved to %(site)s.", c.seats),
    }
    return texts.get(c.kind, "") % known
