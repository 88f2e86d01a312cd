"""The scene on which the oracle's own tests play: one payer, the prices of SPEC 7's examples, short words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.oracle.model import Line, Partner, PriceList, Settings
from tests.oracle.oracle import World

PARIS = ZoneInfo("Europe/Paris")
LEVELS = {"bronze": Decimal(0), "silver": Decimal(5), "gold": Decimal(10), "platinum": Decimal("12.5")}
TERMS = {1: Decimal(0), 12: Decimal(10), 36: Decimal(20)}


def moment(text: str) -> datetime:
    """A moment on the wall in Paris, "2023-01-20 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def price_list(
    voice: str = "10.00",
    *,
    valid_from: date = date(2000, 1, 1),
    partner: str | None = None,
    currency: str = "EUR",
    **other_types: str,
) -> PriceList:
    """A list with the examples' discounts; `uc="15.00"` adds a type."""
    prices = {"voice": Decimal(voice)} | {name: Decimal(price) for name, price in other_types.items()}
    return PriceList(currency, valid_from, prices, TERMS, LEVELS, partner)


def world_of_examples(settings: Settings | None = None) -> World:
    """Partner p (bronze, payer, France) and the general list: Voice 10.00, UC 15.00."""
    world = World(settings)
    world.set_partner(Partner("p"))
    world.add_price_list(price_list(uc="15.00"))
    return world


def short(line: Line) -> str:
    """A line as SPEC's table writes it, with its days."""
    fraction = "" if line.days == line.period_days else f" × {line.days}/{line.period_days}"
    price = f"{line.quantity} × {line.unit_price} × {line.months}{fraction}"
    return f"{price}, {line.start} to {line.end} = {line.amount}"
