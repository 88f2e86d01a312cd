"""Periods: their boundaries, what is fixed when they start, and that they are opened once (SPEC 7, Periods)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.allocations.openings import bring_to
from strapontin.allocations.operations import apply_changes
from strapontin.allocations.rules import Change
from strapontin.customers.operations import change_customer
from strapontin.cycles.operations import complete_periods
from strapontin.cycles.rules import Span, first_period, period_from
from strapontin.kit.database import run
from strapontin.refusals import Refusal
from tests.answers import rows
from tests.comparison import check_rebuilt
from tests.concurrently import together
from tests.oracle.histories import CreateCustomer, SetTerm
from tests.oracle.model import Partner
from tests.oracle.periods import periods_until
from tests.oracle.stage import moment, price_list
from tests.reading import periods, reading
from tests.replay import Replay, lived
from tests.servers import Database
from tests.story import WITH_CR, Story

D = date.fromisoformat


# -- the rules, without a database ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "term", "expected", "anchor"),
    [
        ("2023-02-15", 1, ("2023-02-15", "2023-03-01", 1, 28), 1),
        ("2023-02-15", 36, ("2023-02-15", "2023-03-01", 1, 28), 1),
        ("2024-02-29", 12, ("2024-02-29", "2024-03-01", 1, 29), 1),
        ("2023-12-31", 1, ("2023-12-31", "2024-01-01", 1, 31), 1),
        ("2023-02-01", 1, ("2023-02-01", "2023-03-01", 1, 28), 1),
        ("2023-02-01", 12, ("2023-02-01", "2024-02-01", 12, 365), 1),
        ("2024-01-01", 36, ("2024-01-01", "2027-01-01", 36, 1096), 1),
    ],
)
def test_calendar_begins_with_a_stub(created: str, term: int, expected: tuple[str, str, int, int], anchor: int) -> None:
    starts_on, ends_on, months, full_days = expected
    span = Span(D(starts_on), D(ends_on), months, full_days)
    assert first_period(D(created), term_months=term, alignment="calendar") == (span, anchor)


@pytest.mark.parametrize(
    ("created", "term", "ends"),
    [
        ("2023-01-31", 1, ["2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31"]),
        ("2024-01-30", 1, ["2024-02-29", "2024-03-30", "2024-04-30"]),
        ("2024-02-29", 12, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2024-02-29", 36, ["2027-02-28", "2030-02-28", "2033-02-28", "2036-02-29"]),
    ],
)
def test_anniversaries_keep_their_anchor(created: str, term: int, ends: list[str]) -> None:
    span, anchor = first_period(D(created), term_months=term, alignment="anniversary")
    for end in ends:
        assert span.ends_on == D(end)
        span = period_from(span.ends_on, term_months=term, anchor_day=anchor)


days = st.dates(D("2022-01-01"), D("2028-12-31"))


@settings(max_examples=500, derandomize=True, database=None, deadline=None)
@given(created=days, term=st.sampled_from((1, 12, 36)), alignment=st.sampled_from(("calendar", "anniversary")))
def test_boundaries_are_those_of_the_oracle(created: date, term: int, alignment: str) -> None:
    span, anchor = first_period(created, term_months=term, alignment=alignment)
    last = created + timedelta(days=4000)
    for period in periods_until(created_on=created, alignment=alignment, term_on=lambda _: term, last=last):
        assert (span.starts_on, span.ends_on) == (period.start, period.end)
        assert (span.months, span.full_days) == (period.months, period.period_days)
        span = period_from(span.ends_on, term_months=term, anchor_day=anchor)


# -- opening -------------------------------------------------------------------------------------------


def daily(replay: Replay, day: str) -> int:
    """The daily job of a day; answers how many periods it opened."""
    with acting(system("job")):
        return bring_to(D(day), at=moment(f"{day} 00:10"))


def starts(replay: Replay, customer: str = "c") -> list[str]:
    """The first days of the periods opened so far."""
    return [str(period.start) for period in periods(replay.customers[customer])]


def facts(replay: Replay, customer: str = "c") -> dict[str, Any]:
    """The customer's row."""
    with reading(replay.customers[customer]):
        (customer_row,) = rows("SELECT * FROM customer WHERE id = %s", [replay.customers[customer]])
    return customer_row


def test_a_missed_year_is_made_up_for_period_by_period(database: Database) -> None:
    story = Story().customer("2023-01-31", seats=10, alignment="anniversary").voice("2023-02-10 10:00", 4)
    replay = lived(database, story.history)
    assert starts(replay) == ["2023-01-31"]
    assert daily(replay, "2024-03-01") == 13
    assert starts(replay)[:3] == ["2023-01-31", "2023-02-28", "2023-03-31"]
    assert starts(replay)[-1] == "2024-02-29"
    assert (facts(replay)["period_starts_on"], facts(replay)["period_ends_on"]) == (D("2024-02-29"), D("2024-03-31"))
    assert daily(replay, "2024-03-01") == 0
    check_rebuilt()
    assert [p.end for p in periods(replay.customers["c"])][:-1] == [p.start for p in periods(replay.customers["c"])][1:]


@pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
@pytest.mark.parametrize("term", [1, 12, 36])
def test_the_database_finds_the_same_boundaries(database: Database, day: int, term: int) -> None:
    created = f"2024-01-{day:02}"
    story = Story().customer(created, term=term, alignment="anniversary")
    replay = lived(database, story.history)
    daily(replay, "2025-04-01" if term == 1 else "2030-01-01")
    opened = periods(replay.customers["c"])
    span, anchor = first_period(D(created), term_months=term, alignment="anniversary")
    for before, after in pairwise(opened):
        assert before.end == after.start
    for period in opened:
        assert (span.starts_on, span.ends_on) == (period.start, period.end)
        assert (span.months, span.full_days) == (period.months, period.period_days)
        span = period_from(span.ends_on, term_months=term, anchor_day=anchor)


def test_a_write_brings_its_customer_to_today(database: Database) -> None:
    story = Story().customer("2023-01-01", seats=10).voice("2023-01-10 10:00", 4).voice("2023-03-05 10:00", 6)
    replay = lived(database, story.history)
    assert starts(replay) == ["2023-01-01", "2023-02-01", "2023-03-01"]
    with reading(replay.customers["c"]):
        found = rows("SELECT kind, delta, quantity_after, effective_on FROM ledger_entry ORDER BY id")
    assert [(e["kind"], e["delta"], e["quantity_after"], str(e["effective_on"])) for e in found] == [
        ("raise", 10, 10, "2023-01-01"),
        ("lower", -6, 4, "2023-02-01"),
        ("raise", 2, 6, "2023-03-05"),
    ]


def test_many_workers_open_each_period_once(database: Database) -> None:
    story = Story().customer("2023-01-01", seats=10).voice("2023-01-10 10:00", 4)
    for n in range(6):
        story.customer("2023-01-11", seats=5, name=f"d{n}").voice("2023-01-20 10:00", 2, name=f"d{n}")
    replay = lived(database, story.history)
    request = Story().voice("2023-05-01 00:10", 7).events[0]
    works: list[Callable[[], object]] = [lambda: daily(replay, "2023-05-01") for _ in range(4)]
    works.append(lambda: replay.play(request))
    together(*works)
    assert starts(replay) == [f"2023-0{month}-01" for month in range(1, 6)]
    assert starts(replay, "d5") == ["2023-01-11", *[f"2023-0{month}-01" for month in range(2, 6)]]
    check_rebuilt()


def test_periods_cannot_overlap(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01", seats=1).history)
    with pytest.raises(IntegrityError), acting(system("job"), "billing"):
        run(
            "INSERT INTO period (customer_id, starts_on, ends_on, term_months, months, full_days, billable, opened_at)"
            " VALUES (%s, '2023-01-31', '2023-02-28', 1, 1, 28, true, now())",
            [replay.customers["c"]],
        )


# -- terms ---------------------------------------------------------------------------------------------


def test_a_term_is_pending_until_the_next_period_and_can_be_withdrawn(database: Database) -> None:
    replay = lived(database, Story().customer("2023-02-15", seats=1).history)
    assert replay.play(SetTerm(moment("2023-02-20 10:00"), "c", 12)) == 12
    assert replay.play(SetTerm(moment("2023-02-21 10:00"), "c", 36)) == 36
    assert replay.play(SetTerm(moment("2023-02-22 10:00"), "c", 1)) is None
    assert replay.play(SetTerm(moment("2023-02-23 10:00"), "c", 12)) == 12
    daily(replay, "2023-03-01")
    assert (facts(replay)["term_months"], facts(replay)["pending_term_months"]) == (12, None)
    assert [p.months for p in periods(replay.customers["c"])] == [1, 12]
    assert starts(replay) == ["2023-02-15", "2023-03-01"]


def test_a_term_set_on_the_first_day_of_a_period_waits_for_the_next(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-31", alignment="anniversary").history)
    replay.play(SetTerm(moment("2023-02-28 00:30"), "c", 12))
    daily(replay, "2023-03-31")
    assert starts(replay) == ["2023-01-31", "2023-02-28", "2023-03-31"]
    assert facts(replay)["period_ends_on"] == D("2024-03-31")


def test_a_customers_own_administrator_does_not_set_the_term(database: Database) -> None:
    replay = lived(database, Story().customer("2023-01-01").history)
    replay.events = 2  # the customer's turn
    actor = replay.actor("c")
    with pytest.raises(Refusal, match="scope_too_small"), acting(actor):
        editor = grants.customer_editor(actor, replay.customers["c"])
        change_customer(editor, changes={"term_months": 12}, settings=replay.settings, at=moment("2023-01-02 10:00"))


# -- creation ------------------------------------------------------------------------------------------


def create(replay: Replay, at: str, **new: Any) -> UUID:
    """The provider creates a customer named d."""
    return replay.provider(moment(at)).make_customer(**{"name": "d", "partner_id": replay.partners["p"], **new})


def test_the_provider_may_begin_a_customer_in_the_past(database: Database) -> None:
    replay = lived(database, Story().history)
    replay.customers["d"] = create(replay, "2023-03-10 10:00", starts_on=D("2023-01-20"))
    assert starts(replay, "d") == ["2023-01-20", "2023-02-01", "2023-03-01"]
    assert facts(replay, "d")["period_ends_on"] == D("2023-04-01")


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ({"name": "  "}, "invalid"),
        ({"term_months": 6}, "invalid"),
        ({"starts_on": D("2023-03-11")}, "invalid"),
        ({"starts_on": D("2022-03-01")}, "invalid"),
        ({"unlimited": True}, "unlimited_retired"),
    ],
)
def test_what_is_no_customer_is_refused(database: Database, new: dict[str, Any], code: str) -> None:
    replay = lived(database, Story().history)
    with pytest.raises(Refusal) as refusal:
        create(replay, "2023-03-10 10:00", **new)
    assert refusal.value.code == code


# -- what is fixed when a period starts -----------------------------------------------------------------


def fixed(replay: Replay, customer: str = "c") -> list[tuple[str, str | None, str, Decimal]]:
    """Per period and type: first day, payer, type, unit price."""
    with acting(system("job"), "billing"):
        found = rows(
            "SELECT q.starts_on::text, p.name, r.type_code, r.unit_price FROM period q"
            " LEFT JOIN partner p ON p.id = q.payer_id"
            " JOIN period_price r ON r.customer_id = q.customer_id AND r.period_starts_on = q.starts_on"
            " WHERE q.customer_id = %s AND r.type_code = 'voice' ORDER BY q.starts_on",
            [replay.customers[customer]],
        )
    return [(f["starts_on"], f["name"], f["type_code"], f["unit_price"]) for f in found]


def test_payer_and_price_stay_as_they_were_when_the_period_started(database: Database) -> None:
    partners = (Partner("top", level="gold"), Partner("p", parent="top", payer=False))
    story = Story(partners=partners).customer("2023-01-01", seats=1, term=12)
    story.customer("2023-01-01", seats=1, name="d", time="09:00")
    story.partner("2023-01-10 10:00", Partner("p", parent="top", level="platinum"))
    story.prices("2023-01-11 10:00", price_list("20.00", valid_from=D("2023-02-01")))
    replay = lived(database, story.history)
    daily(replay, "2023-03-01")
    assert fixed(replay) == [("2023-01-01", "top", "voice", Decimal("8.10"))]
    assert fixed(replay, "d") == [
        ("2023-01-01", "top", "voice", Decimal("9.00")),
        ("2023-02-01", "p", "voice", Decimal("17.50")),
        ("2023-03-01", "p", "voice", Decimal("17.50")),
    ]


@pytest.mark.parametrize(
    ("amount", "term", "level", "unit_price"),
    [
        ("9.99", 12, "silver", "8.54"),
        ("10.05", 12, "bronze", "9.05"),
        ("0.05", 36, "platinum", "0.04"),
        ("0.01", 12, "gold", "0.01"),
        ("0.00", 1, "bronze", "0.00"),
    ],
)
def test_the_unit_price_is_rounded_half_up_once(
    database: Database, amount: str, term: int, level: str, unit_price: str
) -> None:
    story = Story(partners=[Partner("p", level=level)], price_lists=[price_list(amount)])
    replay = lived(database, story.customer("2023-01-01", term=term).history)
    assert [price for _, _, _, price in fixed(replay)] == [Decimal(unit_price)]


def test_a_missing_price_is_fixed_when_it_is_there(database: Database) -> None:
    story = Story(price_lists=[]).customer("2023-01-01", seats=1)
    replay = lived(database, story.history)
    assert fixed(replay) == []
    replay.play(Story().prices("2023-01-10 10:00", WITH_CR).events[0])

    def complete() -> None:
        with acting(system("job")):
            complete_periods()

    together(complete, complete, complete)
    assert [price for _, _, _, price in fixed(replay)] == [Decimal("10.00")]
    replay.play(Story().prices("2023-01-11 10:00", price_list("12.00", valid_from=D("2000-01-03"))).events[0])
    complete()
    assert [price for _, _, _, price in fixed(replay)] == [Decimal("10.00")]


def test_not_for_resale_has_periods_without_a_bill(database: Database) -> None:
    replay = lived(database, Story().history)
    replay.play(CreateCustomer(moment("2023-01-15 08:00"), "c", "p", 1, "calendar", not_for_resale=True))
    daily(replay, "2023-03-01")
    assert starts(replay) == ["2023-01-15", "2023-02-01", "2023-03-01"]
    with acting(system("job"), "billing"):
        assert rows("SELECT 1 FROM period WHERE billable") == []


def test_a_lowering_of_the_last_second_takes_effect(database: Database) -> None:
    """The daily job comes by while the lowering is not committed yet: it waits, and then it must see it."""
    replay = lived(database, Story().customer("2023-01-01", seats=10).customer("2023-01-02", seats=3, name="d").history)
    provider, opener = system("api"), Thread(target=lambda: daily(replay, "2023-02-01"))
    with acting(provider):
        grant = grants.allocation_manager(provider, replay.customers["c"])
        change = Change(replay.sites["c"]["a"], "voice", 4)
        apply_changes(grant, changes=[change], settings=replay.settings, at=moment("2023-01-31 23:59"))
        opener.start()
        time.sleep(0.5)
    opener.join(30)
    assert starts(replay) == ["2023-01-01", "2023-02-01"]
    check_rebuilt()
