"""An invoice has the date that it bills and the day on which it is issued; numbers follow the latter (SPEC 7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from strapontin.billing import runs
from tests.cast import Cast
from tests.comparison import live_side_by_side
from tests.oracle.model import Partner
from tests.oracle.stage import moment
from tests.reading import issued_invoices
from tests.replay import lived
from tests.servers import Database
from tests.story import Story


def late_story() -> Story:
    """December is billed in December, and by a further run of an earlier date in January; then comes January."""
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2022-12-01", seats=2).run("2022-12-01", "20:00")
    story.customer("2022-12-05", seats=3, name="d", partner="q").run("2022-12-31", "2023-01-01 00:10")
    return story.run("2023-01-01", "2023-01-01 09:00")


def test_numbers_follow_the_day_of_issue_by_year(database: Database) -> None:
    live_side_by_side(database, late_story().history)
    lived(database, late_story().history)
    assert [(one.number, one.invoice.date, one.invoice.issued_on) for one in issued_invoices()] == [
        ("2022-000001", date(2022, 12, 1), date(2022, 12, 1)),
        ("2023-000001", date(2022, 12, 31), date(2023, 1, 1)),
        ("2023-000002", date(2023, 1, 1), date(2023, 1, 1)),
        ("2023-000003", date(2023, 1, 1), date(2023, 1, 1)),
    ]


def test_the_day_of_issue_is_that_of_the_providers_zone(database: Database) -> None:
    story = Story().customer("2022-12-01", seats=2)
    replay = lived(database, story.history)
    replay.billing_run(date(2022, 12, 31), moment("2022-12-31 23:30"))
    replay.play(Story().voice("2022-12-31 23:40", 9).events[0])
    # In Paris it is the next year, in London not yet.
    replay.billing_run(date(2023, 1, 1), moment("2023-01-01 00:30"))
    assert [(one.number, one.invoice.issued_on) for one in issued_invoices()] == [
        ("2022-000001", date(2022, 12, 31)),
        ("2023-000001", date(2023, 1, 1)),
    ]


def test_a_run_that_lasts_past_midnight_issues_on_two_days(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(partners=[Partner("p"), Partner("q")]).customer("2022-12-01", seats=2)
    replay = lived(database, story.customer("2022-12-01", seats=3, name="d", partner="q", time="09:00").history)
    ticks = iter(range(0, 10_000, 60))
    monkeypatch.setattr(runs, "monotonic", lambda: float(next(ticks)))
    # A minute passes with each look at the clock.
    replay.billing_run(date(2022, 12, 31), moment("2023-01-01 00:00") - timedelta(seconds=100))
    issued = issued_invoices()
    assert [one.invoice.issued_on for one in issued] == [date(2022, 12, 31), date(2023, 1, 1)]
    assert [one.number for one in issued] == ["2022-000001", "2023-000001"]


def test_rest_shows_both_dates(cast: Cast) -> None:
    cast.clock("2022-12-30")
    cast.brumes.allocate(cast.brumes.site(), voice=3)
    cast.clock("2023-01-02")
    run = cast.bill("2022-12-31")
    invoice = cast.invoice("2022-12-31", cast.opaline)
    assert (invoice["date"], invoice["issued_on"], invoice["number"]) == ("2022-12-31", "2023-01-02", "2023-000001")
    assert run["invoices"][0]["issued_on"] == "2023-01-02"
