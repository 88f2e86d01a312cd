"""What may happen to an installation, as plain events, and how the oracle lives through them.

A test of the product replays the same events through its operations, in order, and compares outcome by
outcome (see `apply` for what each event answers), then `figures`, `periods` and the issued lines. Every event
carries the moment `at` at which it happens; moments grow strictly within a history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tests.oracle.model import (
    BelowUse,
    Claimed,
    Entry,
    NoFreeSeat,
    Partner,
    PriceList,
    Refused,
    RunResult,
    Settings,
)
from tests.oracle.oracle import World


@dataclass(frozen=True)
class DailyWork:
    """The daily job brings every customer to today (the oracle needs none)."""

    at: datetime


@dataclass(frozen=True)
class SetPartner:
    """A known partner is, from now on, like this (its payer mark or its level differs)."""

    at: datetime
    partner: Partner


@dataclass(frozen=True)
class AddPriceList:
    """A further price list becomes known."""

    at: datetime
    price_list: PriceList


@dataclass(frozen=True)
class CreateCustomer:
    """A customer begins today; its sites are created when first named."""

    at: datetime
    customer: str
    partner: str
    term_months: int
    alignment: str
    not_for_resale: bool = False
    on_stack: bool = True


@dataclass(frozen=True)
class AttachTenant:
    """A site gets a stack tenant; only drawn where there is none."""

    at: datetime
    customer: str
    site: str


@dataclass(frozen=True)
class SetTerm:
    """A customer asks for a term from its next period on."""

    at: datetime
    customer: str
    term_months: int


@dataclass(frozen=True)
class Cancel:
    """A customer shall end with its running period, or (False) go on after all."""

    at: datetime
    customer: str
    cancelled: bool


@dataclass(frozen=True)
class Reactivate:
    """A customer that has ended starts anew; `term_months` None: with the term that it would have had."""

    at: datetime
    customer: str
    term_months: int | None


@dataclass(frozen=True)
class Request:
    """Quantities wanted, (site, type, quantity) in order."""

    at: datetime
    customer: str
    changes: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Exchange:
    """Seats of a type on a site for as many of another type."""

    at: datetime
    customer: str
    site: str
    from_type: str
    to_type: str
    seats: int


@dataclass(frozen=True)
class UndoExchange:
    """The customer's n-th exchange is undone: `seats` of it, or (None) what is left of it."""

    at: datetime
    customer: str
    number: int
    seats: int | None = None


@dataclass(frozen=True)
class Claim:
    """One user more on a site."""

    at: datetime
    customer: str
    site: str
    type: str
    allocate_missing: bool


@dataclass(frozen=True)
class Release:
    """One user less; only drawn where there is one."""

    at: datetime
    customer: str
    site: str
    type: str


@dataclass(frozen=True)
class ChangeUser:
    """A user gets another type or site; only drawn where there is one, and to another place.

    With `exchange_seat`, only drawn for another type on the same site.
    """

    at: datetime
    customer: str
    site: str
    type: str
    to_site: str
    to_type: str
    allocate_missing: bool
    exchange_seat: bool = False


@dataclass(frozen=True)
class Correct:
    """The provider corrects what was allocated since a past day; never below zero or the use."""

    at: datetime
    customer: str
    site: str
    type: str
    delta: int
    effective_on: date


@dataclass(frozen=True)
class StackShows:
    """A synchronisation finds `used` users of a type on a site.

    `recognised` of them were typed in before the site had a tenant.
    """

    at: datetime
    customer: str
    site: str
    type: str
    used: int
    recognised: int = 0


@dataclass(frozen=True)
class BillingRun:
    """The billing run of `date` is started, or started again, at `at`."""

    at: datetime
    date: date


Event = (
    DailyWork
    | SetPartner
    | AddPriceList
    | CreateCustomer
    | AttachTenant
    | SetTerm
    | Cancel
    | Reactivate
    | Request
    | Exchange
    | UndoExchange
    | Claim
    | Release
    | ChangeUser
    | Correct
    | StackShows
    | BillingRun
)
Outcome = list[Entry] | BelowUse | Claimed | NoFreeSeat | Refused | RunResult | int | None


@dataclass(frozen=True)
class History:
    """An installation's settings, partners and prices as it begins, and all that happens to it."""

    settings: Settings
    partners: tuple[Partner, ...]
    price_lists: tuple[PriceList, ...]
    events: tuple[Event, ...]

    def world(self) -> World:
        """The oracle's world before the first event."""
        world = World(self.settings)
        for partner in self.partners:
            world.set_partner(partner)
        for price_list in self.price_lists:
            world.add_price_list(price_list)
        return world


def apply(world: World, event: Event) -> Outcome:
    """Let one event happen, and answer what it came to.

    A Request answers its entries or BelowUse, an Exchange and an UndoExchange too, a Claim and a
    ChangeUser Claimed or NoFreeSeat, a SetTerm the pending term, a BillingRun its RunResult, the others None. A
    ChangeUser with `exchange_seat` may be refused as an Exchange is. Each of them may be Refused instead.
    """
    match event:
        case SetPartner():
            world.set_partner(event.partner, event.at)
        case AddPriceList():
            world.add_price_list(event.price_list, event.at)
        case CreateCustomer():
            world.create_customer(
                event.customer,
                partner=event.partner,
                term_months=event.term_months,
                at=event.at,
                alignment=event.alignment,
                not_for_resale=event.not_for_resale,
                on_stack=event.on_stack,
            )
        case AttachTenant():
            world.attach_tenant(event.customer, event.site, event.at)
        case SetTerm():
            return world.set_term(event.customer, event.term_months, event.at)
        case Cancel():
            return world.cancel(event.customer, event.cancelled, event.at)
        case Reactivate():
            return world.reactivate(event.customer, event.term_months, event.at)
        case Request():
            return world.request_quantities(event.customer, event.changes, event.at)
        case Exchange():
            return world.exchange(event.customer, event.site, event.from_type, event.to_type, event.seats, event.at)
        case UndoExchange():
            return world.undo_exchange(event.customer, event.number, event.seats, event.at)
        case Claim():
            return world.claim(event.customer, event.site, event.type, event.at, event.allocate_missing)
        case Release():
            world.release(event.customer, event.site, event.type, event.at)
        case ChangeUser():
            return world.change_user(
                event.customer,
                (event.site, event.type),
                (event.to_site, event.to_type),
                event.at,
                event.allocate_missing,
                event.exchange_seat,
            )
        case Correct():
            world.correct(
                event.customer, event.site, event.type, event.delta, effective_on=event.effective_on, at=event.at
            )
        case StackShows():
            world.stack_shows(event.customer, event.site, event.type, event.used, event.at, event.recognised)
        case BillingRun():
            return world.run(event.date, event.at)
        case DailyWork():
            pass
    return None


def play(history: History) -> tuple[World, list[Outcome]]:
    """Live through a whole history; the world as it ends, and what each event answered."""
    world = history.world()
    return world, [apply(world, event) for event in history.events]
