"""Hypothesis strategies that draw whole histories of an installation, independent of the product.

`histories()` draws settings, partners, price lists and a list of events (see `histories`). While drawing, a
shadow world of the oracle says what the present figures are, so that withdrawals, moves, hand-backs,
lowerings down to the use and refusals are common, not accidents.

Kept out on purpose, because SPEC leaves them to taste: runs of an earlier date after those of a later one;
events at exactly midnight; a change of partner or price before that day's work (`DailyWork` is drawn just
before it); a level that changes between the start of a period and the repair of its missing price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.histories import (
    AddPriceList,
    AttachTenant,
    BillingRun,
    Cancel,
    ChangeUser,
    Claim,
    Correct,
    CreateCustomer,
    DailyWork,
    Event,
    Exchange,
    History,
    Reactivate,
    Release,
    Request,
    SetPartner,
    SetTerm,
    StackShows,
    UndoExchange,
    apply,
)
from tests.oracle.market_strategies import partners_and_prices, price_list_of
from tests.oracle.model import Figures, Settings
from tests.oracle.oracle import World
from tests.oracle.stage import LEVELS, PARIS

SITES = ("a", "b", "c")
TYPES = ("voice", "uc", "cr")
FIRST_TYPES = (("voice",), ("voice", "uc"), ("uc", "cr"), ("voice", "cr"), ())
CHANGE = date(2022, 11, 1)
ON_BOTH_SIDES = (
    "2022-08-10",
    "2022-08-31",
    "2022-09-01",
    "2022-09-29",
    "2022-09-30",
    "2022-10-01",
    "2022-10-20",
)
AFTERWARDS = (
    "2023-01-01",
    "2023-01-29",
    "2023-01-30",
    "2023-01-31",
    "2023-02-15",
    "2023-10-29",
    "2023-12-31",
)
AROUND_A_LEAP_DAY = ("2024-01-30", "2024-01-31", "2024-02-01", "2024-02-28", "2024-02-29", "2024-03-30")
STARTS = ON_BOTH_SIDES + AFTERWARDS + AROUND_A_LEAP_DAY
GAPS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 5, 6, 7, 8, 13, 20, 31)
LONG_GAPS = (90, 182, 365)
TIMES = (time(0, 10), time(9, 0), time(14, 30), time(23, 50))
ACTS = (
    *("raise", "raise", "raise", "lower", "lower", "present", "move", "move", "wish"),
    *("hand back", "hand back", "hand back", "regret", "second thought"),
    *("claim", "claim", "allocating claim", "release", "stack", "stack"),
    *("change user", "change user", "correct", "exchange", "exchange", "undo exchange", "undo exchange"),
    *("create", "create", "create", "term", "partner", "price", "run again"),
    *("end", "end"),
)


@dataclass
class Drawing:
    """A history half drawn: its events so far and the shadow world in which they have happened."""

    draw: DrawFn
    world: World
    events: list[Event]
    at: datetime

    def add(self, event: Event) -> None:
        """Let an event happen, and the next one a second later at the earliest."""
        self.events.append(event)
        apply(self.world, event)
        self.at += timedelta(seconds=1)

    def customer(self) -> str:
        """One of the customers."""
        return self.draw(st.sampled_from(sorted(self.world.customers)))

    def place(self, customer: str) -> tuple[str, str, Figures]:
        """A site, a type and its present figures; mostly one that has seats already."""
        figures = self.world.figures(customer, self.world.settings.local_day(self.at))
        fresh = [(site, type_code) for site in SITES for type_code in TYPES]
        known = sorted(figures)
        anywhere = self.draw(st.integers(0, 3)) == 0
        places = fresh if anywhere or not known else known
        site, type_code = self.draw(st.sampled_from(places))
        return site, type_code, figures.get((site, type_code), Figures(0, 0, 0))

    def whole(self, least: int, most: int) -> int:
        """A whole number between two, both included; `least` if there is none."""
        return self.draw(st.integers(least, max(least, most)))


def request(d: Drawing, act: str) -> Request:
    """A request of the kind `act` for what is there now."""
    customer = d.customer()
    site, type_code, at = d.place(customer)
    if act == "raise":
        changes = [(site, type_code, at.allocated + d.whole(1, 5))]
    elif act == "lower":
        changes = [(site, type_code, d.whole(min(at.used, at.allocated), at.allocated - 1))]
    elif act == "hand back":
        changes = [(site, type_code, max(0, at.allocated - d.whole(1, 3)))]
    elif act == "present":
        changes = [(site, type_code, at.allocated)]
    elif act == "move":
        changes = move(d, customer, site, type_code, at)
    else:
        places = d.draw(
            st.lists(st.tuples(st.sampled_from(SITES), st.sampled_from(TYPES)), min_size=1, max_size=5, unique=True)
        )
        changes = [(wished_site, wished_type, d.whole(0, 8)) for wished_site, wished_type in places]
    return Request(d.at, customer, tuple(changes))


def move(d: Drawing, customer: str, site: str, type_code: str, at: Figures) -> list[tuple[str, str, int]]:
    """One site gives, others take, often a seat more or less than it gives, in any order."""
    gives = d.whole(0, at.allocated)
    figures = d.world.figures(customer, d.world.settings.local_day(d.at))
    changes = [(site, type_code, at.allocated - gives)]
    for taker in SITES:
        if taker != site and gives >= 0:
            takes = d.whole(0, gives + 1)
            gives -= takes
            there = figures.get((taker, type_code), Figures(0, 0, 0))
            changes.append((taker, type_code, there.allocated + takes))
    return d.draw(st.permutations(changes))


def create(d: Drawing) -> None:
    """A customer more, of any partner, term and alignment; mostly with its first seats and users."""
    name = f"customer-{len(d.world.customers) + 1}"
    partner = d.draw(st.sampled_from(("north", "harbour", "south")))
    term_months = d.draw(st.sampled_from((1, 1, 12, 36)))
    alignment = d.draw(st.sampled_from(("calendar", "anniversary")))
    not_for_resale = d.draw(st.integers(0, 7)) == 7
    on_stack = d.draw(st.integers(0, 3)) > 0
    d.add(CreateCustomer(d.at, name, partner, term_months, alignment, not_for_resale, on_stack))
    first = tuple(("a", type_code, d.whole(0, 8)) for type_code in d.draw(st.sampled_from(FIRST_TYPES)))
    if first:
        d.add(Request(d.at, name, first))
    for site, type_code, seats in first:
        if on_stack:
            d.add(StackShows(d.at, name, site, type_code, d.whole(0, seats + 2)))
        else:
            for _ in range(d.whole(0, seats)):
                d.add(Claim(d.at, name, site, type_code, False))


def users(d: Drawing, act: str) -> Event | None:
    """A user comes or goes, or the stack has another number of them."""
    customer = d.customer()
    site, type_code, at = d.place(customer)
    if act == "stack":
        one = d.world.customers[customer]
        if not one.has_tenant(site):
            return AttachTenant(d.at, customer, site)
        used = d.whole(0, at.allocated + 3)
        recognised = d.whole(0, min(used, one.ledger.unseen[site, type_code]))
        return StackShows(d.at, customer, site, type_code, used, recognised)
    if act == "release":
        return Release(d.at, customer, site, type_code) if at.used else None
    return Claim(d.at, customer, site, type_code, act == "allocating claim")


def change_user(d: Drawing) -> None:
    """A user gets another type or site."""
    customer = d.customer()
    figures = d.world.figures(customer, d.world.settings.local_day(d.at))
    occupied = sorted(place for place, at in figures.items() if at.used)
    if occupied:
        site, type_code = d.draw(st.sampled_from(occupied))
        places = [(to, code) for to in SITES for code in TYPES if (to, code) != (site, type_code)]
        to_site, to_type = d.draw(st.sampled_from(places))
        if d.draw(st.booleans()) and to_type != type_code:
            d.add(ChangeUser(d.at, customer, site, type_code, site, to_type, False, True))
        else:
            d.add(ChangeUser(d.at, customer, site, type_code, to_site, to_type, d.draw(st.booleans())))


def exchange(d: Drawing) -> None:
    """Seats become seats of another type, mostly a dearer one, and sometimes more of them than are free."""
    customer = d.customer()
    figures = d.world.figures(customer, d.world.settings.local_day(d.at))
    if held := sorted(place for place, at in figures.items() if at.allocated):
        site, type_code = d.draw(st.sampled_from(held))
        to_type = d.draw(st.sampled_from([code for code in TYPES if code != type_code]))
        d.add(Exchange(d.at, customer, site, type_code, to_type, d.whole(1, figures[site, type_code].allocated)))


def undo_exchange(d: Drawing) -> None:
    """An exchange is made, if there is none yet, and undone in whole or in part, or too late, or once too often."""
    customer = d.customer()
    if not (exchanges := d.world.customers[customer].ledger.exchanges):
        exchange(d)
        return
    d.add(UndoExchange(d.at, customer, d.whole(0, len(exchanges) - 1), d.draw(st.sampled_from((None, 1, 2)))))


def correct(d: Drawing) -> None:
    """Seats were forgotten, or counted too many, since a past day."""
    customer = d.customer()
    site, type_code, at = d.place(customer)
    today, world = d.world.settings.local_day(d.at), d.world
    began = world.settings.local_day(world.customers[customer].lives[-1].since)
    if began == today or not world.is_active(customer):
        return
    since = began + timedelta(days=d.whole(0, (today - began).days - 1))
    lowest = min(
        at.allocated - min(at.used, at.allocated), *allocated_between(d, customer, site, type_code, since, today)
    )
    delta = d.whole(-lowest, 3)
    if delta:
        d.add(Correct(d.at, customer, site, type_code, delta, since))


def allocated_between(d: Drawing, customer: str, site: str, type_code: str, since: date, until: date) -> list[int]:
    """What was allocated on a place at the end of each day on which that changed, from a day to another."""
    ledger = d.world.customers[customer].ledger
    days = {since, *(row.effective_on for row in ledger.rows if since < row.effective_on <= until)}
    return [ledger.total("allocated", type_code, on=day, known_at=d.at, site=site) for day in sorted(days)]


def all_prices_known(d: Drawing) -> bool:
    """Whether every type has had a price for every period so far, at first or by the repair."""
    general = [price_list for _, price_list in d.world.price_lists if price_list.partner is None]
    return any("cr" in price_list.prices and price_list.valid_from.year == 2000 for price_list in general)


def change_partner(d: Drawing) -> None:
    """The reseller pays for itself or no longer; or, once all prices are known, somebody's level changes."""
    d.add(DailyWork(d.at))
    name = d.draw(st.sampled_from(("harbour", "harbour", "north")))
    partner = d.world.partner(name, d.at)
    if name == "harbour" and d.draw(st.booleans()):
        d.add(SetPartner(d.at, replace(partner, payer=not partner.payer)))
    elif name == "harbour" and d.draw(st.booleans()):
        d.add(SetPartner(d.at, replace(partner, parent="south" if partner.parent == "north" else "north")))
    elif all_prices_known(d):
        d.add(SetPartner(d.at, replace(partner, level=d.draw(st.sampled_from(sorted(LEVELS))))))


def change_prices(d: Drawing) -> None:
    """Once the missing price is added (valid ever since), once a new list is announced for a later day."""
    d.add(DailyWork(d.at))
    added = [event.price_list for event in d.events if isinstance(event, AddPriceList)]
    if not all_prices_known(d):
        repair = price_list_of("10.00", cr=True, valid_from=date(2000, 1, 2))
        d.add(AddPriceList(d.at, repair))
    elif all(price_list.valid_from.year == 2000 for price_list in added):
        later = d.world.settings.local_day(d.at) + timedelta(days=d.whole(1, 40))
        d.add(AddPriceList(d.at, price_list_of("11.11", cr=True, valid_from=later)))


def regret(d: Drawing) -> None:
    """Seats are added, invoiced, and handed back: the next invoice has a credit."""
    customer = d.customer()
    site, type_code, at = d.place(customer)
    added = d.whole(1, 5)
    d.add(Request(d.at, customer, ((site, type_code, at.allocated + added),)))
    today = d.world.settings.local_day(d.at)
    if today >= max(d.world.runs, default=today):
        d.add(BillingRun(d.at, today))
    d.add(Request(d.at, customer, ((site, type_code, at.allocated + d.whole(0, added - 1)),)))


def second_thought(d: Drawing) -> None:
    """A site is lowered to what it uses, or nearly, and then users arrive for whom seats may be allocated."""
    customer = d.customer()
    site, type_code, at = d.place(customer)
    lowest = min(at.used, at.allocated)
    d.add(Request(d.at, customer, ((site, type_code, d.whole(lowest, min(lowest + 1, at.allocated))),)))
    for _ in range(d.whole(1, 3)):
        d.add(Claim(d.at, customer, site, type_code, True))


def end(d: Drawing) -> None:
    """A customer is cancelled, or goes on after all; or one that has ended starts anew. Rarely, none of it fits."""
    customer = d.customer()
    fits = d.draw(st.integers(0, 5)) > 0
    if d.world.is_active(customer) == fits:
        cancelled = not d.world.is_cancelled(customer) or d.draw(st.booleans())
        d.add(Cancel(d.at, customer, cancelled))
    else:
        d.add(Reactivate(d.at, customer, d.draw(st.sampled_from((None, 1, 12)))))


ACTS_OF_THEIR_OWN: dict[str, Callable[[Drawing], None]] = {
    "regret": regret,
    "second thought": second_thought,
    "partner": change_partner,
    "change user": change_user,
    "end": end,
    "exchange": exchange,
    "undo exchange": undo_exchange,
    "correct": correct,
    "price": change_prices,
}


def act_once(d: Drawing) -> None:
    """Draw one thing that people do, and let it happen."""
    act = d.draw(st.sampled_from(ACTS))
    if not d.world.customers or (act == "create" and len(d.world.customers) < 3):
        create(d)
    elif act in ("raise", "lower", "hand back", "present", "move", "wish", "create"):
        d.add(request(d, act))
    elif act == "term":
        d.add(SetTerm(d.at, d.customer(), d.draw(st.sampled_from((1, 12, 36)))))
    elif act in ACTS_OF_THEIR_OWN:
        ACTS_OF_THEIR_OWN[act](d)
    elif act == "run again":
        if d.world.runs:
            d.add(BillingRun(d.at, max(d.world.runs)))
    else:
        event = users(d, act)
        if event is not None:
            d.add(event)


def moment_of(day: date, at: time) -> datetime:
    """A moment on the provider's wall."""
    return datetime.combine(day, at, PARIS).astimezone(UTC)


def drawn_runs(draw: DrawFn, first: date, last: date) -> list[tuple[datetime, date]]:
    """The runs of every 1st, some of them in the evening, late or never, and some runs of other days."""
    runs = []
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for day in days:
        if day.day == 1:
            late = draw(st.sampled_from((0, 0, 0, 0, 1, 4, 12, None)))
            if late is not None:
                at = draw(st.sampled_from((time(0, 20), time(23, 40))))
                runs.append((moment_of(day + timedelta(days=late), at), day))
    others = draw(st.lists(st.tuples(st.sampled_from(days), st.integers(0, 3)), max_size=5))
    return runs + [(moment_of(day + timedelta(days=late), time(12)), day) for day, late in others]


@st.composite
def histories(draw: DrawFn, max_acts: int = 25) -> History:
    """An installation with up to three customers and all that happens to them in weeks, months or a year."""
    first = date.fromisoformat(draw(st.sampled_from(STARTS)))
    change = draw(st.sampled_from((CHANGE, CHANGE, CHANGE + timedelta(days=15))))
    settings = Settings(allocation_billing_from=change, hand_back_days=draw(st.sampled_from((7, 7, 7, 1, 0))))
    partners, price_lists = partners_and_prices(draw)
    acts = draw(st.integers(1, max_acts))
    gaps = draw(st.lists(st.sampled_from(GAPS), min_size=acts, max_size=acts))
    if draw(st.integers(0, 4)) == 4:
        gaps.insert(draw(st.integers(0, len(gaps))), draw(st.sampled_from(LONG_GAPS)))
    day = first
    agenda: list[tuple[datetime, date | None]] = []
    for gap in gaps:
        day += timedelta(days=gap)
        agenda.append((moment_of(day, draw(st.sampled_from(TIMES))), None))
    agenda += drawn_runs(draw, first, day + timedelta(days=draw(st.sampled_from((0, 2, 31)))))
    history = History(settings, partners, price_lists, ())
    d = Drawing(draw, history.world(), [], moment_of(first, time(0, 5)))
    create(d)
    for at, run_date in sorted(agenda, key=lambda item: item[0]):
        d.at = max(d.at, at)
        if run_date is None:
            act_once(d)
        elif run_date >= max(d.world.runs, default=run_date):
            d.add(BillingRun(d.at, run_date))
    return replace(history, events=tuple(d.events))
