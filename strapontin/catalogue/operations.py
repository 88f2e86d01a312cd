"""Writing the catalogue: default types and settings, price lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor, system
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import acting
from strapontin.catalogue.models import PriceList, SubscriptionType
from strapontin.journal.operations import record
from strapontin.kit.database import run
from strapontin.kit.ids import new_id
from strapontin.kit.money import CENT
from strapontin.organisation.models import LEVELS, TERMS_MONTHS, Installation
from strapontin.organisation.periods import open_started
from strapontin.refusals import Refusal, invalid

# code, French, English, the integers of Wazo's portal, order on screens
DEFAULT_TYPES = (
    ("voice", "Voix", "Voice", [0], 1),
    ("uc", "Communication unifiée", "Unified Communication", [1], 2),
    ("cr", "Relation client", "Customer Relationship", [3], 3),
)


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


DEFAULT_PRICE_LIST = NewPriceList(
    name="Tarif général",
    currency="EUR",
    valid_from=date(2020, 1, 1),
    prices={"voice": Decimal("10.00"), "uc": Decimal("18.00"), "cr": Decimal("42.00")},
    term_discounts={1: Decimal(0), 12: Decimal(10), 36: Decimal(20)},
    level_discounts={
        "bronze": Decimal(0),
        "silver": Decimal(5),
        "gold": Decimal(10),
        "platinum": Decimal(15),
    },
)


def seed_defaults(*, at: datetime) -> None:
    """Gives a new installation its settings row, the three types and a price list; changes nothing later."""
    owner = system("cli")
    Installation.objects.using("owner").bulk_create([Installation(id=1)], ignore_conflicts=True)
    SubscriptionType.objects.using("owner").bulk_create(
        [
            SubscriptionType(code=code, name_fr=fr, name_en=en, stack_ids=ids, position=position)
            for code, fr, en, ids, position in DEFAULT_TYPES
        ],
        ignore_conflicts=True,
    )
    with acting(owner):
        if not PriceList.objects.exists():
            create_price_list(ProviderGrant(owner), new=DEFAULT_PRICE_LIST, at=at)


def create_price_list(grant: ProviderGrant, *, new: NewPriceList, at: datetime) -> UUID:
    """Adds a price list and answers its id.

    Raises ``invalid`` for amounts below zero or with more than two decimals, percentages outside 0–100,
    unknown types, terms or levels; ``already_exists`` for a second list of the same payer, currency and day.
    """
    _check(new)
    # Periods that have started have the prices of then, also where nobody has opened them yet.
    open_started(at=at)
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
    for table, column, values in (
        ("price (price_list_id, type_code, monthly_amount)", "text", new.prices),
        ("term_discount (price_list_id, months, rate_percent)", "smallint", new.term_discounts),
        ("level_discount (price_list_id, level, rate_percent)", "text", new.level_discounts),
    ):
        run(
            f"INSERT INTO {table} SELECT %s, * FROM unnest(%s::{column}[], %s::numeric[])",  # noqa: S608
            [price_list_id, list(values.keys()), list(values.values())],
        )
    _record(grant.actor, new, price_list_id, at)
    return price_list_id


def _check(new: NewPriceList) -> None:
    known = set(SubscriptionType.objects.values_list("code", flat=True))
    for code, amount in new.prices.items():
        if code not in known:
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


def _record(actor: Actor, new: NewPriceList, price_list_id: UUID, at: datetime) -> None:
    record(
        actor=actor,
        at=at,
        action="price_list.create",
        object_kind="price_list",
        object_id=price_list_id,
        partner_path=[new.partner_id] if new.partner_id else [],
        after={
            "name": new.name,
            "currency": new.currency,
            "valid_from": new.valid_from,
            "prices": dict(new.prices),
        },
    )
