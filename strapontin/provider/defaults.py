"""What a new installation begins with: settings, three types and a price list."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from strapontin.access.actors import system
from strapontin.access.grants import ProviderGrant
from strapontin.access.scope import acting
from strapontin.catalogue.models import PriceList, SubscriptionType
from strapontin.organisation.models import Installation
from strapontin.provider.price_lists import NewPriceList, create_price_list

# code, French, English, the integers of Wazo's portal, order on screens
DEFAULT_TYPES = (
    ("voice", "Voix", "Voice", [0], 1),
    ("uc", "Communication unifiée", "Unified Communication", [1], 2),
    ("cr", "Relation client", "Customer Relationship", [3], 3),
)


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
    """Gives a new installation its settings row, the three types and a price list. Leaves alone what there is."""
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
