"""The slow oracle: seats and bills recomputed from SPEC 3 to 8 alone, one day and one seat at a time.

It shares no code and no database with the product, so that a property test may do the same things to both and
compare. Names stand for ids; every moment is an aware datetime; a world's moments never go back.

Where SPEC leaves room, this is how it is read here:

Requests, per type
* What sites give (wanted < allocated) and take (wanted > allocated) is matched greedily, both in the order
  of the request. A move of m: the giver's allocated − m, its next cycle − m but not below min(its use, what
  is left); the taker's allocated + m and next cycle + m. A change wholly matched by moves does nothing else
  there.
* What remains up is a raise: allocated = next cycle = wanted. What remains down hands back h = min(rest,
  still returnable), then the next cycle = wanted.
* Wanted = allocated: next cycle = allocated. The whole request is refused with `below_use` where wanted <
  allocated and wanted < used; used − wanted are in the way.
* Returnable are the seats of raises (also the first allocation, also those raised for a user) of the
  customer and type, on any site, on a local day d with today ≤ d + hand_back_days − 1, less what was handed
  back of them, newest first. Moves, and seats kept from a scheduled lowering, are no additions. Backdated
  corrections neither.

Claims
* Free = min(allocated, next cycle) − used. With `allocate_missing`: needed = used + 1, the next cycle
  becomes max(next cycle, min(needed, allocated)); if allocated < needed, a raise to needed. A site that is
  over its allocation is therefore raised to its use, plus one. No check before `seats_enforced_from`.

Cycles
* A stub is a cycle of its own. A lowering keeps the date that it was scheduled for.
* A change of term made on local day d applies to the first period that starts after d; the last one made
  counts.
* Payer and unit price are those known at the first moment of the period (its local midnight, or the
  customer's creation). What was missing then is what is first known later: it is fixed from then on. The
  payer is the nearest partner marked payer, from the customer's own partner upwards; its level, currency
  and tax count. Of the lists valid at the period's start that price the type, the term and the level: the
  payer's own before general ones in its currency; among those the latest `valid_from`. A price found late
  still has the payer's level of the period's start.

Runs
* The cut is min(the moment of the first execution, the end of D); the end of D is the last moment before
  the next local midnight. Of rows, only those recorded by the cut count. Customers created after the cut
  take no part.
* Runs go forward in date; a run in the future is none. The same date again treats only the customers parked
  then, at the first cut. What a later run has treated meanwhile is left alone by the earlier date.
* Every period that starts by D takes part, ended ones too. A customer is parked if a line needs a payer or a
  price that is missing. Where its periods have different payers, each payer's are a case of their own, so
  that what another payer owes does not wait for a price that is not its own. Of a parked case nothing is
  billed and nothing counts as rated.
* A period is rated by the first run, dated on or after its start, that treated it without parking it. It is
  first rated on used seats if that date is before `allocation_billing_from`.
* Tax: the payer's country's percentage of the invoice's net, rounded once; no percentage, no tax.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.oracle.bills import Basis, lines_of_period
from tests.oracle.model import (
    BelowUse,
    Claimed,
    Entry,
    Figures,
    Invoice,
    Line,
    NoFreeSeat,
    Partner,
    Period,
    PriceList,
    RunResult,
    Settings,
    percent_off,
    to_cents,
)
from tests.oracle.periods import periods_until
from tests.oracle.seats import Change, Ledger, Now

THE_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


Case = tuple[str, str | None]
"""A customer and the payer of some of its periods (None: nobody pays for them)."""


class Faulty(Exception):  # noqa: N818 (a reason for parking, not an error of ours)
    """A customer cannot be billed; the text is the reason it is parked with."""


@dataclass
class Customer:
    """One customer: how it began, its changes of term (moment, months) and its ledger."""

    name: str
    partner: str
    term_months: int
    alignment: str
    created_at: datetime
    not_for_resale: bool = False
    term_changes: list[tuple[datetime, int]] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)


@dataclass
class Run:
    """One date's run: its cut, who is parked and why, and whom it treated."""

    cut: datetime
    parked: dict[Case, str] = field(default_factory=dict)


class World:
    """Settings, partners, price lists and customers, and what a property test does to them."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.now = THE_BEGINNING
        self.customers: dict[str, Customer] = {}
        self.partners: list[tuple[datetime, Partner]] = []
        self.price_lists: list[tuple[datetime, PriceList]] = []
        self.runs: dict[date, Run] = {}
        self.invoices: list[Invoice] = []
        self.treated: list[tuple[Case, date]] = []

    def _at(self, at: datetime) -> datetime:
        if at.tzinfo is None or at < self.now:
            raise ValueError(f"{at} is before {self.now}")
        self.now = at.astimezone(UTC)
        return self.now

    # -- partners and prices ---------------------------------------------------------------------------

    def set_partner(self, partner: Partner, at: datetime | None = None) -> None:
        """Create a partner, or say what it is from `at` on (None: it has always been so)."""
        self.partners.append((self._at(at) if at else THE_BEGINNING, partner))

    def add_price_list(self, price_list: PriceList, at: datetime | None = None) -> None:
        """Make a price list known from `at` on (None: always)."""
        self.price_lists.append((self._at(at) if at else THE_BEGINNING, price_list))

    def partner(self, name: str, known_at: datetime) -> Partner:
        """The partner as it was at a moment."""
        versions = [p for at, p in self.partners if p.name == name and at <= known_at]
        return versions[-1]

    def payer_of(self, customer: Customer, known_at: datetime) -> Partner | None:
        """The nearest partner marked payer, from the customer's own upwards."""
        name: str | None = customer.partner
        while name is not None:
            partner = self.partner(name, known_at)
            if partner.payer:
                return partner
            name = partner.parent
        return None

    def _list_price(self, payer: Partner, type_code: str, period: Period, known_at: datetime) -> Decimal | None:
        def valid(own: bool) -> Iterator[tuple[date, Decimal]]:
            for at, price_list in self.price_lists:
                price = price_list.unit_price(type_code, period.term_months, payer.level)
                if (
                    price is not None
                    and at <= known_at
                    and price_list.valid_from <= period.start
                    and price_list.currency == payer.currency
                    and price_list.partner == (payer.name if own else None)
                ):
                    yield price_list.valid_from, price

        for own in (True, False):
            prices = list(valid(own))
            if prices:
                return max(prices, key=lambda item: item[0])[1]
        return None

    def _moments(self, customer: Customer, period: Period) -> list[datetime]:
        """The period's first moment, then every later one at which a partner or a price changed."""
        first = max(self.settings.midnight(period.start), customer.created_at)
        changes = {at for at, _ in self.partners} | {at for at, _ in self.price_lists}
        return [first, *sorted(at for at in changes if at > first)]

    def period_payer(self, customer: Customer, period: Period) -> tuple[Partner, datetime]:
        """Who pays for a period, and since when that is known; raises Faulty if nobody does."""
        for moment in self._moments(customer, period):
            payer = self.payer_of(customer, moment)
            if payer is not None:
                return payer, moment
        raise Faulty("missing_payer")

    def period_price(self, customer: Customer, period: Period, type_code: str) -> tuple[Partner, Decimal]:
        """Payer and unit price of a type for a period, fixed when it starts; raises Faulty if missing."""
        payer, since = self.period_payer(customer, period)
        for moment in self._moments(customer, period):
            price = self._list_price(payer, type_code, period, moment) if moment >= since else None
            if price is not None:
                return payer, price
        raise Faulty("missing_price")

    # -- customers and periods -------------------------------------------------------------------------

    def create_customer(
        self,
        name: str,
        *,
        partner: str,
        term_months: int,
        at: datetime,
        alignment: str = "calendar",
        not_for_resale: bool = False,
    ) -> Customer:
        """A customer whose first period starts on the local day of `at`; its sites are but names."""
        if name in self.customers or alignment not in ("calendar", "anniversary"):
            raise ValueError(f"{name}, {alignment}")
        customer = Customer(name, partner, term_months, alignment, self._at(at), not_for_resale)
        self.customers[name] = customer
        return customer

    def set_term(self, customer: str, term_months: int, at: datetime) -> int | None:
        """Ask for a term from the next period on; what is pending then. The current one withdraws it."""
        self.customers[customer].term_changes.append((self._at(at), term_months))
        return self.pending_term(customer, at)

    def pending_term(self, customer: str, at: datetime) -> int | None:
        """The term that the next period will have, if it is another one than now."""
        period = self.period_on(customer, self.settings.local_day(at))
        wanted = self._term_on(self.customers[customer], period.end)
        return wanted if wanted != period.term_months else None

    def _term_on(self, customer: Customer, start: date) -> int:
        earlier = [months for at, months in customer.term_changes if self.settings.local_day(at) < start]
        return earlier[-1] if earlier else customer.term_months

    def periods(self, customer: str, last: date | None = None) -> list[Period]:
        """The periods that start by `last` (None: by today)."""
        one = self.customers[customer]
        return periods_until(
            created_on=self.settings.local_day(one.created_at),
            alignment=one.alignment,
            term_on=lambda start: self._term_on(one, start),
            last=last or self.settings.local_day(self.now),
        )

    def period_on(self, customer: str, day: date) -> Period:
        """The period that contains `day`."""
        return next(p for p in self.periods(customer, day) if p.start <= day < p.end)

    # -- seats -----------------------------------------------------------------------------------------

    def _moment(self, customer: str, at: datetime) -> Now:
        at = self._at(at)
        today = self.settings.local_day(at)
        return Now(at, today, self.period_on(customer, today).end)

    def request_quantities(self, customer: str, changes: Sequence[Change], at: datetime) -> list[Entry] | BelowUse:
        """Ask for quantities (site, type, wanted); what happens, or the refusal of all."""
        ledger = self.customers[customer].ledger
        return ledger.request(changes, self._moment(customer, at), self.settings.hand_back_days)

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
    ) -> Claimed | NoFreeSeat:
        """One user more, if a seat is free or may be allocated."""
        one, now = self.customers[customer], self._moment(customer, at)
        checked = now.today >= self.settings.seats_enforced_from and not one.not_for_resale
        return one.ledger.claim(site, type_code, now, checked=checked, allocate_missing=allocate_missing)

    def release(self, customer: str, site: str, type_code: str, at: datetime) -> None:
        """One user less."""
        ledger, now = self.customers[customer].ledger, self._moment(customer, at)
        ledger.set_used(site, type_code, ledger.present(site, type_code, now).used - 1, now, "release")

    def change_user(
        self,
        customer: str,
        place: tuple[str, str],
        to_place: tuple[str, str],
        at: datetime,
        allocate_missing: bool = False,
    ) -> Claimed | NoFreeSeat:
        """Another type or site for one user: a release and a claim in one, or nothing."""
        result = self.claim(customer, *to_place, at, allocate_missing)
        if isinstance(result, Claimed):
            self.release(customer, *place, at)
        return result

    def stack_shows(self, customer: str, site: str, type_code: str, used: int, at: datetime) -> None:
        """A synchronisation: the seats in use are what the stack has, even above the allocation."""
        ledger, now = self.customers[customer].ledger, self._moment(customer, at)
        ledger.set_used(site, type_code, used, now, "stack")

    def figures(
        self, customer: str, as_of: date | None = None, known_at: datetime | None = None
    ) -> dict[tuple[str, str], Figures]:
        """Per (site, type) the figures at the end of a day, as known at a moment (None: today, now).

        The next cycle's is what is allocated on the day on which the cycle after `as_of` starts.
        """
        ledger = self.customers[customer].ledger
        day = as_of or self.settings.local_day(self.now)
        next_cycle_on = self.period_on(customer, day).end
        return {
            (site, type_code): ledger.figures(
                site, type_code, on=day, next_cycle_on=next_cycle_on, known_at=known_at or self.now
            )
            for site, type_code in ledger.places()
        }

    # -- billing ---------------------------------------------------------------------------------------

    def run(self, day: date, at: datetime) -> RunResult:
        """The billing run of a date, executed at `at`: what this execution issued and whom it left parked."""
        at = self._at(at)
        if self.settings.local_day(at) < day or (day not in self.runs and day < max(self.runs, default=day)):
            raise ValueError(f"no run for {day} now")
        if day in self.runs:
            run = self.runs[day]
            candidates = list(dict.fromkeys(name for name, _ in run.parked))
        else:
            run = self.runs[day] = Run(cut=min(at, self.settings.end_of(day)))
            candidates = [
                name
                for name, customer in self.customers.items()
                if customer.created_at <= run.cut and not customer.not_for_resale
            ]
        run.parked = {}
        lines: list[tuple[Partner, Line]] = []
        for name in candidates:
            for payer, periods in self._periods_by_payer(name, day).items():
                case = (name, payer)
                if self._treated_since(case, day):
                    continue
                try:
                    lines += self._rate(case, periods, day, run.cut)
                except Faulty as fault:
                    run.parked[case] = str(fault)
                else:
                    self.treated.append((case, day))
        invoices = self._invoice(day, lines)
        self.invoices += invoices.values()
        return RunResult(day, run.cut, invoices, {name: reason for (name, _), reason in run.parked.items()})

    def _treated_since(self, case: Case, day: date) -> bool:
        return any(treated == case and treated_on > day for treated, treated_on in self.treated)

    def _periods_by_payer(self, name: str, day: date) -> dict[str | None, list[Period]]:
        """The periods that start by a day, by who pays for them."""
        found: dict[str | None, list[Period]] = {}
        for period in self.periods(name, day):
            try:
                payer = self.period_payer(self.customers[name], period)[0].name
            except Faulty:
                payer = None
            found.setdefault(payer, []).append(period)
        return found

    def _basis(self, case: Case, day: date, cut: datetime) -> Basis:
        """What decides the seats to bill to a customer at a run, after all that was issued so far."""
        customer, _ = case
        issued = [
            (invoice.date, line) for invoice in self.invoices for line in invoice.lines if line.customer == customer
        ]
        treated_on = [treated for treated_case, treated in self.treated if treated_case == case]
        return Basis(self.settings, self.customers[customer].ledger, day, cut, issued, treated_on)

    def _rate(self, case: Case, periods: Sequence[Period], day: date, cut: datetime) -> list[tuple[Partner, Line]]:
        customer, basis = self.customers[case[0]], self._basis(case, day, cut)
        result: list[tuple[Partner, Line]] = []
        for period in periods:

            def price_of(type_code: str, period: Period = period) -> tuple[str, Decimal]:
                payer, price = self.period_price(customer, period, type_code)
                return payer.name, price

            lines = lines_of_period(basis, customer.name, period, price_of)
            result += [(self.period_payer(customer, period)[0], line) for line in lines]
        return result

    def _invoice(self, day: date, lines: list[tuple[Partner, Line]]) -> dict[str, Invoice]:
        payers = {payer.name: payer for payer, _ in lines}
        invoices = {}
        for name, payer in payers.items():
            own = tuple(line for line_payer, line in lines if line_payer.name == name)
            net = sum((line.amount for line in own), Decimal("0.00"))
            percent = self.settings.vat_percent.get(payer.country, Decimal(0))
            tax = to_cents(net - percent_off(net, percent))
            invoices[name] = Invoice(name, payer.currency, day, own, net, tax, net + tax)
        return invoices
