"""Adding and withdrawing price lists. A list never changes; a newer one replaces it (SPEC 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import bring_to
from strapontin.catalogue.models import PriceList, SubscriptionType
from strapontin.journal.operations import record
from strapontin.kit.database import run, value_of, values_of
from strapontin.kit.ids import new_id
from strapontin.kit.money import CENT
from strapontin.organisation.models import LEVELS, TERMS_MONTHS
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal, invalid, not_found


@dataclass(frozen=True, slots=True)
class NewPriceList:
    """A price list to be made; amounts per month in ``currency``, discounts in percent."""

    name: str
    currency: str
    valid_from: date
    prices: Mapping[str, Decimal]
    term_discounts: Mapping[int, Decimal]
    level_discounts: Mapping[str, Decimal]
    partner_id: UUID | None = None


# A list that gave a period its price stays. Withdrawn twice, it stays withdrawn.
_WITHDRAW = """
UPDATE price_list AS list SET withdrawn_at = coalesce(withdrawn_at, %(at)s)
 WHERE list.id = %(id)s AND NOT EXISTS (SELECT 1 FROM period_price WHERE price_list_id = list.id)
"""
_USED_SINCE = "SELECT min(period_starts_on) FROM period_price WHERE price_list_id = %s"
_PAYER_CURRENCY = "SELECT currency FROM partner WHERE id = %s AND payer"
_SAME = """
SELECT name FROM price_list
 WHERE partner_id IS NOT DISTINCT FROM %s AND currency = %s AND valid_from = %s AND withdrawn_at IS NULL
"""


def create_price_list(grant: ProviderGrant, *, new: NewPriceList, at: datetime, replaces: UUID | None = None) -> UUID:
    """Adds a price list and answers its id; ``replaces`` withdraws another list in the same transaction.

    Raises ``invalid`` for amounts below zero or with more than two decimals, percentages outside 0–100,
    unknown types, terms or levels, and for a list that could never apply: a partner's own if the partner is no
    payer or has another currency, a general one without a price. Raises ``already_exists`` for a second list of the
    same payer, currency and day, and as :func:`withdraw_price_list`.
    """
    _check(new)
    _refuse_idle(new)
    # Periods that have started keep the prices of their first day, even if nobody has opened them yet.
    bring_to(load().day(at), at=at)
    if replaces is not None:
        _withdraw(grant, replaces, at=at)
    same = values_of(str, _SAME, [new.partner_id, new.currency, new.valid_from])
    if same:
        raise Refusal("already_exists", explanation=same[0], field="valid_from")
    price_list_id = new_id()
    PriceList.objects.create(
        id=price_list_id,
        partner_id=new.partner_id,
        name=new.name,
        currency=new.currency,
        valid_from=new.valid_from,
        created_at=at,
    )
    for table, key_type, amounts in (
        ("price (price_list_id, type_code, monthly_amount)", "text", new.prices),
        ("term_discount (price_list_id, months, rate_percent)", "smallint", new.term_discounts),
        ("level_discount (price_list_id, level, rate_percent)", "text", new.level_discounts),
    ):
        run(
            f"INSERT INTO {table} SELECT %s, * FROM unnest(%s::{key_type}[], %s::numeric[])",  # noqa: S608  our own names
            [price_list_id, list(amounts.keys()), list(amounts.values())],
        )
    record(
        grant.actor,
        action="price_list.create",
        at=at,
        object_id=price_list_id,
        partner_path=[new.partner_id] if new.partner_id else [],
        after={"name": new.name, "currency": new.currency, "valid_from": new.valid_from, "prices": dict(new.prices)},
    )
    return price_list_id


def withdraw_price_list(grant: ProviderGrant, *, price_list_id: UUID, at: datetime) -> None:
    """Takes back a list that gave no period a price: from now on it counts nowhere and is not listed.

    Raises ``not_found``, and ``price_list_in_use`` with the first day of the first period that has a price from it.
    """
    bring_to(load().day(at), at=at)
    _withdraw(grant, price_list_id, at=at)


def _withdraw(grant: ProviderGrant, price_list_id: UUID, *, at: datetime) -> None:
    price_list = PriceList.objects.filter(id=price_list_id, withdrawn_at__isnull=True).first()
    if price_list is None:
        raise not_found()
    # The periods of all customers count: the billing role alone sees them.
    with as_billing():
        if not run(_WITHDRAW, {"id": price_list_id, "at": at}):
            raise Refusal("price_list_in_use", date=value_of(date, _USED_SINCE, [price_list_id]))
    record(
        grant.actor,
        action="price_list.withdraw",
        at=at,
        object_id=price_list_id,
        partner_path=[price_list.partner_id] if price_list.partner_id else [],
        before={"name": price_list.name, "currency": price_list.currency, "valid_from": price_list.valid_from},
    )


def _refuse_idle(new: NewPriceList) -> None:
    if new.partner_id is None:
        if not new.prices:
            raise invalid(_("A list for everybody names at least one price."), field="prices")
        return
    currency = values_of(str, _PAYER_CURRENCY, [new.partner_id])
    if not currency:
        raise invalid(
            _("This partner is no payer: a list of its own would never apply. Name the payer above it."),
            field="partner",
        )
    if currency[0] != new.currency:
        raise invalid(
            _("This partner is invoiced in {currency}: a list in another currency would never apply.").format(
                currency=currency[0]
            ),
            field="currency",
        )


def _check(new: NewPriceList) -> None:
    type_codes = set(SubscriptionType.objects.values_list("code", flat=True))
    for code, amount in new.prices.items():
        if code not in type_codes:
            raise invalid(_("There is no such subscription type."), field="prices")
        if not amount.is_finite() or amount < 0 or amount != amount.quantize(CENT) or amount > 1_000_000:
            raise invalid(_("An amount lies between 0 and 1,000,000, with at most two decimals."), field="prices")
    for months in new.term_discounts:
        if months not in TERMS_MONTHS:
            raise invalid(_("A term is 1, 12 or 36 months."), field="term_discounts")
    for level in new.level_discounts:
        if level not in LEVELS:
            raise invalid(_("A level is bronze, silver, gold or platinum."), field="level_discounts")
    for rate in (*new.term_discounts.values(), *new.level_discounts.values()):
        if not rate.is_finite() or not 0 <= rate <= 100 or rate != rate.quantize(CENT):
            raise invalid(_("A discount lies between 0 and 100, with at most two decimals."), field="discounts")
