"""Billing runs that are killed, repeated, raced, late or early (SPEC 7, Run), on a real database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from strapontin.billing import runs
from strapontin.billing.payers import CurrentRun
from strapontin.billing.runs import execute_run, fail_run
from strapontin.kit.database import value_of
from strapontin.refusals import Refusal
from tests.comparison import SideBySide, check_numbers, check_rebuilt, live_side_by_side, sorted_invoices
from tests.concurrently import together
from tests.oracle.histories import CreateCustomer, History, SetPartner
from tests.oracle.model import Invoice, Partner
from tests.oracle.stage import moment, short
from tests.reading import issued_invoices, parked, reading, what_if
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import WITH_CR, Story

FEBRUARY = date(2023, 2, 1)
AT = moment("2023-02-01 00:30")


class Crash(Exception):  # noqa: N818  the power goes
    pass


def many_payers(payers: int = 5) -> History:
    """Payers with two customers each, one of whom has a credit."""
    story = Story(partners=[Partner(f"p{n}") for n in range(payers)])
    for n in range(payers):
        story.customer(f"2023-01-0{n + 1}", seats=n + 1, name=f"a{n}", partner=f"p{n}")
        story.customer(f"2023-01-1{n}", seats=3, name=f"b{n}", partner=f"p{n}")
    return story.history


def billed() -> list[Invoice]:
    """What was issued so far, whatever the order and the numbers; numbers without gap, balances in order."""
    issued = issued_invoices()
    check_numbers(one.number for one in issued)
    check_rebuilt()
    return sorted_invoices(one.invoice for one in issued)


def undisturbed(replay: Replay) -> list[Invoice]:
    """What the run of February bills if nothing happens to it."""
    with what_if():
        replay.billing_run(FEBRUARY, AT)
        return billed()


# -- killed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_run_that_stopped_between_payers_ends_in_the_same_invoices(
    database: Database, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    replay = lived(database, many_payers())
    expected = undisturbed(replay)
    run_id = replay.request_run(FEBRUARY, AT)
    bill, done = runs._bill, list[UUID]()

    def bill_some(current: CurrentRun, payer_id: UUID, *rest: Any) -> None:
        if len(done) == after:
            raise Crash
        done.append(payer_id)
        bill(current, payer_id, *rest)

    monkeypatch.setattr(runs, "_bill", bill_some)
    with pytest.raises(Crash):
        execute_run(run_id=run_id, settings=replay.settings, at=AT)
    monkeypatch.undo()
    assert len(issued_invoices()) == after
    fail_run(run_id=run_id, error="Crash")
    # What happens between the crash and the repetition is after the cut.
    replay.play(Story().voice("2023-02-01 09:00", 50, name="a0").events[0])
    assert replay.request_run(FEBRUARY, AT + timedelta(hours=9)) == run_id
    execute_run(run_id=run_id, settings=replay.settings, at=AT + timedelta(hours=9))
    assert billed() == expected


def test_a_run_that_stopped_inside_a_payer_has_done_nothing_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = lived(database, many_payers(2))
    expected = undisturbed(replay)
    run_id = replay.request_run(FEBRUARY, AT)

    def fail(*_args: Any, **_more: Any) -> str:
        raise Crash

    monkeypatch.setattr(runs, "issue", fail)
    with pytest.raises(Crash):
        execute_run(run_id=run_id, settings=replay.settings, at=AT)
    monkeypatch.undo()
    assert billed() == []
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert billed() == expected


RUN_SLOWLY = """
import sys, time
from datetime import datetime
from uuid import UUID
import django
django.setup()
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing import runs
from strapontin.organisation.settings import load
bill = runs._bill
def slowly(*arguments):
    bill(*arguments)
    time.sleep(0.05)  # inside the transaction: what is killed now is taken back
runs._bill = slowly
with acting(system("job")):
    settings = load()
print("ready", flush=True)
runs.execute_run(run_id=UUID(sys.argv[1]), settings=settings, at=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_a_run_killed_by_the_system_ends_in_the_same_invoices(database: Database, seconds: float) -> None:
    replay = lived(database, many_payers(9))
    expected = undisturbed(replay)
    run_id = replay.request_run(FEBRUARY, AT)
    arguments = [sys.executable, "-c", RUN_SLOWLY, str(run_id), AT.isoformat()]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=os.environ | {"DATABASE_URL": database.url}) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        worker.send_signal(signal.SIGKILL)
    check_numbers(one.number for one in issued_invoices())
    execute_run(run_id=run_id, settings=replay.settings, at=AT + timedelta(minutes=5))
    assert billed() == expected


# -- at once -------------------------------------------------------------------------------------------


def test_two_executions_at_once_bill_once(database: Database) -> None:
    replay = lived(database, many_payers())
    expected = undisturbed(replay)
    run_id = replay.request_run(FEBRUARY, AT)

    def execute() -> None:
        execute_run(run_id=run_id, settings=replay.settings, at=AT)

    together(execute, execute, execute)
    assert billed() == expected


def test_two_repetitions_at_once_bill_the_parked_once(database: Database) -> None:
    replay = lived(database, parked_story().history)
    run_id = replay.request_run(FEBRUARY, AT)

    def execute() -> None:
        execute_run(run_id=run_id, settings=replay.settings, at=moment("2023-02-05 10:00"))

    together(execute, execute)
    assert [short(line) for line in issued_invoices()[-1].invoice.lines] == PARKED_LINES
    assert len(issued_invoices()) == 2
    assert parked(run_id) == {}


def test_two_dates_at_once_bill_every_day_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The later one may overtake: then the earlier one leaves alone what was billed up to a later day."""
    bill = runs._bill

    def bill_slowly(*arguments: Any) -> None:
        bill(*arguments)
        time.sleep(0.2)

    monkeypatch.setattr(runs, "_bill", bill_slowly)
    replay = lived(database, many_payers())
    later_at = moment("2023-02-15 00:30")
    replay.play(Story().voice("2023-02-10 09:00", 20, name="a0").events[0])
    with what_if():
        replay.billing_run(FEBRUARY, later_at)
        replay.billing_run(date(2023, 2, 15), later_at)
        expected = seat_days()
    ids = [replay.request_run(FEBRUARY, later_at), replay.request_run(date(2023, 2, 15), later_at)]
    together(*[lambda run_id=i: execute_run(run_id=run_id, settings=replay.settings, at=later_at) for i in ids])
    assert seat_days() == expected
    check_numbers(one.number for one in issued_invoices())


def seat_days() -> dict[tuple[str, date], int]:
    """Seats invoiced per customer and day."""
    found: dict[tuple[str, date], int] = {}
    for issued in issued_invoices():
        for line in issued.invoice.lines:
            for n in range(line.days):
                key = (line.customer, line.start + timedelta(days=n))
                found[key] = found.get(key, 0) + line.quantity
    return {key: seats for key, seats in found.items() if seats}


# -- parked --------------------------------------------------------------------------------------------

PARKED_LINES = [
    "1 × 25.00 × 1, 2023-01-01 to 2023-02-01 = 25.00",
    "1 × 25.00 × 1, 2023-02-01 to 2023-03-01 = 25.00",
]


def parked_story() -> Story:
    """One customer is billed in February, one is parked; then its price is there."""
    story = Story().customer("2023-01-01", seats=1, type_code="cr")
    story.customer("2023-01-01", seats=2, name="d", time="09:00").run("2023-02-01")
    return story.prices("2023-02-03 10:00", WITH_CR)


def test_a_parked_customer_is_billed_later_by_a_further_invoice_of_that_date(database: Database) -> None:
    replay = lived(database, parked_story().history)
    run_id = replay.request_run(FEBRUARY, AT)
    assert parked(run_id) == {"c": "missing_price"}
    replay.billing_run(FEBRUARY, moment("2023-02-05 10:00"))
    first, further = issued_invoices()
    assert (first.run_id, first.invoice.date) == (further.run_id, further.invoice.date)
    assert (first.number, further.number) == ("2023-000001", "2023-000002")
    assert [line.customer for line in first.invoice.lines] == ["d", "d"]
    assert [short(line) for line in further.invoice.lines] == PARKED_LINES
    assert parked(run_id) == {}


def test_whom_a_later_run_has_billed_an_earlier_date_leaves_alone(database: Database) -> None:
    story = parked_story().ask("2023-02-10 09:00", ("a", "cr", 4)).run("2023-02-15")
    story.run("2023-02-01", "2023-02-16 10:00").run("2023-03-01")
    live_side_by_side(database, story.history)


def test_parked_by_both_runs_it_is_billed_by_both(database: Database) -> None:
    story = Story().customer("2023-01-01", seats=1, type_code="cr").run("2023-02-01")
    story.ask("2023-02-10 09:00", ("a", "cr", 4)).run("2023-02-15").prices("2023-02-16 10:00", WITH_CR)
    story.run("2023-02-01", "2023-02-16 10:30").run("2023-02-15", "2023-02-16 11:00").run("2023-03-01")
    live_side_by_side(database, story.history)


def test_without_a_payer_a_customer_waits_for_one(database: Database) -> None:
    """Also where that payer was billed in the run already."""
    story = Story(partners=[Partner("top")]).customer("2023-01-01", seats=10, name="d", partner="top")
    story.partner("2023-01-01 10:00", Partner("top", payer=False))
    story.customer("2023-01-02", seats=3, partner="top").run("2023-01-03")
    story.partner("2023-01-04 10:00", Partner("top"))
    both = SideBySide(database, story.history)
    both.live(story.events)
    assert parked(both.replay.request_run(date(2023, 1, 3), both.world.now)) == {"c": "missing_payer"}
    more = story.run("2023-01-03", "2023-01-04 11:00").run("2023-02-01").events[-2:]
    both.live(more)
    assert [one.invoice.date for one in issued_invoices()] == [date(2023, 1, 3), date(2023, 1, 3), FEBRUARY]


def test_a_payer_without_a_country_parks_its_customers(database: Database) -> None:
    story = Story(partners=[Partner("p", country=""), Partner("q")]).customer("2023-01-01", seats=1)
    story.customer("2023-01-01", seats=2, name="d", partner="q", time="09:00")
    replay = lived(database, story.history)
    shown, would_park = replay.preview_run(FEBRUARY, AT)
    assert (list(shown), would_park) == (["q"], {"c": "missing_country"})
    replay.billing_run(FEBRUARY, AT)
    run_id = replay.request_run(FEBRUARY, AT)
    assert parked(run_id) == {"c": "missing_country"}
    assert [one.invoice.payer for one in issued_invoices()] == ["q"]
    replay.set_partner(SetPartner(moment("2023-02-02 10:00"), Partner("p")))
    replay.billing_run(FEBRUARY, moment("2023-02-03 10:00"))
    assert [one.invoice.payer for one in issued_invoices()] == ["q", "p"]
    assert parked(run_id) == {}


# -- refused, previewed --------------------------------------------------------------------------------


def refused(replay: Replay, day: date, at: datetime) -> str:
    """The code with which a run is refused."""
    with pytest.raises(Refusal) as refusal:
        replay.request_run(day, at)
    return refusal.value.code


def test_runs_go_forward_and_not_ahead(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=1).run("2023-02-01").history)
    assert refused(replay, date(2023, 1, 31), AT) == "run_out_of_order"
    assert refused(replay, date(2023, 2, 2), AT) == "date_in_future"
    # 23:30 in London is already the next day in Paris.
    assert replay.request_run(date(2023, 2, 2), moment("2023-02-02 00:30"))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2024, 2, 4), date(2999, 12, 31), date.max])
def test_a_preview_looks_a_year_ahead_at_most(database: Database, day: date) -> None:
    """Every period until then would be opened for every customer, who could do nothing meanwhile."""
    replay = lived(database, Story().customer("2023-01-01", seats=1).history)
    with pytest.raises(Refusal) as refusal:
        replay.request_run(day, AT, preview=True)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("invalid", "date")


def test_a_preview_of_a_day_to_come_opens_nothing(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=10).history)
    shown, _ = replay.preview_run(date(2023, 3, 1), AT)
    assert [line[1:4] for line in shown["p"][2]] == [
        ("voice", "2023-01-01", 10),
        ("voice", "2023-02-01", 10),
        ("voice", "2023-03-01", 10),
    ]
    assert issued_invoices() == []
    with reading(replay.customers["c"]):
        assert value_of(int, "SELECT count(*) FROM period WHERE customer_id = %s", [replay.customers["c"]]) == 1


def test_not_for_resale_is_left_out(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=10).history)
    replay.play(CreateCustomer(moment("2023-01-02 08:00"), "nfr", "p", 1, "calendar", not_for_resale=True))
    replay.play(Story().voice("2023-01-03 08:00", 5, name="nfr").events[0])
    result = replay.billing_run(FEBRUARY, AT)
    assert {line.customer for line in result.lines} == {"c"}
    assert result.parked == {}
