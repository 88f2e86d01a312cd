"""The effect of a change before it is confirmed, by the same code that will bill (SPEC 4).

A preview makes the change inside a savepoint, brings the customer to the next invoice's date, rates it, and rolls
the savepoint back. Its digest stands for the effect it showed. A confirmation with this digest has exactly that effect
or is refused.

The digest covers prices, and those who may not see prices get it, too. So it is made with the secret key: who lacks the
key cannot try out prices on it. It tells them that the effect has changed, not what it costs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings as environment
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from strapontin.access.grants import AllocationManager, UserManager
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import bring_to, hold_customer
from strapontin.allocations.operations import Applied, Backdated, allocate_for_many, apply_changes, lock_place
from strapontin.allocations.rules import Change, Entry, Place
from strapontin.billing.rating import Line, rate
from strapontin.billing.taxes import TaxAmount, taxation, taxes_on
from strapontin.cycles.operations import complete_periods
from strapontin.cycles.queries import sees_money
from strapontin.kit.database import exists, rehearsal, row_of
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal

_PURPOSE = "strapontin.billing.effects"
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_RUN_MADE = "SELECT 1 FROM billing_run WHERE date = %s AND NOT preview AND cut IS NOT NULL"
_PAYER = """
SELECT p.country, p.region, p.vat_number, p.currency FROM period q JOIN partner p ON p.id = q.payer_id
 WHERE q.customer_id = %s AND q.starts_on <= %s ORDER BY q.starts_on DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """This customer's part of the next invoice; ``net`` is ``None`` if a price is missing."""

    date: date
    lines: list[Line]
    net: Decimal | None
    taxes: list[TaxAmount]
    tax: Decimal | None
    total: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does: ledger entries, the invoice after it, and (for comparison) without it.

    The invoices are ``None`` for scopes below the payer; the digest covers them all the same. ``digests`` has one for
    each secret key, the present key first: after a change of the key, what was shown before can still be confirmed.
    """

    entries: list[Entry]
    next_invoice: NextInvoice | None
    without: NextInvoice | None
    digests: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Stands for this effect."""
        return self.digests[0]

    def expect(self, digest: str) -> None:
        """Raises ``preview_outdated`` with this effect as ``fresh`` if ``digest`` stands for another one."""
        if not any(constant_time_compare(digest, own) for own in self.digests):
            raise Refusal("preview_outdated", fresh=self)


@dataclass(frozen=True, slots=True)
class _Payer:
    country: str
    region: str
    vat_number: str
    currency: str


def next_invoice_date(*, today: date, settings: Settings) -> date:
    """The next date on which invoices will be issued: today, until today's run has taken its cut."""
    candidate = today.replace(day=settings.invoice_day)
    with as_billing():
        if candidate < today or exists(_RUN_MADE, [candidate]):
            candidate = (candidate.replace(day=1) + timedelta(days=32)).replace(day=settings.invoice_day)
    return candidate


def next_invoice(*, customer_id: UUID, settings: Settings, at: datetime) -> NextInvoice:
    """The customer's lines on the next invoice, as things stand in this transaction."""
    day = next_invoice_date(today=settings.day(at), settings=settings)
    with rehearsal():
        bring_to(day, at=at, customer_id=customer_id)
        # The run does so too: a price that was missing may be in a list by now.
        complete_periods(customer_id=customer_id)
        with as_billing():
            lines = rate(date=day, cut=_FOREVER, settings=settings, customer_ids=[customer_id])
            payer = row_of(_Payer, _PAYER, [customer_id, day])
    return _sum_up(day, lines, payer, settings)


def _sum_up(day: date, lines: list[Line], payer: _Payer | None, settings: Settings) -> NextInvoice:
    currency = payer.currency if payer else settings.currency
    if payer is None or any(line.fault for line in lines):
        return NextInvoice(day, lines, None, [], None, None, currency)
    net = sum((line.amount for line in lines if line.amount is not None), Decimal("0.00"))
    taxes_due = taxation(payer, issuer_country=settings.country)
    if taxes_due.fault:
        return NextInvoice(day, lines, net, [], None, None, currency)
    taxes = taxes_on(net, taxes_due.rules)
    tax_sum = sum((tax.amount for tax in taxes), Decimal("0.00"))
    return NextInvoice(day, lines, net, taxes, tax_sum, net + tax_sum, currency)


def preview_changes(
    grant: AllocationManager,
    *,
    changes: Sequence[Change],
    settings: Settings,
    at: datetime,
    backdated: Backdated | None = None,
) -> Effect:
    """What :func:`confirm_changes` would do; changes nothing. Refuses what it would refuse."""
    return _preview(
        grant,
        lambda: apply_changes(grant, changes=changes, settings=settings, at=at, backdated=backdated),
        settings,
        at,
    )


def preview_for_users(grant: UserManager, *, place: Place, seats: int, settings: Settings, at: datetime) -> Effect:
    """What allocating the seats missing for ``seats`` new users would do.

    Raises ``role_missing`` without Subscription management, ``not_found`` for a site of somebody else, ``invalid``
    for an unknown type.
    """
    return preview_for_many(grant, users={place: seats}, settings=settings, at=at)


def preview_for_many(grant: UserManager, *, users: Mapping[Place, int], settings: Settings, at: datetime) -> Effect:
    """As :func:`preview_for_users`, for so many new users of each place."""
    manager = grant.allocation_manager()
    return _preview(
        manager,
        lambda: allocate_for_many(manager, users=users, settings=settings, at=at),
        settings,
        at,
    )


def confirm_for_users(
    grant: UserManager, *, place: Place, seats: int, digest: str, settings: Settings, at: datetime
) -> Effect:
    """Lets users be added with their seats only if that does exactly what ``digest`` showed (SPEC 4). Answers it.

    Locks customer and balance until the end of the transaction, so that nothing comes between this look and the
    allocation: the locks of the preview end with its savepoint. Raises ``preview_outdated`` with the ``fresh`` effect,
    and as :func:`preview_for_users`.
    """
    manager = grant.allocation_manager()
    lock_place(manager.actor, manager.customer.id, place=place, settings=settings, at=at)
    fresh = preview_for_users(grant, place=place, seats=seats, settings=settings, at=at)
    fresh.expect(digest)
    return fresh


def confirm_changes(
    grant: AllocationManager,
    *,
    changes: Sequence[Change],
    settings: Settings,
    at: datetime,
    reason: str = "",
    digest: str | None = None,
    backdated: Backdated | None = None,
) -> Effect:
    """Makes the changes. With a ``digest``, either exactly what it showed or ``preview_outdated``."""
    return _confirm(
        grant,
        lambda: apply_changes(grant, changes=changes, settings=settings, at=at, reason=reason, backdated=backdated),
        settings,
        at,
        digest,
    )


def _preview(grant: AllocationManager, apply: Callable[[], Applied], settings: Settings, at: datetime) -> Effect:
    with rehearsal():
        return _effect(grant, apply, settings, at)


def _confirm(
    grant: AllocationManager,
    apply: Callable[[], Applied],
    settings: Settings,
    at: datetime,
    digest: str | None,
) -> Effect:
    # The refusal takes the change back.
    with transaction.atomic():
        fresh = _effect(grant, apply, settings, at)
        if digest is not None:
            fresh.expect(digest)
    return fresh


def _effect(grant: AllocationManager, apply: Callable[[], Applied], settings: Settings, at: datetime) -> Effect:
    # Locked before the first figure is read, so that both invoices show one state.
    hold_customer(grant.customer.id)
    without = next_invoice(customer_id=grant.customer.id, settings=settings, at=at)
    applied = apply()
    after = next_invoice(customer_id=grant.customer.id, settings=settings, at=at)
    digests = _digests(applied.plan.entries, after)
    if not sees_money(grant):
        return Effect(applied.plan.entries, None, None, digests)
    return Effect(applied.plan.entries, after, without, digests)


def _digests(entries: Sequence[Entry], invoice: NextInvoice) -> tuple[str, ...]:
    # Without the ids of raises handed back: what counts is what changes, when, and what it costs.
    facts = {
        "entries": [
            [entry.site_id, entry.type_code, entry.kind, entry.effective_on, entry.delta, entry.quantity_after]
            for entry in entries
        ],
        "date": invoice.date,
        "lines": [asdict(line) for line in invoice.lines],
        "total": invoice.total,
    }
    text = json.dumps(facts, default=str, sort_keys=True)
    keys = (environment.SECRET_KEY, *environment.SECRET_KEY_FALLBACKS)
    return tuple(salted_hmac(_PURPOSE, text, secret=key, algorithm="sha256").hexdigest()[:32] for key in keys)
