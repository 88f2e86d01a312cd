"""Adding price lists. A list never changes; a newer one replaces it (SPEC 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import ProviderGrant
from strapontin.allocations.openings import bring_to
from strapontin.catalogue.models import PriceList, SubscriptionType
from strapontin.journal.operations import record
from strapontin.kit.database import run
from strapontin.kit.ids import new_id
from strapontin.kit.money import CENT
from strapontin.organisation.models import LEVELS, TERMS_MONTHS
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal, invalid


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


def create_price_list(grant: ProviderGrant, *, new: NewPriceList, at: datetime) -> UUID:
    """Adds a price list and answers its id.

    Raises ``invalid`` for amounts below zero or with more than two decimals, percentages outside 0–100,
    unknown types, terms or levels; ``already_exists`` for a second list of the same payer, currency and day.
    """
    _check(new)
    # Periods that have started keep the prices of their first day, even if nobody has opened them yet.
    bring_to(load().day(at), at=at)
    same = PriceList.objects.filter(currency=new.currency, valid_from=new.valid_from)
    same = same.filter(partner_id=new.partner_id) if new.partner_id else same.filter(partner__isnull=True)
    if same.exists():
        raise Refusal("already_exists", explanation=new.name)
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
