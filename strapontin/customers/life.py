"""What a change of a customer's term or life does to its invoices, shown before it is confirmed (SPEC 3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from strapontin.access.grants import CustomerEditor, TermEditor
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import Applied
from strapontin.allocations.reopening import reactivate_customer
from strapontin.allocations.rules import Plan
from strapontin.billing.effects import Effect, confirm_of, invoice_date_of_next_period, preview_of
from strapontin.customers.operations import change_customer
from strapontin.kit.database import rehearsal
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings


def preview_change(grant: CustomerEditor, *, changes: dict[str, Any], settings: Settings, at: datetime) -> Effect:
    """What :func:`confirm_change` would do to the invoice on which the customer's next period begins.

    ``changes`` as for :func:`strapontin.customers.operations.change_customer`. Refuses what it would refuse.
    """
    with rehearsal():
        apply, on = _change(grant, changes, settings, at)
        return preview_of(grant, apply, on=on, settings=settings, at=at)


def confirm_change(
    grant: CustomerEditor,
    *,
    changes: dict[str, Any],
    digest: str | None,
    settings: Settings,
    at: datetime,
    expected_version: int | None = None,
) -> Effect:
    """Changes the customer. With a ``digest``, either exactly what it showed, or ``preview_outdated``."""
    apply, on = _change(grant, changes, settings, at, expected_version)
    return confirm_of(grant, apply, digest=digest, on=on, settings=settings, at=at)


def preview_reactivation(grant: TermEditor, *, term_months: int | None, settings: Settings, at: datetime) -> Effect:
    """What :func:`confirm_reactivation` would do: the seats that come back, and the next invoice."""
    return preview_of(grant, _reactivation(grant, term_months, settings, at), settings=settings, at=at)


def confirm_reactivation(
    grant: TermEditor, *, term_months: int | None, digest: str | None, settings: Settings, at: datetime
) -> Effect:
    """Reactivates the customer. With a ``digest``, either exactly what it showed, or ``preview_outdated``."""
    return confirm_of(grant, _reactivation(grant, term_months, settings, at), digest=digest, settings=settings, at=at)


def _change(
    grant: CustomerEditor,
    changes: dict[str, Any],
    settings: Settings,
    at: datetime,
    expected_version: int | None = None,
) -> tuple[Callable[[], Applied], date]:
    # Brought to today first: the invoice of the next period is looked at, and which one that is must be known.
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)

    def apply() -> Applied:
        changed = change_customer(grant, changes=changes, settings=settings, at=at, expected_version=expected_version)
        return Applied(changed, Plan(), new_id())

    return apply, invoice_date_of_next_period(customer, settings=settings, at=at)


def _reactivation(
    grant: TermEditor, term_months: int | None, settings: Settings, at: datetime
) -> Callable[[], Applied]:
    return lambda: reactivate_customer(grant, term_months=term_months, settings=settings, at=at)
