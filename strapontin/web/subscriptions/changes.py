"""Changes of a customer's seats and term: those to come, and those that the ledger has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy

from strapontin.access.grants import CustomerFacts
from strapontin.allocations.automatic import reason_in_words
from strapontin.allocations.exchanges import Exchanged
from strapontin.allocations.queries import LedgerRow, ReturnableRaise, ScheduledLowering
from strapontin.web.frame import labels
from strapontin.web.frame.labels import Types
from strapontin.web.subscriptions.shapes.customer import HistoryRow, Pending

LocalDay = Callable[[datetime], date]
"""Makes the provider's local date of a moment."""


# Why rows stand there that no person asked for.
_REASONS = {"revoke": gettext_lazy("End of the subscription"), "reopen": gettext_lazy("Reactivation")}


def pending_changes(
    customer: CustomerFacts,
    types: Types,
    *,
    scheduled: Iterable[ScheduledLowering],
    returnable: Iterable[ReturnableRaise],
    exchanged: Iterable[Exchanged],
    may_set_term: bool,
    local_day: LocalDay,
) -> list[Pending]:
    """Changes to come, each with its way back; ``returnable`` can be handed back, ``exchanged`` can be undone."""
    pending = [_lowering(customer, types, change, local_day) for change in scheduled]
    # A customer that ends has no next term; if the end is taken back, the planned one stands again.
    if customer.pending_term_months and not customer.cancel_at_end_of_period:
        pending.append(
            Pending(
                kind="term",
                on=customer.period_ends_on,
                before=customer.term_months,
                after=customer.pending_term_months,
                action_url=reverse("term_withdraw", args=[customer.id]) if may_set_term else "",
            )
        )
    if customer.cancel_at_end_of_period:
        back = reverse("cancellation_withdraw", args=[customer.id]) if may_set_term else ""
        pending.append(Pending(kind="end", on=customer.period_ends_on, action_url=back))
    if customer.status != "active":
        return pending
    pending += [_returnable(customer, types, raising) for raising in returnable]
    return pending + [_exchanged(customer, types, exchange) for exchange in exchanged]


def _lowering(customer: CustomerFacts, types: Types, change: ScheduledLowering, local_day: LocalDay) -> Pending:
    return Pending(
        kind="lowering",
        on=change.effective_on,
        site=change.site_name,
        type=types[change.type_code],
        before=change.allocated,
        after=change.next_cycle,
        by=change.actor_name or "",
        asked_on=local_day(change.recorded_at),
        action_url=reverse("withdraw", args=[customer.id, change.site_id, change.type_code]),
    )


def _returnable(customer: CustomerFacts, types: Types, raising: ReturnableRaise) -> Pending:
    url = reverse("hand_back", args=[customer.id, raising.site_id, raising.type_code])
    return Pending(
        kind="hand_back",
        site=raising.site_name,
        type=types[raising.type_code],
        seats=raising.seats,
        added_on=raising.effective_on,
        until=raising.until,
        action_url=f"{url}?seats={raising.seats}",
    )


def _exchanged(customer: CustomerFacts, types: Types, exchange: Exchanged) -> Pending:
    return Pending(
        kind="exchange",
        site=exchange.site_name,
        type=types[exchange.to_type],
        from_type=types[exchange.from_type],
        seats=exchange.seats,
        added_on=exchange.effective_on,
        until=exchange.until,
        action_url=reverse("exchange_undo", args=[customer.id, exchange.id]),
    )


def past_changes(ledger: Iterable[LedgerRow], types: Types, *, local_day: LocalDay) -> list[HistoryRow]:
    """Entries of the ledger as people read them: of the two entries of a move or an exchange, that of the taker."""
    return [
        HistoryRow(
            recorded_at=entry.recorded_at,
            who=labels.who(entry.actor_name, entry.actor_kind),
            door=labels.door(entry.door),
            site=entry.site_name,
            type=types[entry.type_code],
            delta=entry.delta,
            quantity_after=entry.quantity_after,
            other_site=entry.counterpart_name or "",
            other_type=types[entry.counterpart_type] if entry.counterpart_type else None,
            undoes=entry.kind == "exchange_in" and entry.reverses_id is not None,
            effective_on=entry.effective_on if entry.effective_on != local_day(entry.recorded_at) else None,
            reason=reason_in_words(entry.reason) or str(_REASONS.get(entry.kind, "")),
        )
        for entry in ledger
        if entry.kind not in ("move_out", "exchange_out")
    ]
