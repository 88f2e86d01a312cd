"""The product and the slow oracle live through one history side by side; every difference is an error.

After each event the answers and the customer's figures must be equal; after each run every line, total, period,
balance and sum. What the product promises about itself is checked on the way: an effect shown is the effect
that happens and is billed, a previewed run is the run, balances can be rebuilt from what was recorded, and
running twice bills nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing.rating import Line as ShownLine
from strapontin.customers.subscriptions import Subscriptions
from strapontin.kit.database import exists
from tests.oracle.histories import (
    BillingRun,
    Cancel,
    ChangeUser,
    Claim,
    Correct,
    Event,
    Exchange,
    History,
    Outcome,
    Reactivate,
    Release,
    Request,
    StackShows,
    UndoExchange,
    apply,
)
from tests.oracle.model import BelowUse, Entry, Figures, Invoice, Refused, RunResult
from tests.oracle.strategies import moment_of
from tests.reading import issued_invoices, what_if
from tests.reading import periods as periods_of
from tests.replay import Answer, Replay, Requested
from tests.servers import Database

CHANGES_SEATS = (Request, Exchange, UndoExchange, Claim, Release, ChangeUser, Correct, StackShows, Cancel, Reactivate)
AT_ONCE = ("raise", "move", "hand_back", "exchange", "undo")

_REBUILT = """
WITH places AS (
    SELECT customer_id, site_id, type_code FROM balance
     UNION SELECT customer_id, site_id, type_code FROM ledger_entry
     UNION SELECT customer_id, site_id, type_code FROM seat_event
), rebuilt AS (
    SELECT p.*,
           (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e
             WHERE (e.customer_id, e.site_id, e.type_code) = (p.customer_id, p.site_id, p.type_code)
               AND (e.effective_on < c.period_ends_on OR c.status = 'expired')) AS allocated,
           (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e
             WHERE (e.customer_id, e.site_id, e.type_code) = (p.customer_id, p.site_id, p.type_code)) AS next_cycle,
           (SELECT coalesce(sum(e.delta), 0) FROM seat_event e
             WHERE (e.customer_id, e.site_id, e.type_code) = (p.customer_id, p.site_id, p.type_code)) AS used
      FROM places p JOIN customer c ON c.id = p.customer_id
)
"""
_BALANCES_REBUILT = f"""{_REBUILT}
SELECT r.*, b.allocated AS stored_allocated, b.next_cycle AS stored_next_cycle, b.used AS stored_used
  FROM rebuilt r LEFT JOIN balance b USING (customer_id, site_id, type_code)
 WHERE (b.allocated, b.next_cycle, b.used) IS DISTINCT FROM (r.allocated, r.next_cycle, r.used)
"""
_TOTALS_REBUILT = f"""{_REBUILT}
, sums AS (
    SELECT customer_id, type_code, sum(allocated) AS allocated, sum(next_cycle) AS next_cycle, sum(used) AS used,
           sum(greatest(0, least(allocated, next_cycle) - used)) AS remaining,
           sum(greatest(0, used - allocated)) AS over,
           count(*) FILTER (WHERE used BETWEEN 1 AND allocated AND used >= least(allocated, next_cycle))
               AS full_sites
      FROM rebuilt GROUP BY customer_id, type_code
)
SELECT * FROM sums s FULL JOIN customer_total t USING (customer_id, type_code)
 WHERE (coalesce(s.allocated, 0), coalesce(s.next_cycle, 0), coalesce(s.used, 0), coalesce(s.remaining, 0),
        coalesce(s.over, 0), coalesce(s.full_sites, 0))
       IS DISTINCT FROM (coalesce(t.allocated, 0), coalesce(t.next_cycle, 0), coalesce(t.used, 0),
                         coalesce(t.remaining, 0), coalesce(t.over, 0), coalesce(t.full_sites, 0))
"""
_ENTRIES_OUT_OF_TUNE = """
SELECT * FROM ledger_entry e
 WHERE e.kind <> 'correction' AND e.quantity_after <> (
       SELECT sum(o.delta) FROM ledger_entry o
        WHERE (o.customer_id, o.site_id, o.type_code) = (e.customer_id, e.site_id, e.type_code)
          AND o.effective_on <= e.effective_on AND o.id <= e.id)
"""


def check_rebuilt() -> None:
    """Balances and totals are what ledger and seat events add up to."""
    with acting(system("job"), "billing"):
        for query in (_BALANCES_REBUILT, _TOTALS_REBUILT, _ENTRIES_OUT_OF_TUNE):
            assert not exists(query), query


def check_numbers(numbers: Iterable[str]) -> None:
    """Invoice numbers are gap-free in each year."""
    by_year: dict[str, list[int]] = {}
    for number in numbers:
        year, n = number.split("-")
        by_year.setdefault(year, []).append(int(n))
    for taken in by_year.values():
        assert sorted(taken) == list(range(1, len(taken) + 1))


def sorted_lines(invoices: Iterable[Invoice]) -> list[Any]:
    """All lines, in an order that does not depend on who made them."""
    lines = [line for invoice in invoices for line in invoice.lines]
    return sorted(lines, key=lambda line: (line.payer, line.customer, line.period_start, line.type, line.start))


def sorted_invoices(invoices: Iterable[Invoice]) -> list[Invoice]:
    """The invoices, each with its lines in order."""
    ordered = [replace(invoice, lines=tuple(sorted_lines([invoice]))) for invoice in invoices]
    return sorted(ordered, key=lambda invoice: (invoice.date, invoice.payer, repr(invoice.lines)))


def shown_figures(shown: Subscriptions) -> dict[tuple[str, str], tuple[int, ...]]:
    """Per site and type: allocated, next cycle, used, remaining, over; where any is not zero."""
    found = {
        (site.name, f.type_code): (f.allocated, f.next_cycle, f.used, f.remaining, f.over)
        for site in shown.sites
        for f in site.types
    }
    return {place: figures for place, figures in found.items() if any(figures)}


def expected_figures(figures: dict[tuple[str, str], Figures]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The oracle's figures in the same words."""
    found = {place: (f.allocated, f.next_cycle, f.used, f.remaining, f.over) for place, f in figures.items()}
    return {place: figures for place, figures in found.items() if any(figures)}


class SideBySide:
    """One history, lived through twice."""

    def __init__(self, database: Database, history: History) -> None:
        self.world = history.world()
        self.replay = Replay.of(database, history)

    def live(self, events: Iterable[Event]) -> None:
        """Lets all events happen, comparing on the way, and everything at the end."""
        for event in events:
            self.step(event)
        self.compare_everything()

    def step(self, event: Event) -> None:
        """Lets one event happen in both, and compares what can be seen of it."""
        if isinstance(event, Release | ChangeUser) and not self._has_user(event):
            return
        previewed = self._preview_run(event) if isinstance(event, BillingRun) else None
        answer, expected = self.replay.play(event), apply(self.world, event)
        self.compare_answers(event, answer, expected)
        if isinstance(event, CHANGES_SEATS):
            self.compare_figures(event.customer)
        if isinstance(event, Request | Exchange | UndoExchange) and isinstance(answer, Requested):
            self._bill_the_effect(event, answer)
        if isinstance(event, BillingRun):
            assert isinstance(answer, RunResult)
            if previewed is not None:
                assert previewed == self._previewed(answer), "the preview was another one"
            self.compare_everything()

    def _has_user(self, event: Release | ChangeUser) -> bool:
        figures = self.world.figures(event.customer).get((event.site, event.type))
        return figures is not None and figures.used > 0

    # -- answers ---------------------------------------------------------------------------------------

    def compare_answers(self, event: Event, answer: Answer, expected: Outcome) -> None:
        """What an operation answered, against what the oracle says of the same event."""
        if isinstance(event, Request):
            self._compare_request(event, answer, expected)
        elif isinstance(expected, list):
            assert isinstance(answer, Requested), (event, answer, expected)
            assert answer.at_once == {_words(entry) for entry in expected}, event
        elif isinstance(expected, RunResult):
            assert isinstance(answer, RunResult)
            assert answer.cut == expected.cut
            assert answer.parked == expected.parked
            assert sorted_invoices(answer.invoices.values()) == sorted_invoices(expected.invoices.values())
        else:
            assert answer == expected, (event, answer, expected)

    def _compare_request(self, event: Request, answer: Answer, expected: Outcome) -> None:
        if isinstance(expected, Refused):
            assert answer == expected, (event, answer, expected)
            return
        if isinstance(expected, BelowUse):
            assert isinstance(answer, BelowUse), (event, answer, expected)
            first = next((s, t) for s, t, _ in event.changes if (s, t) in expected.in_the_way)
            assert answer.in_the_way == {first: expected.in_the_way[first]}
            return
        assert isinstance(answer, Requested), (event, answer, expected)
        assert isinstance(expected, list)
        assert answer.at_once == {_words(entry) for entry in expected if entry.kind in AT_ONCE}, event
        next_cycle_on = self.world.next_cycle_on(event.customer, self.replay.settings.day(event.at))
        assert answer.scheduled <= {next_cycle_on}

    # -- figures ---------------------------------------------------------------------------------------

    def compare_figures(self, customer: str, as_of: date | None = None, known_at: datetime | None = None) -> None:
        """The figures per site and their sums, at the end of a day as known at a moment."""
        expected = expected_figures(self.world.figures(customer, as_of, known_at))
        shown = self.replay.figures(customer, self.world.now, as_of, known_at)
        assert shown_figures(shown) == expected, (customer, as_of, known_at)
        for total in shown.types:
            of_type = [figures for (_, code), figures in expected.items() if code == total.type_code]
            sums = tuple(map(sum, zip(*of_type, strict=True))) if of_type else (0, 0, 0, 0, 0)
            assert (total.allocated, total.next_cycle, total.used, total.remaining, total.over) == sums

    def compare_everything(self) -> None:
        """Figures now and from the next cycle on, periods, balances, sums, numbers, and all invoices so far."""
        for customer in self.world.customers:
            self.compare_figures(customer)
            periods = periods_of(self.replay.customers[customer])
            assert periods == self.world.periods(customer, periods[-1].start)
            self.compare_figures(customer, as_of=periods[-1].end)
        check_rebuilt()
        issued = issued_invoices()
        check_numbers(one.number for one in issued)
        assert sorted_invoices(one.invoice for one in issued) == sorted_invoices(self.world.invoices)

    def compare_as_known(self, points: Iterable[tuple[float, float]]) -> None:
        """Figures at days and moments given as fractions of the time that has passed."""
        settings = self.world.settings
        for customer, (day_fraction, moment_fraction) in zip(sorted(self.world.customers) * 5, points, strict=False):
            began = self.world.customers[customer].created_at
            first, last = settings.local_day(began), settings.local_day(self.world.now)
            as_of = first + (last - first) * day_fraction
            known_at = began + (self.world.now - began) * moment_fraction
            self.compare_figures(customer, as_of, known_at)

    # -- what the product says of the future ------------------------------------------------------------

    def _preview_run(self, event: BillingRun) -> Any:
        """What a preview of the run shows, the date's first run or a repetition; in turn None."""
        if self.replay.events % 2:
            return None
        with what_if():
            return self.replay.preview_run(event.date, event.at)

    def _previewed(self, result: RunResult) -> Any:
        """What the preview of a run should have shown, told by what the run issued and whom it parked."""
        ids = self.replay.customers
        shown = {
            payer: (
                invoice.net,
                invoice.tax,
                sorted((str(ids[x.customer]), x.type, str(x.start), x.quantity, x.amount) for x in invoice.lines),
            )
            for payer, invoice in result.invoices.items()
        }
        return shown, dict(result.parked)

    def _bill_the_effect(self, event: Request | Exchange | UndoExchange, answer: Requested) -> None:
        """The next invoice that was shown is the one that the run of its date would make."""
        shown = answer.effect.next_invoice if answer.effect else None
        if shown is None:
            return
        at = max(event.at + timedelta(seconds=1), moment_of(shown.date, time(0, 30)))
        with what_if():
            result = self.replay.billing_run(shown.date, at)
        customer = self.replay.customers[event.customer]
        if shown.net is None:
            assert event.customer in result.parked
            return
        lines = [line for line in sorted_lines(result.invoices.values()) if line.customer == event.customer]
        # In one order: two payers may share them, if the running period has another one than the next.
        assert sorted(self._line(line) for line in shown.lines if line.customer_id == customer) == sorted(
            (line.type, line.start, line.end, line.quantity, line.unit_price, line.amount) for line in lines
        )
        assert shown.net == sum((line.amount for line in lines), Decimal(0))

    def _line(self, line: ShownLine) -> tuple[Any, ...]:
        return (line.type_code, line.starts_on, line.ends_on, line.quantity, line.unit_price, line.amount)

    def check_running_again(self) -> None:
        """The last run again: once for what may have been repaired meanwhile, and then nothing more."""
        if not self.world.runs:
            return
        day = max(self.world.runs)
        for seconds in (1, 2):
            at = self.world.now + timedelta(seconds=seconds)
            self.step(BillingRun(at, day))
        with what_if():
            again = self.replay.billing_run(day, self.world.now + timedelta(seconds=1))
            assert again.invoices == {}


def _words(entry: Entry) -> tuple[str, str, str | None, str, int, date]:
    return (entry.kind, entry.site, entry.to_site or entry.to_type, entry.type, entry.quantity, entry.effective_on)


def live_side_by_side(database: Database, history: History, points: Iterable[tuple[float, float]] = ()) -> None:
    """The whole of a history in the product and in the oracle; raises AssertionError at the first difference."""
    both = SideBySide(database, history)
    both.live(history.events)
    both.compare_as_known(points)
    both.check_running_again()
