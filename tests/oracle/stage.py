"""The scene on which the oracle's own tests play: one payer, the prices of SPEC 7's examples, short words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.oracle.model import Line, Partner, PriceList, RunResult, Settings
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


def customer(world: World, day: str, *, seats: int, term: int = 1, alignment: str = "calendar") -> None:
    """Customer c of partner p, with `seats` Voice on site s, since the morning of `day`."""
    created_at = moment(f"{day} 08:00")
    world.create_customer("c", partner="p", term_months=term, at=created_at, alignment=alignment)
    world.request_quantities("c", [("s", "voice", seats)], moment(f"{day} 08:01"))


def run(world: World, day: str, at: str = "00:30") -> RunResult:
    """The run of a date, at this time of that day."""
    return world.run(date.fromisoformat(day), moment(f"{day} {at}"))


def shorts(result: RunResult) -> list[str]:
    """The lines, readable."""
    return [short(line) for line in result.lines]
