"""What happened in the fourteen months: events in the order of their moments, to be played by ``build``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from strapontin.demo.cast import CLINIC, CUSTOMERS, MEYLAN, TYPES, Customer
from strapontin.demo.days import NIGHT, Days
from strapontin.demo.people import MAUD, SOLENE, YANN, Person, for_customer
from strapontin.demo.population import Population, population

Place = tuple[str, str]
"""The name of a site and the code of a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens to a customer at a moment."""

    at: datetime
    customer: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins(Event):
    """The customer is created, with its sites and the tenants of their stacks."""

    starts_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants(Event):
    """Somebody asks for quantities."""

    who: Person
    wanted: dict[Place, int]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Event):
    """Users come, go or get another type.

    All are as they were ``ago`` days before today; ``first`` is the day on which the customer's users appear.
    ``by_hand`` is about the sites that have no stack yet, in working hours; else their stacks are read at night.
    """

    ago: int
    by_hand: bool
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Event):
    """A site whose users were entered by hand gets its stack."""

    site: str
    ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Event):
    """Somebody sets another term, which then waits for the next period."""

    who: Person
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night(Event):
    """The nightly synchronisation; ``silent`` are the stacks that do not answer."""

    ago: int
    silent: tuple[str, ...] = ()


@dataclass
class _Story:
    """The story of one customer while it is being made up."""

    customer: Customer
    days: Days
    wanted: dict[Place, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"history/{self.customer.client_id}")  # noqa: S311  a story, no secret

    @cached_property
    def users(self) -> Population:
        return population(self.customer)

    @cached_property
    def age(self) -> int:
        """How many days ago the customer was created."""
        return self.customer.age_days or self.days.age_of(self.days.begins_on)

    @property
    def monthly(self) -> bool:
        return self.customer.term_months == 1

    def at(self, day: date, hour: int | None = None) -> datetime:
        """A moment of a working day, or of what has passed of today."""
        moment = self.days.at(day, time(self.dice.randint(8, 17) if hour is None else hour, self.dice.randint(0, 59)))
        midnight = self.days.at(day, time())
        return moment if moment < self.days.now else midnight + (self.days.now - midnight) * self.dice.uniform(0.5, 0.9)

    def who(self) -> Person:
        return self.dice.choice(for_customer(self.customer.client_id))

    def wants(
        self,
        day: date,
        wanted: dict[Place, int],
        *,
        who: Person | None = None,
        hour: int | None = None,
        reason: str = "",
    ) -> Wants:
        self.wanted |= wanted
        return Wants(at=self.at(day, hour), customer=self.customer, who=who or self.who(), wanted=wanted, reason=reason)

    def events(self) -> Iterator[Event]:
        """All of them, in no particular order."""
        days, customer = self.days, self.customer
        created_on = days.ago(self.age)
        yield Joins(at=days.at(created_on, time(9, 30)), customer=customer, starts_on=self.starts_on(created_on))
        yield from self.allocations()
        for ago in (self.age - 1, *self.users.changes):
            first = ago == self.age - 1
            yield Changes(at=days.at(days.ago(ago), NIGHT), customer=customer, ago=ago, by_hand=False, first=first)
            yield Changes(at=self.at(days.ago(ago), 9), customer=customer, ago=ago, by_hand=True, first=first)
        for site in customer.sites:
            if site.attached_ago:
                on = days.ago(site.attached_ago)
                yield Attached(at=self.at(on, 11), customer=customer, site=site.name, ago=site.attached_ago)
        yield from self.nights()

    def starts_on(self, created_on: date) -> date:
        if self.customer.since_months:
            return self.days.months_ago(self.customer.since_months, self.customer.since_day)
        return created_on - timedelta(days=self.customer.since_days)

    def nights(self) -> Iterator[Night]:
        stacks = {stack for site in self.customer.sites for stack in site.stacks}
        if MEYLAN in stacks:
            yield Night(at=self.days.at(self.days.ago(4), NIGHT), customer=self.customer, ago=4)
        if stacks:
            yield Night(at=self.days.last_night, customer=self.customer, ago=0, silent=(MEYLAN,))

    # -- allocations -----------------------------------------------------------------------------------

    def allocations(self) -> Iterator[Event]:
        """A first allocation, one look before each change of users, and now and then a second thought."""
        enforced_ago = self.days.age_of(self.days.enforced_from)
        first = self.age if self.age < enforced_ago else enforced_ago + self.dice.randint(3, 20)
        soon = [ago for ago in self.users.changes if first - 3 < ago <= first]
        yield self.wants(self.days.ago(first), self.look(first, soon), hour=14)
        later = [ago for ago in self.users.changes if ago <= first - 3]
        for ago, next_ago in pairwise([*later, 0]):
            if wanted := self.changed(self.look(ago + 2, [ago])):
                yield self.wants(self.days.ago(ago + 2), wanted)
            gap = ago - next_ago
            if gap >= 12 and self.dice.random() < 0.3:
                yield from self.second_thought(ago - 4)
        if len(self.customer.sites) > 1 and later and self.dice.random() < 0.6:
            yield from self.move(later[-1] - 3)

    def look(self, ago: int, until: list[int]) -> dict[Place, int]:
        """What is wanted so that the users of ``ago`` days ago and of the days that follow have their seats."""
        wanted = {}
        for site in self.customer.sites:
            for position, type_code in enumerate(TYPES):
                place = (site.name, type_code)
                needed = max(self.users.used(site.name, type_code, day) for day in (ago, *until))
                if needed == 0 and place not in self.wanted:
                    continue
                free = site.free[position] if site.free else int(self.dice.random() * (1.3 + needed / 12))
                wished = needed + free
                wanted[place] = wished if site.free else self.settled(place, needed, wished)
        return wanted

    def settled(self, place: Place, needed: int, wished: int) -> int:
        """Whoever is committed for long does not lower at every look; by the month one follows, with some delay."""
        was = self.wanted.get(place, 0)
        if was >= needed and (not self.monthly or self.dice.random() < 0.6):
            return was
        return wished

    def changed(self, wanted: dict[Place, int]) -> dict[Place, int]:
        return {place: seats for place, seats in wanted.items() if self.wanted.get(place) != seats}

    def second_thought(self, ago: int) -> Iterator[Event]:
        """Seats that are allocated and, two days later, handed back."""
        place, seats = self.dice.choice(sorted(self.wanted.items()))
        number = self.dice.randint(1, 3)
        who = self.who()
        yield self.wants(self.days.ago(ago), {place: seats + number}, who=who)
        yield self.wants(self.days.ago(ago - 2), {place: seats}, who=who)

    def move(self, ago: int) -> Iterator[Event]:
        """A free seat moves from one site to another."""
        for (site, type_code), seats in sorted(self.wanted.items()):
            others = [p for p in self.wanted if p[1] == type_code and p[0] != site and self.fixed_is_none(p[0])]
            if others and self.fixed_is_none(site) and seats > self.users.used(site, type_code, ago):
                to = self.dice.choice(sorted(others))
                yield self.wants(self.days.ago(ago), {(site, type_code): seats - 1, to: self.wanted[to] + 1})
                return

    def fixed_is_none(self, name: str) -> bool:
        return next(site for site in self.customer.sites if site.name == name).free is None


def _told_by_hand(days: Days) -> Iterator[Event]:
    """The stories that a visitor meets at first sight."""
    stories = {c.client_id: _Story(c, days) for c in CUSTOMERS}
    clinic = stories[CLINIC]
    meylan, grenoble, imaging = "Meylan, administration", "Grenoble, siège", "Échirolles, imagerie"
    yield clinic.wants(days.ago(26), {(meylan, "voice"): 12, (imaging, "voice"): 10}, who=MAUD)
    yield Term(at=clinic.at(days.ago(16)), customer=clinic.customer, who=MAUD, months=36)
    yield clinic.wants(days.ago(9), {(meylan, "voice"): 9}, who=SOLENE)
    yield clinic.wants(days.ago(4), {(grenoble, "uc"): 15}, who=SOLENE)
    bookshops = stories["C-20192"]
    yield Term(at=bookshops.at(days.ago(20)), customer=bookshops.customer, who=MAUD, months=36)
    bakeries = stories["C-20118"]
    yield Term(at=bakeries.at(days.recent(5), 8), customer=bakeries.customer, who=MAUD, months=12)
    cooperative = stories["C-20142"]
    yield cooperative.wants(days.ago(30), {("Siège", "voice"): 15}, who=MAUD, reason="Fin du standard du matin")
    haulage = stories["C-20230"]
    yield haulage.wants(days.recent(2), {("Siège", "voice"): 14}, who=MAUD)
    pharmacies = stories["C-20214"]
    yield pharmacies.wants(days.ago(3), {("Centre", "voice"): 12}, who=MAUD)
    yield pharmacies.wants(days.ago(1), {("Centre", "voice"): 10}, who=MAUD)
    inn = stories["K-104"]
    yield inn.wants(days.ago(1), {("Auberge", "cr"): 2}, who=YANN)


def events(days: Days) -> list[Event]:
    """The whole history, the oldest first."""
    told = [event for customer in CUSTOMERS for event in _Story(customer, days).events()]
    told += _told_by_hand(days)
    return sorted(told, key=lambda event: event.at)
