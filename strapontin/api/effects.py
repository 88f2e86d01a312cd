"""The effect of a change in REST: its ledger entries, and the next invoice if the reader may see amounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from strapontin.access.grants import UserManager
from strapontin.allocations.rules import Entry, Exchange, Place
from strapontin.api.answers import money, percent
from strapontin.billing.effects import Effect, NextInvoice, confirm_for_users, preview_exchange_of_seat
from strapontin.billing.rating import Line
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal


def show_entry(entry: Entry) -> dict[str, Any]:
    """A ledger entry that was written, or would be."""
    return {
        "site": entry.site_id,
        "type": entry.type_code,
        "kind": entry.kind,
        "effective_on": entry.effective_on,
        "delta": entry.delta,
        "quantity_after": entry.quantity_after,
    }


def show_effect(effect: Effect) -> dict[str, Any]:
    """The ledger entries of a change, and the customer's part of the next invoice."""
    invoice = show_next_invoice(effect.next_invoice) if effect.next_invoice else None
    return {
        "entries": [show_entry(entry) for entry in effect.entries],
        "effect": {"next_invoice": invoice, "digest": effect.digest},
    }


def show_next_invoice(invoice: NextInvoice) -> dict[str, Any]:
    """The next invoice. Sums are ``None`` if a price is missing."""
    return {
        "date": invoice.date,
        "lines": [show_line(line) for line in invoice.lines],
        "net": _money(invoice.net),
        "taxes": [
            {
                "category": tax.rule.category,
                "rate": percent(tax.rule.rate_percent),
                "base": money(tax.base),
                "amount": money(tax.amount),
            }
            for tax in invoice.taxes
        ],
        "tax": _money(invoice.tax),
        "total": _money(invoice.total),
        "currency": invoice.currency,
    }


def show_line(line: Line) -> dict[str, Any]:
    """A line of the next invoice; ``end`` is exclusive."""
    return {
        "customer": line.customer_id,
        "type": line.type_code,
        "kind": "seats",
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price),
        "months": line.months,
        "start": line.starts_on,
        "end": line.ends_on,
        "days": line.days,
        "period_days": line.period_days,
        "amount": _money(line.amount),
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else money(amount)


@contextmanager
def fresh_effect_shown() -> Iterator[None]:
    """Shows the fresh effect of a ``preview_outdated`` as a preview does."""
    try:
        yield
    except Refusal as refusal:
        if "fresh" in refusal.facts:
            refusal.facts |= show_effect(refusal.facts.pop("fresh"))
        raise


def confirm_for_user(grant: UserManager, place: Place, *, digest: str, settings: Settings, at: datetime) -> None:
    """Raises ``preview_outdated`` if one more user would not have exactly the effect of ``digest``."""
    with fresh_effect_shown():
        confirm_for_users(grant, place=place, seats=1, digest=digest, settings=settings, at=at)


def confirm_seat_exchange(
    grant: UserManager, exchange: Exchange, *, digest: str, settings: Settings, at: datetime
) -> None:
    """Raises ``preview_outdated`` if exchanging a user's seat would not have exactly the effect of ``digest``."""
    with fresh_effect_shown():
        preview_exchange_of_seat(grant, exchange=exchange, settings=settings, at=at).expect(digest)
