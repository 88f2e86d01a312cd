"""Drawn histories, played against the oracle alone: what must hold whatever happens.

These checks recompute from the ledger's rows and the issued lines in other ways than the oracle does.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings

from tests.oracle.histories import Claim, Event, History, Outcome, Request, apply, play
from tests.oracle.market import Customer
from tests.oracle.market_strategies import price_list_of
from tests.oracle.model import BelowUse, Claimed, Figures, NoFreeSeat, Period, RunResult, days_between
from tests.oracle.oracle import World
from tests.oracle.periods import boundary_after
from tests.oracle.strategies import histories, moment_of

drawn = settings(
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def billed_up(history: History) -> tuple[World, date]:
    """The world after its history, with all prices known and one more run after the change; and that date."""
    world, _ = play(history)
    today = world.settings.local_day(world.now)
    last = max(today, world.settings.allocation_billing_from, *world.runs, today) + timedelta(days=1)
    at = moment_of(last, time(12))
    world.add_price_list(price_list_of("10.00", cr=True, valid_from=date(2000, 1, 3)), at)
    result = world.run(last, at)
    assert not result.parked
    return world, last


def invoiced(world: World, customer: str, type_code: str, day: date, before: date | None = None) -> int:
    """Seats on issued lines for one day."""
    return sum(
        line.quantity
        for invoice in world.invoices
        if before is None or invoice.date < before
        for line in invoice.lines
        if (line.customer, line.type) == (customer, type_code) and line.start <= day < line.end
    )


def billable(world: World) -> list[tuple[str, Customer]]:
    """The customers that are billed."""
    return [(name, customer) for name, customer in world.customers.items() if not customer.not_for_resale]


def first_rated_on(world: World, customer: str, period: Period) -> date:
    """The date of the first run that treated the customer since the period started."""
    payer = world.period_payer(world.customers[customer], period)[0].name
    return next(day for case, day in world.treated if case == (customer, payer) and day >= period.start)


def allocated(world: World, customer: str, type_code: str, day: date) -> int:
    """Seats allocated at the end of a day, from the figures shown for that day."""
    return sum(
        figures.allocated
        for (_, shown_type), figures in world.figures(customer, day).items()
        if shown_type == type_code
    )


@drawn
@given(histories())
def test_in_the_end_every_day_is_billed_once(history: History) -> None:
    world, last = billed_up(history)
    change = world.settings.allocation_billing_from
    for name, customer in billable(world):
        if customer.not_for_resale:
            assert not [line for invoice in world.invoices for line in invoice.lines if line.customer == name]
            continue
        for period in world.periods(name, last):
            on_use = first_rated_on(world, name, period) < change
            for type_code in customer.ledger.types():
                for day in days_between(period.start, period.end):
                    expected = allocated(world, name, type_code, day)
                    if on_use:
                        before = invoiced(world, name, type_code, day, change)
                        expected = before if day < change else max(before, expected)
                    assert invoiced(world, name, type_code, day) == expected, (name, type_code, day)


@drawn
@given(histories())
def test_amounts_add_up_to_the_days_billed(history: History) -> None:
    """Per type and period at one price: the lines add up to the price of the seat-days, to the cents lost."""
    world, last = billed_up(history)
    for name, customer in billable(world):
        for period in world.periods(name, last):
            for type_code in customer.ledger.types():
                lines = [
                    line
                    for invoice in world.invoices
                    for line in invoice.lines
                    if (line.customer, line.type, line.period_start) == (name, type_code, period.start)
                ]
                assert len({(line.unit_price, line.payer, line.months) for line in lines}) <= 1
                if not lines:
                    continue
                days = days_between(period.start, period.end)
                seat_days = sum(invoiced(world, name, type_code, day) for day in days)
                price = Fraction(lines[0].unit_price) * period.months / period.period_days
                lost = abs(sum(Fraction(line.amount) for line in lines) - price * seat_days)
                assert lost <= Fraction(5, 1000) * len(lines)


@drawn
@given(histories())
def test_every_line_is_rounded_once_from_its_own_figures(history: History) -> None:
    world, _ = billed_up(history)
    for invoice in world.invoices:
        for line in invoice.lines:
            exact = abs(Fraction(line.unit_price) * line.quantity * line.months * line.days / line.period_days)
            cents = int(exact * 100 + Fraction(1, 2))
            assert line.amount * 100 == (cents if line.quantity > 0 else -cents)
            assert line.quantity != 0
            assert line.days == (line.end - line.start).days > 0
        assert invoice.net == sum(line.amount for line in invoice.lines)
        assert invoice.total == invoice.net + invoice.tax


@drawn
@given(histories())
def test_running_again_bills_nothing(history: History) -> None:
    world, last = billed_up(history)
    later = last + timedelta(days=1)
    assert world.run(last, moment_of(last, time(13))).lines == []
    new = world.run(later, moment_of(later, time(12))).lines
    assert all(line.period_start == later for line in new)


@drawn
@given(histories())
def test_before_the_change_nothing_is_given_back(history: History) -> None:
    _, outcomes = play(history)
    for outcome in outcomes:
        if isinstance(outcome, RunResult) and outcome.date < history.settings.allocation_billing_from:
            assert all(line.quantity > 0 for line in outcome.lines)


@drawn
@given(histories())
def test_periods_tile_time_on_the_anchor_day(history: History) -> None:
    world, last = billed_up(history)
    for name, customer in world.customers.items():
        periods = world.periods(name, last + timedelta(days=800))
        created_on = world.settings.local_day(customer.created_at)
        began = {world.settings.local_day(life.since) for life in customer.lives}
        anchor = created_on.day if customer.alignment == "anniversary" else 1
        assert periods[0].start == created_on
        for before, after in pairwise(periods):
            if after.start in began:
                # A customer that starts anew does so on any day after its end.
                assert before.end <= after.start
                continue
            assert before.end == after.start
            assert after.start == boundary_after(after.start.replace(day=1), 0, anchor)
        if len(began) == 1:
            assert [period.stub for period in periods].count(True) == (created_on.day != anchor)


def check_seats(world: World, event: Event, outcome: Outcome, before: dict[tuple[str, str], Figures]) -> None:
    """What must hold for the seats of a customer around one request or claim."""
    assert isinstance(event, Request | Claim)
    after = world.figures(event.customer)
    for place in after.values():
        assert 0 <= place.next_cycle <= place.allocated
        assert place.used >= 0
    if isinstance(outcome, BelowUse | NoFreeSeat):
        assert after == before
    elif isinstance(outcome, Claimed):
        place = after[event.site, event.type]  # type: ignore[union-attr]
        enforced = world.settings.local_day(event.at) >= world.settings.seats_enforced_from
        enforced = enforced and not world.customers[event.customer].not_for_resale
        unbounded = not enforced or world.customers[event.customer].not_for_resale
        assert place.used <= min(place.allocated, place.next_cycle) or unbounded
    elif isinstance(outcome, list):
        signs = {"raise": 1, "hand_back": -1}
        for type_code in {type_code for _, type_code in after}:
            entries = [entry for entry in outcome if entry.type == type_code]
            was = sum(figures.allocated for (_, known), figures in before.items() if known == type_code)
            now = sum(figures.allocated for (_, known), figures in after.items() if known == type_code)
            assert now - was == sum(signs.get(entry.kind, 0) * entry.quantity for entry in entries)


@drawn
@given(histories())
def test_seats_are_never_oversold_and_requests_say_what_they_do(history: History) -> None:
    world = history.world()
    for event in history.events:
        if isinstance(event, Request | Claim):
            before = world.figures(event.customer, world.settings.local_day(event.at))
            check_seats(world, event, apply(world, event), before)
        else:
            apply(world, event)


@drawn
@given(histories())
def test_what_was_known_then_is_still_said_now(history: History) -> None:
    world = history.world()
    seen: list[tuple[str, date, datetime, dict[tuple[str, str], Figures]]] = []
    for event in history.events:
        apply(world, event)
        day = world.settings.local_day(world.now)
        seen += [(name, day, world.now, world.figures(name, day)) for name in world.customers]
    for name, day, known_at, figures in seen:
        now = world.figures(name, day, known_at)
        assert {place: shown for place, shown in now.items() if place in figures} == figures
        assert all(shown == Figures(0, 0, 0) for place, shown in now.items() if place not in figures)


def happenings(history: History) -> set[str]:
    """Words for what a history contains, as far as a bill or a seat could go wrong over it."""
    world, outcomes = play(history)
    change = history.settings.allocation_billing_from
    found: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, list):
            found |= {entry.kind for entry in outcome}
        elif isinstance(outcome, BelowUse | NoFreeSeat):
            found.add(outcome.code)
        elif isinstance(outcome, Claimed):
            found |= {"raised for a user"} if outcome.allocated else set()
            found |= {"kept for a user"} if outcome.kept else set()
        elif isinstance(outcome, RunResult):
            found |= {"parked"} if outcome.parked else set()
            found |= {"several payers"} if len(outcome.invoices) > 1 else set()
            found |= {"late run"} if outcome.cut == history.settings.end_of(outcome.date) else set()
            for line in outcome.lines:
                found |= {"credit"} if line.quantity < 0 else set()
                found |= {"stretch"} if line.days < line.period_days else set()
                if line.period_start < change <= line.start and outcome.date >= change:
                    found.add("raised after rated on use")
    for name in world.customers:
        if len({period.months for period in world.periods(name) if not period.stub}) > 1:
            found.add("term changed")
    return found


def test_the_strategies_reach_what_matters() -> None:
    """Of some hundred histories, many contain each of the things that are hard."""
    seen: Counter[str] = Counter()

    @settings(drawn, max_examples=250, derandomize=True, database=None, phases=[Phase.generate])
    @given(histories())
    def look(history: History) -> None:
        seen.update(happenings(history))

    look()
    hard = "raise lowering withdrawal hand_back move below_use no_free_seat parked credit stretch"
    for thing in [*hard.split(), "kept for a user", "raised for a user", "several payers", "late run"]:
        assert seen[thing] >= 5, (thing, seen)
    assert seen["raised after rated on use"] >= 4, seen
    assert seen["term changed"] >= 3, seen
