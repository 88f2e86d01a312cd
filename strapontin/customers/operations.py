"""Creating customers with their first period, and changing them; a new term waits for the next period."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.grants import CustomerCreator, CustomerEditor, CustomerFacts
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import bring_customer_to, lock_customer
from strapontin.cycles.operations import open_first_period
from strapontin.cycles.rules import first_period
from strapontin.journal.operations import record, record_below
from strapontin.kit.changes import different, update, values
from strapontin.kit.database import run, value_of
from strapontin.kit.ids import new_id
from strapontin.kit.text import is_visible, tidy
from strapontin.organisation.models import TERMS_MONTHS, WARN_DAYS_MOST, WARN_FREE_SEATS_MOST
from strapontin.organisation.settings import Settings
from strapontin.outlook.refresh import refresh
from strapontin.refusals import Refusal, expect_version, invalid

_TEXTS = ("name", "client_id", "purchase_order")
_THRESHOLDS = {"warn_free_seats": WARN_FREE_SEATS_MOST, "warn_days": WARN_DAYS_MOST}
FURTHEST_START = timedelta(days=366)

_INSERT = """
INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment, anchor_day,
                      term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,
                      not_for_resale, created_at, version)
VALUES (%(id)s, %(partner)s, %(path)s::uuid[], %(name)s, %(client_id)s, %(purchase_order)s, 'active', %(alignment)s,
        %(anchor_day)s, %(term_months)s, %(starts_on)s, %(starts_on)s, %(ends_on)s, false, %(unlimited)s,
        %(not_for_resale)s, %(at)s, 1)
"""
# Columns that no request may write: the provider alone sets them.
_OF_PROVIDER = frozenset(("unlimited", "not_for_resale"))


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to be created; without ``starts_on`` it starts today."""

    name: str
    term_months: int
    client_id: str = ""
    purchase_order: str = ""
    starts_on: date | None = None
    unlimited: bool = False
    not_for_resale: bool = False


def create_customer(grant: CustomerCreator, *, new: NewCustomer, settings: Settings, at: datetime) -> UUID:
    """Creates a customer under the grant's partner and opens its first period; answers its id.

    Raises ``invalid`` for an empty name, another term than 1, 12 or 36 months, or a start that is not today (the
    provider may also set one in the past year); ``provider_only`` for not-for-resale; ``unlimited_retired`` for
    the flag from ``seats_enforced_from`` on (SPEC 8).
    """
    today = settings.day(at)
    starts_on = new.starts_on or today
    _check(grant, new, starts_on, today, settings)
    span, anchor_day = first_period(starts_on, term_months=new.term_months, alignment=settings.alignment)
    customer_id = new_id()
    path = _path(grant)
    names = {
        "name": tidy(new.name),
        "client_id": tidy(new.client_id),
        "purchase_order": tidy(new.purchase_order),
    }
    terms = {"term_months": new.term_months, "starts_on": starts_on}
    run(
        _INSERT,
        {
            **names,
            **terms,
            "id": customer_id,
            "partner": grant.partner.id,
            "path": [str(partner_id) for partner_id in path],
            "alignment": settings.alignment,
            "anchor_day": anchor_day,
            "ends_on": span.ends_on,
            "unlimited": new.unlimited,
            "not_for_resale": new.not_for_resale,
            "at": at,
        },
    )
    entered = grants.customer(grant.actor, customer_id).customer
    open_first_period(customer_id=customer_id, span=span, at=at)
    bring_customer_to(entered, day=today, at=at)
    record(
        grant.actor,
        action="customer.create",
        at=at,
        object_id=customer_id,
        partner_path=path,
        customer_id=customer_id,
        after={**names, **terms},
    )
    return customer_id


def _path(grant: CustomerCreator) -> list[UUID]:
    """The partner's ancestry, which cannot move before this transaction ends."""
    path = value_of(list[UUID], "SELECT path FROM partner WHERE id = %s FOR SHARE", [grant.partner.id])
    return path or grant.partner.path


def _check(grant: CustomerCreator, new: NewCustomer, starts_on: date, today: date, settings: Settings) -> None:
    if not is_visible(tidy(new.name)):
        raise invalid(_("This cannot be empty."), field="name")
    if new.term_months not in TERMS_MONTHS:
        raise invalid(_("A term is 1, 12 or 36 months."), field="term_months")
    if starts_on > today or starts_on < today - FURTHEST_START:
        raise invalid(_("A customer starts today, or on a day of the past year."), field="starts_on")
    if starts_on != today:
        grants.provider(grant.actor)
    if new.not_for_resale:
        grants.provider(grant.actor)
    if new.unlimited and today >= settings.seats_enforced_from:
        raise Refusal("unlimited_retired", date=settings.seats_enforced_from)
    if new.unlimited:
        grants.provider(grant.actor)


def change_customer(
    grant: CustomerEditor,
    *,
    changes: dict[str, Any],
    settings: Settings,
    at: datetime,
    expected_version: int | None = None,
) -> CustomerFacts:
    """Applies ``name``, ``client_id``, ``purchase_order``, ``term_months``, ``cancel_at_end_of_period``, ``archived``,
    ``unlimited``, ``not_for_resale``, ``warn_free_seats`` and ``warn_days``.

    Another ``term_months`` becomes pending and applies from the next period; the current value withdraws it.
    ``cancel_at_end_of_period`` ends the customer with its running period; ``False`` takes that back. Another
    threshold counts at once for the warnings. ``not_for_resale`` decides on the limit of seats at once, and on
    invoices from the next period on. Answers the customer after. Raises ``changed_meanwhile`` if
    ``expected_version`` is not the present one, ``scope_too_small`` if a customer's own administrator sets the
    term, cancels or archives, ``customer_expired`` for a term or a cancellation after the end, ``ends_with_period``
    for another term of a customer that is cancelled, ``not_expired`` for an active one that is to be archived;
    ``provider_only`` and ``unlimited_retired`` as :func:`create_customer`.
    """
    before = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    expect_version(expected_version, before.version)
    cancelled, pending = before.cancel_at_end_of_period, before.pending_term_months
    if "cancel_at_end_of_period" in changes:
        _refuse_end(grant, before)
        cancelled = bool(changes["cancel_at_end_of_period"])
    if "term_months" in changes:
        pending = _pending_term(grant, before, changes["term_months"], cancelled=cancelled)
    texts = {field: tidy(changes[field]) if field in changes else getattr(before, field) for field in _TEXTS}
    if "name" in changes and not is_visible(texts["name"]):
        raise invalid(_("This cannot be empty."), field="name")
    after = {
        **texts,
        **_thresholds(before, changes),
        "pending_term_months": pending,
        "cancel_at_end_of_period": cancelled,
    }
    after |= _flags(grant, before, changes, settings=settings, at=at)
    changed = different(after, before)
    if not changed:
        return before
    with as_billing() if changed.keys() & _OF_PROVIDER else nullcontext():
        update("customer", {"id": before.id, "version": before.version}, changed)
    if not changed.keys().isdisjoint(_THRESHOLDS):
        refresh([before.id], settings=settings, today=settings.day(at), held=True)
    record_below(
        grant,
        action="customer.change",
        at=at,
        object_id=before.id,
        before=values(changed, before),
        after=changed,
    )
    return grants.customer(grant.actor, before.id).customer


def _thresholds(before: CustomerFacts, changes: dict[str, Any]) -> dict[str, int | None]:
    """The thresholds of the warning after a change; ``invalid`` for one that cannot be."""
    thresholds = {}
    for field, most in _THRESHOLDS.items():
        value = thresholds[field] = changes.get(field, getattr(before, field))
        if value is not None and not 1 <= value <= most:
            raise invalid(_("A threshold lies within its bounds."), field=field)
    return thresholds


def _pending_term(grant: CustomerEditor, before: CustomerFacts, months: int, *, cancelled: bool) -> int | None:
    """The pending term once ``months`` are asked for; ``None`` if that is the present term."""
    if months not in TERMS_MONTHS:
        raise invalid(_("A term is 1, 12 or 36 months."), field="term_months")
    if grant.actor.scope == "customer":
        raise Refusal("scope_too_small")
    if months == before.term_months:
        return None
    if months != before.pending_term_months:
        _refuse_end(grant, before)
        if cancelled:
            raise Refusal("ends_with_period", date=before.period_ends_on)
    return months


def _flags(
    grant: CustomerEditor, before: CustomerFacts, changes: dict[str, Any], *, settings: Settings, at: datetime
) -> dict[str, bool | datetime | None]:
    """Those of the flags that ``changes`` name, as they will be."""
    flags: dict[str, bool | datetime | None] = {name: bool(changes[name]) for name in _OF_PROVIDER if name in changes}
    if different(flags, before):
        grants.provider(grant.actor)
        if flags.get("unlimited") and not before.unlimited and settings.day(at) >= settings.seats_enforced_from:
            raise Refusal("unlimited_retired", date=settings.seats_enforced_from)
    if "archived" not in changes:
        return flags
    if grant.actor.scope == "customer":
        raise Refusal("scope_too_small")
    if changes["archived"] and before.status != "expired":
        raise Refusal("not_expired")
    return flags | {"archived_at": (before.archived_at or at) if changes["archived"] else None}


def _refuse_end(grant: CustomerEditor, before: CustomerFacts) -> None:
    """What is about the commitment: not for a customer's own administrator, and not after the end."""
    if grant.actor.scope == "customer":
        raise Refusal("scope_too_small")
    if before.status != "active":
        raise Refusal("customer_expired", date=before.period_ends_on)
