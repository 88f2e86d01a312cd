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

Stacks
* What a stack shows replaces the users who were once seen on it, nobody else. Who was typed in before the site had a
  tenant stays counted, until the stack shows them too. Another type changes nothing about that; on another site with
  a tenant a user is created there, and so seen.

Cycles
* A cancellation made on local day d ends the first cycle whose next one would start after d; the last word counts.
  From the first moment of that day nothing is allocated: the rows are known from then on, whenever the product writes
  them. Users stay, and none is added. A scheduled lowering counts before.
* A reactivation starts a cycle that day by the customer's own alignment, with a new anchor day, with the term that
  was named or that the next cycle would have had. It reverses the revocation, row by row. These seats are added that
  day: they can be handed back as a raise can.
* While a customer has ended, its quantities stay 0 and its term and cancellation stay as they are. A term is not
  changed while a cancellation stands.
* A stub is a cycle of its own. A lowering keeps the date that it was scheduled for.
* A change of term made on local day d applies to the first period that starts after d; the last one made
  counts.
* Payer and unit price are those known at the first moment of the period (its local midnight, or the
  customer's creation). What was missing then is what is first known later: it is fixed from then on. The
  payer is the nearest partner marked payer, from the customer's own partner upwards; its level, currency
  and tax count. Of the lists in the payer's currency that are valid at the period's start, the latest of its own
  and the latest general one count. The own one gives price and discounts of the types that it names, the general
  one those of the others. A discount that the list does not name is 0. A price found late still has the payer's
  level of the period's start.

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
* An invoice is issued on the local day of the execution that issues it. Its number is of that day's year.
* Tax: the payer's country's percentage of the invoice's net, rounded once; no percentage, no tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.bills import Basis, lines_of_period
from tests.oracle.customers import Customers
from tests.oracle.market import Faulty
from tests.oracle.model import Invoice, Line, Partner, Period, RunResult, Settings, percent_off, to_cents

Case = tuple[str, str | None]
"""A customer and the payer of some of its periods (None: nobody pays for them)."""


@dataclass
class Run:
    """One date's run: its cut, who is parked and why, and whom it treated."""

    cut: datetime
    parked: dict[Case, str] = field(default_factory=dict)


class World(Customers):
    """Settings, partners, price lists, customers and bills, and what a property test does to them."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.runs: dict[date, Run] = {}
        self.invoices: list[Invoice] = []
        self.treated: list[tuple[Case, date]] = []

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
        invoices = self._invoice(day, lines, self.settings.local_day(at))
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

    def _invoice(self, day: date, lines: list[tuple[Partner, Line]], today: date) -> dict[str, Invoice]:
        payers = {payer.name: payer for payer, _ in lines}
        invoices = {}
        for name, payer in payers.items():
            own = tuple(line for line_payer, line in lines if line_payer.name == name)
            net = sum((line.amount for line in own), Decimal("0.00"))
            percent = self.settings.vat_percent.get(payer.country, Decimal(0))
            tax = to_cents(net - percent_off(net, percent))
            invoices[name] = Invoice(name, payer.currency, today, day, own, net, tax, net + tax)
        return invoices
