"""The users of the demo: who sat where and when, the same at every building.

Everything is counted in days before today (``ago``), so that who is there at the end does not depend on the
date. Where a site has a stack, this is also what that stack shows.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID, uuid5

from strapontin.demo import names
from strapontin.demo.cast import CLINIC, TYPES, Customer, Site
from strapontin.stacks.base import StackUser

NAMESPACE = UUID("5e47a6e0-5fa1-5a11-8de0-57a907017155")
STACK_TYPES = {"voice": 0, "uc": 1, "cr": 3}
# An integer of Wazo's portal for which the installation has no type.
UNMAPPED_TYPE = 2
BEGINNING = 100_000
# Users who were created on the stack itself and came to light last night: above the allocation.
ARRIVED_LAST_NIGHT = {
    (CLINIC, "Voiron, rééducation"): {"voice": 2},
    ("C-20180", "Atelier"): {"voice": 1},
    ("C-20230", "Siège"): {"cr": 1},
}
# Of one user the stack names a type that nobody here has mapped.
UNMAPPED_AT = (CLINIC, "Grenoble, siège")
# Customers whose last weeks are told by hand.
TOLD_BY_HAND = frozenset(
    (CLINIC, "C-20118", "C-20142", "C-20161", "C-20180", "C-20192", "C-20214", "C-20230", "C-20263")
)


@dataclass(frozen=True, slots=True)
class Resident:
    """A user of a site: there from ``came_ago`` days ago, and no longer since ``left_ago`` days ago."""

    id: UUID
    first_name: str
    last_name: str
    email: str
    extension: str
    site: str
    stack: str | None
    type_code: str
    came_ago: int = BEGINNING
    left_ago: int | None = None
    # Was of this type until so many days ago.
    earlier_type: str = ""
    retyped_ago: int = 0
    enabled: bool = True

    def here(self, ago: int) -> bool:
        """Whether the user was there so many days ago, at the end of the day."""
        return self.came_ago >= ago and (self.left_ago is None or ago > self.left_ago)

    def type_at(self, ago: int) -> str:
        """The type of so many days ago; empty for one that the portal does not know."""
        return self.earlier_type if self.earlier_type and ago > self.retyped_ago else self.type_code

    def on_stack(self, ago: int = 0) -> StackUser:
        """As the stack had the user so many days ago."""
        number = STACK_TYPES.get(self.type_at(ago), UNMAPPED_TYPE)
        return StackUser(
            self.id, self.first_name, self.last_name, self.email, number, self.enabled, self.extension or None
        )


@dataclass(frozen=True, slots=True)
class Population:
    """All who ever were users of a customer, and the days on which something changed, the oldest first."""

    residents: tuple[Resident, ...]
    changes: tuple[int, ...]

    def used(self, site: str, type_code: str, ago: int) -> int:
        """Seats of a type taken on a site so many days ago."""
        return sum(r.site == site and r.here(ago) and r.type_at(ago) == type_code for r in self.residents)

    def of(self, site: str, stack: str | None = None, *, ago: int) -> list[Resident]:
        """Who was on a site, or in its tenant of one stack, so many days ago."""
        return [r for r in self.residents if r.site == site and (stack is None or r.stack == stack) and r.here(ago)]

    def restless(self, ago: int) -> set[tuple[str, str | None]]:
        """The sites and stacks where somebody came, left or changed on that day."""
        return {
            (r.site, r.stack)
            for r in self.residents
            if ago in (r.came_ago, r.left_ago) or (r.earlier_type and r.retyped_ago == ago)
        }


def tenant_uuid(customer: Customer, site: Site, stack: str) -> UUID:
    """The tenant in which a site's users live on a stack."""
    return uuid5(NAMESPACE, f"tenant/{customer.client_id}/{site.name}/{stack}")


@cache
def population(customer: Customer) -> Population:
    """The users of a customer; always the same ones."""
    dice = random.Random(f"strapontin/{customer.client_id}")  # noqa: S311  a story, no secret
    changes = _change_days(customer, dice)
    people = _people(customer, dice)
    residents: list[Resident] = []
    for site in customer.sites:
        for position, type_code in enumerate(TYPES):
            # Whoever is committed for long keeps people longer, too.
            turnover = 0.18 if customer.term_months == 1 else 0.08
            residents += _of_type(site, type_code, site.users[position], turnover, changes, people, dice)
        for type_code, extra in ARRIVED_LAST_NIGHT.get((customer.client_id, site.name), {}).items():
            residents += [next(people)(site, type_code, came_ago=0) for _ in range(extra)]
        if (customer.client_id, site.name) == UNMAPPED_AT:
            residents.append(next(people)(site, "", came_ago=changes[-1]))
    return Population(tuple(_spread(residents, customer)), changes)


def counted(customers: tuple[Customer, ...]) -> Counter[str]:
    """Users of today per type."""
    return Counter(r.type_at(0) for c in customers for r in population(c).residents if r.here(0))


def _change_days(customer: Customer, dice: random.Random) -> tuple[int, ...]:
    age = customer.age_days or 400
    newest = 40 if customer.client_id in TOLD_BY_HAND else 12
    number = min(10, age // 45)
    return tuple(sorted(dice.sample(range(newest, age - 8, 4), number), reverse=True)) if number else ()


def _of_type(
    site: Site,
    type_code: str,
    number: int,
    turnover: float,
    changes: tuple[int, ...],
    people: Iterator[_Maker],
    dice: random.Random,
) -> Iterator[Resident]:
    """Those of today, most of them there from the beginning, and a few who left in between."""
    for _ in range(number):
        came = dice.choice(changes) if changes and dice.random() < 0.22 else BEGINNING
        person = next(people)(site, type_code, came_ago=came)
        later = [ago for ago in changes if ago < came]
        if type_code == "uc" and later and site.free is None and dice.random() < 0.12:
            person = replace(person, earlier_type="voice", retyped_ago=dice.choice(later))
        yield person
    # Where a story fixes the free seats, nobody left.
    if number and site.free is None and len(changes) > 1:
        for _ in range(round(number * turnover + dice.random() * 0.6)):
            left = dice.choice(changes[1:])
            came = dice.choice([BEGINNING, *(ago for ago in changes if ago > left)])
            yield replace(next(people)(site, type_code, came_ago=came), left_ago=left)


class _Maker:
    """A name that waits for its place."""

    def __init__(self, first: str, last: str, email: str, number: int, customer: Customer) -> None:
        self._identity = (first, last, email, str(number), customer.client_id)

    def __call__(self, site: Site, type_code: str, *, came_ago: int) -> Resident:
        first, last, email, extension, client_id = self._identity
        return Resident(
            id=uuid5(NAMESPACE, f"user/{client_id}/{email}"),
            first_name=first,
            last_name=last,
            email=email,
            extension=extension,
            site=site.name,
            stack=site.stacks[0] if site.stacks else None,
            type_code=type_code,
            came_ago=came_ago,
            enabled=int(extension) % 31 != 0,
        )


def _people(customer: Customer, dice: random.Random) -> Iterator[_Maker]:
    """Names, each once in a customer."""
    firsts, lasts = (names.ENGLISH, names.ENGLISH_LAST) if customer.english else (names.FRENCH, names.FRENCH_LAST)
    pairs = [(first, last) for first in firsts for last in lasts]
    for number, (first, last) in enumerate(dice.sample(pairs, 400), start=201):
        yield _Maker(first, last, f"{ascii_name(first)}.{ascii_name(last)}@{customer.domain}.example", number, customer)


def ascii_name(name: str) -> str:
    """A name as the part of an e-mail address."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "-", plain).strip("-")


def _spread(residents: list[Resident], customer: Customer) -> Iterator[Resident]:
    """On a site with several tenants, every other user lives in the second one."""
    stacks = {site.name: site.stacks for site in customer.sites}
    for number, resident in enumerate(residents):
        there = stacks[resident.site]
        yield replace(resident, stack=there[number % len(there)]) if len(there) > 1 else resident
