"""A fault of one payer is that payer's own: the others get their invoices (SPEC 7, Run), on a real database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.billing import queries
from strapontin.billing.runs import execute_run
from strapontin.jobs.daily import begin_day
from strapontin.kit.database import run, value_of
from tests.comparison import check_numbers
from tests.concurrently import together
from tests.oracle.model import Partner
from tests.oracle.stage import moment, price_list
from tests.reading import issued_invoices, parked, previews
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import Story

FEBRUARY = date(2023, 2, 1)
AT = moment("2023-02-01 00:30")


def two_payers(database: Database) -> Replay:
    """Each with a customer of two seats."""
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2023-01-01", seats=2)
    return lived(database, story.customer("2023-01-01", seats=2, name="d", partner="q", time="09:00").history)


def set_partner(replay: Replay, name: str, **facts: str) -> None:
    """Past the operations: as faulty data comes in."""
    with acting(system("job")):
        for field, value in facts.items():
            run(f"UPDATE partner SET {field} = %s WHERE id = %s", [value, replay.partners[name]])


# -- no tax, no invoice ---------------------------------------------------------------------------------


def test_who_is_in_no_table_is_parked_until_the_tax_is_known(database: Database) -> None:
    replay = two_payers(database)
    set_partner(replay, "p", country="DE")
    shown, would_park = replay.preview_run(FEBRUARY, AT)
    assert (list(shown), would_park) == (["q"], {"c": "unknown_tax"})
    replay.billing_run(FEBRUARY, AT)
    run_id = replay.request_run(FEBRUARY, AT)
    assert parked(run_id) == {"c": "unknown_tax"}
    set_partner(replay, "p", vat_number="DE136695976")
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert [(one.invoice.payer, one.invoice.tax) for one in issued_invoices()] == [("q", Decimal(8)), ("p", Decimal(0))]
    assert parked(run_id) == {}


# -- amounts --------------------------------------------------------------------------------------------


def test_the_largest_amounts_can_be_invoiced(database: Database) -> None:
    story = Story(price_lists=[price_list("1000000.00")]).customer("2023-01-01", term=36, seats=1_000_000)
    replay = lived(database, story.run("2023-01-01", "20:00").history)
    (issued,) = issued_invoices()
    assert issued.invoice.net == Decimal(10) ** 12 * 36 * Decimal("0.8")
    assert parked(replay.request_run(date(2023, 1, 1), AT)) == {}


def test_a_payer_that_cannot_be_billed_holds_up_nobody(database: Database) -> None:
    replay = two_payers(database)
    with database.superuser() as connection:
        price = "UPDATE period_price SET unit_price = %s WHERE customer_id = %s"
        connection.execute(price, ["9999999999.99", replay.customers["c"]])
    # No column holds three million seats at such a price for such a time.
    for n, site in enumerate("abc"):
        replay.play(Story().ask(f"2023-01-0{n + 2} 10:00", (site, "voice", 1_000_000)).events[0])
    with database.superuser() as connection:
        connection.execute("UPDATE period SET months = 3600 WHERE customer_id = %s", [replay.customers["c"]])
    shown, would_park = replay.preview_run(FEBRUARY, AT)
    assert (list(shown), would_park) == (["q"], {"c": "not_computed"})
    run_id = replay.request_run(FEBRUARY, AT)
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert [one.invoice.payer for one in issued_invoices()] == ["q"]
    assert parked(run_id) == {"c": "not_computed"}
    with acting(system("job"), "billing"):
        facts = queries.run(grants.provider(system("api")), run_id=run_id).facts
    assert (facts.state, facts.customers_done, facts.customers_total) == ("done", 2, 2)
    # Still faulty, it stays parked; repaired, it gets its invoice.
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert parked(run_id) == {"c": "not_computed"}
    with database.superuser() as connection:
        connection.execute("UPDATE period SET months = 1 WHERE customer_id = %s", [replay.customers["c"]])
        connection.execute(price, ["10.00", replay.customers["c"]])
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert [one.invoice.payer for one in issued_invoices()] == ["q", "p"]
    assert parked(run_id) == {}
    check_numbers(one.number for one in issued_invoices())


# -- killed with the worker -----------------------------------------------------------------------------


def started_and_killed(replay: Replay, *, preview: bool) -> None:
    """A run whose worker is gone: it stays as it was when it began."""
    run_id = replay.request_run(FEBRUARY, AT, preview=preview)
    with acting(system("job"), "billing"):
        run("UPDATE billing_run SET state = 'running' WHERE id = %s", [run_id])


@pytest.mark.parametrize("preview", [False, True])
def test_the_daily_work_takes_up_what_was_killed(database: Database, preview: bool) -> None:
    replay = two_payers(database)
    assert not replay.settings.automatic_billing
    started_and_killed(replay, preview=preview)
    (run_id,) = begin_day(settings=replay.settings, at=AT)
    execute_run(run_id=run_id, settings=replay.settings, at=AT)
    assert (len(previews(run_id)) if preview else len(issued_invoices())) == 2
    assert begin_day(settings=replay.settings, at=AT) == []


def test_a_preview_taken_up_twice_is_made_once(database: Database) -> None:
    replay = two_payers(database)
    run_id = replay.request_run(FEBRUARY, AT, preview=True)

    def execute() -> None:
        execute_run(run_id=run_id, settings=replay.settings, at=AT)

    together(execute, execute, execute)
    execute()
    assert set(previews(run_id)) == {"p", "q"}
    with acting(system("job"), "billing"):
        assert value_of(str, "SELECT state FROM billing_run WHERE id = %s", [run_id]) == "done"
