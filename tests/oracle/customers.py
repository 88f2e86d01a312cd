"""The slow oracle's customers: their periods, and what is done to their seats."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime

from tests.oracle.market import Customer, Faulty, Life, Market
from tests.oracle.model import (
    ACTIVE,
    ENDING,
    EXPIRED,
    BelowUse,
    Claimed,
    Entry,
    Figures,
    NoFreeSeat,
    Period,
    Refused,
    Settings,
)
from tests.oracle.periods import periods_until
from tests.oracle.seats import Change, Now


class Customers(Market):
    """The customers of a market."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.customers: dict[str, Customer] = {}

    def create_customer(
        self,
        name: str,
        *,
        partner: str,
        term_months: int,
        at: datetime,
        alignment: str = "calendar",
        not_for_resale: bool = False,
        on_stack: bool = True,
    ) -> Customer:
        """A customer whose first period starts on the local day of `at`; its sites are but names.

        Without `on_stack`, no site has a stack tenant until one is attached.
        """
        if name in self.customers or alignment not in ("calendar", "anniversary"):
            raise ValueError(f"{name}, {alignment}")
        since = self._at(at)
        customer = Customer(name, partner, alignment, since, [Life(since, term_months)], not_for_resale)
        customer.attached = None if on_stack else set()
        self.customers[name] = customer
        return customer

    def _at(self, at: datetime) -> datetime:
        """The moment; customers that have ended until then lose what is allocated, at the first moment of that day."""
        moment = super()._at(at)
        for name, customer in self.customers.items():
            self._revoke(name, customer)
        return moment

    # -- terms, and the end ----------------------------------------------------------------------------

    def set_term(self, customer: str, term_months: int, at: datetime) -> int | Refused | None:
        """Ask for a term from the next period on; what is pending then. The current one withdraws it."""
        at = self._at(at)
        if not self.is_active(customer):
            return EXPIRED
        if self.is_cancelled(customer) and term_months != self.period_on(customer, self.today).term_months:
            return ENDING
        self.customers[customer].term_changes.append((at, term_months))
        return self.pending_term(customer, at)

    def pending_term(self, customer: str, at: datetime) -> int | None:
        """The term that the next period will have, if it is another one than now."""
        period = self.period_on(customer, self.settings.local_day(at))
        wanted = self._term_on(self.customers[customer], period.end)
        return wanted if wanted != period.term_months else None

    def cancel(self, customer: str, cancelled: bool, at: datetime) -> Refused | None:
        """The customer ends with its running period, or (False) goes on after all."""
        at = self._at(at)
        if not self.is_active(customer):
            return EXPIRED
        self.customers[customer].cancellations.append((at, cancelled))
        return None

    def reactivate(self, customer: str, term_months: int | None, at: datetime) -> Refused | None:
        """The customer starts anew today with what was revoked; None: with the term that it would have had."""
        at, one = self._at(at), self.customers[customer]
        if one.ended_on is None:
            return ACTIVE
        one.lives.append(Life(at, term_months or self._term_on(one, one.ended_on)))
        one.ended_on = None
        for place, seats in one.revoked.items():
            one.ledger.reopen(*place, seats, self._moment(customer, at))
        one.revoked = {}
        return None

    def _revoke(self, name: str, customer: Customer) -> None:
        """End a customer whose last period is over: from its first moment after that, nothing is allocated."""
        if customer.ended_on is not None:
            return
        last = self.periods(name)[-1]
        if last.end <= self.today:
            customer.ended_on, midnight = last.end, self.settings.midnight(last.end)
            now = Now(midnight, last.end, last.end)
            customer.revoked = customer.ledger.revoke(now)

    @property
    def today(self) -> date:
        """The local day of the last moment."""
        return self.settings.local_day(self.now)

    def is_active(self, customer: str) -> bool:
        """Whether the customer has not ended, or was reactivated."""
        return self.customers[customer].ended_on is None

    def is_cancelled(self, customer: str) -> bool:
        """Whether the customer ends with the running period, as things stand."""
        return self._ends_on(self.customers[customer], date.max)

    def _life_on(self, customer: Customer, day: date) -> Life:
        return [life for life in customer.lives if self.settings.local_day(life.since) <= day][-1]

    def _term_on(self, customer: Customer, start: date) -> int:
        life = self._life_on(customer, start)
        asked = [
            months for at, months in customer.term_changes if life.since <= at and self.settings.local_day(at) < start
        ]
        return asked[-1] if asked else life.term_months

    def _ends_on(self, customer: Customer, boundary: date) -> bool:
        # A life that begins on the boundary begins after the end of the former one.
        since = [life.since for life in customer.lives if self.settings.local_day(life.since) < boundary][-1]
        asked = [
            cancelled
            for at, cancelled in customer.cancellations
            if since <= at and self.settings.local_day(at) < boundary
        ]
        return bool(asked) and asked[-1]

    def periods(self, customer: str, last: date | None = None) -> list[Period]:
        """The periods that start by `last` (None: by today)."""
        one = self.customers[customer]
        periods: list[Period] = []
        for life in one.lives:
            periods += periods_until(
                created_on=self.settings.local_day(life.since),
                alignment=one.alignment,
                term_on=lambda start: self._term_on(one, start),
                last=last or self.today,
                ends_on=lambda boundary: self._ends_on(one, boundary),
            )
        return periods

    def period_on(self, customer: str, day: date) -> Period:
        """The period that contains `day`."""
        return next(p for p in self.periods(customer, day) if p.start <= day < p.end)

    def next_cycle_on(self, customer: str, day: date) -> date:
        """The day on which the cycle after `day` starts; `day` itself if the customer is not active then."""
        return next((p.end for p in self.periods(customer, day) if p.start <= day < p.end), day)

    # -- seats -----------------------------------------------------------------------------------------

    def _moment(self, customer: str, at: datetime) -> Now:
        at = self._at(at)
        today = self.settings.local_day(at)
        return Now(at, today, self.next_cycle_on(customer, today))

    def request_quantities(
        self, customer: str, changes: Sequence[Change], at: datetime
    ) -> list[Entry] | BelowUse | Refused:
        """Ask for quantities (site, type, wanted); what happens, or the refusal of all."""
        now, ledger = self._moment(customer, at), self.customers[customer].ledger
        if not self.is_active(customer) and any(wanted for _, _, wanted in changes):
            return EXPIRED
        return ledger.request(changes, now, self.settings.hand_back_days)

    def exchange(
        self, customer: str, site: str, from_type: str, to_type: str, seats: int, at: datetime, leaving: int = 0
    ) -> list[Entry] | BelowUse | Refused:
        """Exchange seats of a type for as many of a dearer one, within the term."""
        now = self._moment(customer, at)
        if from_type == to_type or seats < 1:
            raise ValueError(f"not an exchange: {seats} {from_type}, {to_type}")
        if not self.is_active(customer):
            return EXPIRED
        why_not = self._no_exchange(customer, from_type, to_type, now.today)
        if why_not:
            return Refused(why_not)
        return self.customers[customer].ledger.exchange(site, from_type, to_type, seats, now, leaving)

    def _no_exchange(self, customer: str, from_type: str, to_type: str, today: date) -> str:
        """Why a type is not dearer than another by the unit prices of the running period; empty if it is."""
        one, period = self.customers[customer], self.period_on(customer, today)
        try:
            _, cheaper = self.period_price(one, period, from_type)
            _, dearer = self.period_price(one, period, to_type)
        except Faulty:
            return "price_missing"
        return "" if dearer > cheaper else "not_dearer"

    def undo_exchange(
        self, customer: str, number: int, seats: int | None, at: datetime
    ) -> list[Entry] | BelowUse | Refused:
        """Undo the customer's n-th exchange, whole (None: what is left of it) or in part."""
        now, ledger = self._moment(customer, at), self.customers[customer].ledger
        if not self.is_active(customer):
            return EXPIRED
        return ledger.undo_exchange(number, seats, now, self.settings.hand_back_days)

    def correct(
        self, customer: str, site: str, type_code: str, delta: int, *, effective_on: date, at: datetime
    ) -> None:
        """The provider's backdated correction: `delta` seats since a past day, recorded now."""
        now = self._moment(customer, at)
        if effective_on > now.today:
            raise ValueError(f"{effective_on} is not past")
        ledger = self.customers[customer].ledger
        before = ledger.present(site, type_code, now)
        ledger.write("allocated", site, type_code, delta, effective_on, now, "correction")
        # The next cycle follows, but not below those seats in use that it would have started with.
        kept = min(before.used, before.next_cycle) - (before.next_cycle + delta)
        if kept > 0:
            ledger.write("allocated", site, type_code, kept, now.next_cycle_on, now, "kept for users")

    def claim(
        self, customer: str, site: str, type_code: str, at: datetime, allocate_missing: bool = False
    ) -> Claimed | NoFreeSeat | Refused:
        """One user more, if a seat is free or may be allocated."""
        one, now = self.customers[customer], self._moment(customer, at)
        if not self.is_active(customer):
            return EXPIRED
        checked = self._is_checked(customer, now)
        result = one.ledger.claim(site, type_code, now, checked=checked, allocate_missing=allocate_missing)
        if isinstance(result, Claimed) and not one.has_tenant(site):
            one.ledger.unseen[site, type_code] += 1
        return result

    def attach_tenant(self, customer: str, site: str, at: datetime) -> None:
        """A site gets a stack tenant: who is there already has not been seen on it."""
        self._at(at)
        attached = self.customers[customer].attached
        if attached is None or site in attached:
            raise ValueError(f"{site} has a tenant")
        attached.add(site)

    def release(self, customer: str, site: str, type_code: str, at: datetime) -> None:
        """One user less; where there are some, one whom no stack has shown."""
        ledger, now = self.customers[customer].ledger, self._moment(customer, at)
        ledger.unseen[site, type_code] -= ledger.unseen[site, type_code] > 0
        ledger.set_used(site, type_code, ledger.present(site, type_code, now).used - 1, now, "release")

    def change_user(
        self,
        customer: str,
        place: tuple[str, str],
        to_place: tuple[str, str],
        at: datetime,
        allocate_missing: bool = False,
        exchange_seat: bool = False,
    ) -> Claimed | NoFreeSeat | BelowUse | Refused:
        """Another type or site for one user: a release and a claim in one, or nothing.

        Another type makes nobody seen; on another site the user is created on its stack, if it has one. With
        `exchange_seat`, the user's seat becomes one of the other type, on the same site.
        """
        if exchange_seat:
            return self._change_user_and_seat(customer, place, to_place, at)
        ledger = self.customers[customer].ledger
        stays_unseen = (
            place[0] == to_place[0] and self.customers[customer].has_tenant(place[0]) and ledger.unseen[place]
        )
        result = self.claim(customer, *to_place, at, allocate_missing)
        if isinstance(result, Claimed):
            self.release(customer, *place, at)
            ledger.unseen[to_place] += stays_unseen > 0
        return result

    def _change_user_and_seat(
        self, customer: str, place: tuple[str, str], to_place: tuple[str, str], at: datetime
    ) -> Claimed | NoFreeSeat | BelowUse | Refused:
        """Seat and user together, or neither."""
        one = self.customers[customer]
        before = deepcopy(one.ledger)
        exchanged = self.exchange(customer, place[0], place[1], to_place[1], 1, at, leaving=1)
        if not isinstance(exchanged, list):
            return exchanged
        changed = self.change_user(customer, place, to_place, at)
        if not isinstance(changed, Claimed):
            one.ledger = before
        return changed

    def _is_checked(self, customer: str, now: Now) -> bool:
        """Whether a user needs a free seat."""
        return now.today >= self.settings.seats_enforced_from and not self.customers[customer].not_for_resale

    def stack_shows(
        self, customer: str, site: str, type_code: str, used: int, at: datetime, recognised: int = 0
    ) -> None:
        """A synchronisation: the seats in use are what the stack has, even above the allocation.

        Who was typed in before the site had a tenant stays counted besides, until the stack shows them: `recognised`
        of the users are such.
        """
        one, now = self.customers[customer], self._moment(customer, at)
        if not one.has_tenant(site) or recognised > min(used, one.ledger.unseen[site, type_code]):
            raise ValueError(f"{used} users, {recognised} recognised on {site}")
        one.ledger.unseen[site, type_code] -= recognised
        one.ledger.set_used(site, type_code, used + one.ledger.unseen[site, type_code], now, "stack")

    def figures(
        self, customer: str, as_of: date | None = None, known_at: datetime | None = None
    ) -> dict[tuple[str, str], Figures]:
        """Per (site, type) the figures at the end of a day, as known at a moment (None: today, now).

        The next cycle's is what is allocated on the day on which the cycle after `as_of` starts.
        """
        ledger = self.customers[customer].ledger
        day = as_of or self.settings.local_day(self.now)
        next_cycle_on = self.next_cycle_on(customer, day)
        return {
            (site, type_code): ledger.figures(
                site, type_code, on=day, next_cycle_on=next_cycle_on, known_at=known_at or self.now
            )
            for site, type_code in ledger.places()
        }
