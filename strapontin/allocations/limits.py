"""What a customer's own administrators may change without their partner (limits, API.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from strapontin.access.actors import Actor
from strapontin.access.grants import TermEditor
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.rules import Plan
from strapontin.cycles.queries import sees_money
from strapontin.journal.operations import record_below
from strapontin.kit.changes import different
from strapontin.kit.database import row_of, run, statement
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid

MOST_SEATS = 1_000_000
MOST_MONEY = Decimal("1000000000.00")

_READ = "SELECT seats_per_month, amount_per_month, may_lower, may_raise FROM customer_limit WHERE customer_id = %s"
_WRITE = """
INSERT INTO customer_limit (customer_id, seats_per_month, amount_per_month, may_lower, may_raise)
VALUES (%(customer)s, %(seats_per_month)s, %(amount_per_month)s, %(may_lower)s, %(may_raise)s)
ON CONFLICT (customer_id) DO UPDATE
   SET seats_per_month = excluded.seats_per_month, amount_per_month = excluded.amount_per_month,
       may_lower = excluded.may_lower, may_raise = excluded.may_raise
"""
_ADDED = statement(__file__, "added.sql")

Kind = Literal["raise", "seats", "amount"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be added in a calendar month: seats, and what they cost without tax; ``None``: without limit."""

    seats_per_month: int | None = None
    amount_per_month: Decimal | None = None
    may_lower: bool = True
    may_raise: bool = True


@dataclass(frozen=True, slots=True)
class _Added:
    seats: int
    seats_of_change: int
    amount: Decimal
    amount_of_change: Decimal


def limits_of(grant: TermEditor) -> Limits:
    """The limits of the customer. A reader below the payer is told no amount."""
    limits = row_of(Limits, _READ, [grant.customer.id]) or Limits()
    return limits if sees_money(grant) else _without_amount(limits)


def set_limits(grant: TermEditor, *, limits: Limits, settings: Settings, at: datetime) -> None:
    """Replaces the limits of the customer. What was added already in the running month counts.

    Below the payer no amount can be set, and the one that the payer has set stays: ``scope_too_small``. Raises
    ``invalid`` for less than nothing or more than 1,000,000 seats.
    """
    if limits.seats_per_month is not None and not 0 <= limits.seats_per_month <= MOST_SEATS:
        raise invalid(_("A quantity lies between 0 and 1,000,000."), field="seats_per_month")
    if limits.amount_per_month is not None and not 0 <= limits.amount_per_month < MOST_MONEY:
        raise invalid(_("An amount lies between 0 and 1,000,000,000."), field="amount_per_month")
    # A change that is under way ends under the former limits.
    lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    before = row_of(Limits, _READ, [grant.customer.id]) or Limits()
    after = asdict(limits)
    if not sees_money(grant):
        if limits.amount_per_month is not None:
            raise Refusal("scope_too_small")
        after["amount_per_month"] = before.amount_per_month
    changed = different(after, before)
    if not changed:
        return
    run(_WRITE, {**after, "customer": grant.customer.id})
    # The customer reads the journal, and is told no amount.
    told = {field: "…" if field == "amount_per_month" else value for field, value in changed.items()}
    record_below(grant, action="customer.limit", at=at, object_id=grant.customer.id, after=told)


def keep_limits(actor: Actor, customer_id: UUID, plan: Plan, *, change_id: UUID) -> None:
    """Refuses a change that has just been written if the actor is the customer's own, and it is above the limits.

    The caller holds the customer, so that no other change counts at the same time. Raises ``above_limit`` with the
    ``limit`` ("raise", "seats" or "amount") and ``seats_left``, ``lowering_not_allowed``.
    """
    if actor.scope != "customer":
        return
    # A customer reads no amount; the billing role does.
    with as_billing():
        limits = row_of(Limits, _READ, [customer_id])
        if limits is None:
            return
        if not limits.may_lower and any(entry.kind == "lower" for entry in plan.entries):
            raise Refusal("lowering_not_allowed")
        days = [entry.effective_on for entry in plan.entries if entry.kind not in ("lower", "withdraw")]
        added = _added(customer_id, change_id, days[0]) if days else None
    if added is not None:
        _refuse_above(limits, added)


def _added(customer_id: UUID, change_id: UUID, day: date) -> _Added | None:
    return row_of(_Added, _ADDED, {"customer": customer_id, "change": change_id, "day": day})


def _refuse_above(limits: Limits, added: _Added) -> None:
    seats, amount = added.seats_of_change, added.amount_of_change
    if not limits.may_raise and (seats > 0 or amount > 0):
        raise above_limit("raise", 0)
    if limits.seats_per_month is not None and seats > 0 and added.seats > limits.seats_per_month:
        raise above_limit("seats", max(0, limits.seats_per_month - (added.seats - seats)))
    if limits.amount_per_month is not None and amount > 0 and added.amount > limits.amount_per_month:
        raise above_limit("amount", None)


_REASONS: dict[Kind, object] = {
    "raise": _("seats of this customer are added on request only."),
    "seats": _("no more seat can be added this month."),
    "amount": _("the budget of this month does not allow it."),
}
_SEATS_LEFT = ngettext_lazy(
    "{seats_left} seat can still be added this month.",
    "{seats_left} seats can still be added this month.",
    "seats_left",
)


def above_limit(limit: Kind, seats_left: int | None) -> Refusal:
    """The refusal of what is above a limit; ``seats_left`` are those that can still be added, if seats are counted."""
    explanation = _SEATS_LEFT.format(seats_left=seats_left) if seats_left else _REASONS[limit]
    return Refusal("above_limit", limit=limit, seats_left=seats_left, explanation=explanation)


def _without_amount(limits: Limits) -> Limits:
    return Limits(limits.seats_per_month, None, limits.may_lower, limits.may_raise)
