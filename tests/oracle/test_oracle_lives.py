"""Customers of the oracle that end with a period and start anew, rule by rule (SPEC 3 and 7)."""

from __future__ import annotations

from datetime import date

from tests.oracle.model import ACTIVE, ENDING, EXPIRED, Claimed, Entry
from tests.oracle.oracle import World
from tests.oracle.stage import customer, moment, run, shorts, world_of_examples


def ended(term: int = 1, alignment: str = "calendar") -> World:
    """Customer c, cancelled in January 2023; a monthly one ends on 1 February."""
    world = world_of_examples()
    customer(world, "2023-01-01", seats=10, term=term, alignment=alignment)
    world.stack_shows("c", "s", "voice", 4, moment("2023-01-02 10:00"))
    assert world.cancel("c", True, moment("2023-01-10 10:00")) is None
    return world


def test_until_its_end_a_cancelled_customer_goes_on() -> None:
    world = ended()
    assert world.claim("c", "s", "voice", moment("2023-01-31 23:59")) == Claimed()
    assert world.figures("c")["s", "voice"].allocated == 10


def test_the_end_revokes_what_is_allocated_and_keeps_the_users() -> None:
    world = ended()
    assert world.claim("c", "s", "voice", moment("2023-02-01 00:00"), allocate_missing=True) == EXPIRED
    figures = world.figures("c")["s", "voice"]
    assert (figures.allocated, figures.next_cycle, figures.used, figures.over) == (0, 0, 4, 4)
    assert world.figures("c", date(2023, 1, 31))["s", "voice"].allocated == 10
    # It is known from the first moment of that day on.
    assert world.figures("c", date(2023, 2, 1), moment("2023-01-31 23:59"))["s", "voice"].allocated == 10
    assert world.request_quantities("c", [("s", "voice", 1)], moment("2023-02-02 10:00")) == EXPIRED
    assert world.request_quantities("c", [("s", "voice", 0)], moment("2023-02-02 10:01")) == []
    assert world.set_term("c", 12, moment("2023-02-02 10:02")) == EXPIRED
    assert world.cancel("c", False, moment("2023-02-02 10:03")) == EXPIRED


def test_a_scheduled_lowering_counts_before_the_revocation() -> None:
    world = ended()
    world.request_quantities("c", [("s", "voice", 6)], moment("2023-01-20 10:00"))
    world.reactivate("c", None, moment("2023-02-10 10:00"))
    assert world.figures("c")["s", "voice"].allocated == 6


def test_nothing_is_charged_after_the_end() -> None:
    world = ended()
    assert shorts(run(world, "2023-01-31")) == ["10 × 10.00 × 1, 2023-01-01 to 2023-02-01 = 100.00"]
    assert shorts(run(world, "2023-02-01")) == []
    assert shorts(run(world, "2023-03-01")) == []


def test_a_reactivation_starts_a_cycle_that_day_by_the_alignment() -> None:
    world = ended()
    assert world.reactivate("c", 12, moment("2023-02-15 10:00")) is None
    assert [(p.start, p.end, p.months) for p in world.periods("c", date(2023, 3, 1))][1:] == [
        (date(2023, 2, 15), date(2023, 3, 1), 1),
        (date(2023, 3, 1), date(2024, 3, 1), 12),
    ]
    assert shorts(run(world, "2023-03-01"))[1:] == [
        "10 × 9.00 × 1 × 14/28, 2023-02-15 to 2023-03-01 = 45.00",
        "10 × 9.00 × 12, 2023-03-01 to 2024-03-01 = 1080.00",
    ]


def test_an_anniversary_begins_on_the_day_of_the_reactivation() -> None:
    world = ended(alignment="anniversary")
    world.reactivate("c", None, moment("2023-03-31 10:00"))
    assert [p.end for p in world.periods("c", date(2023, 5, 31))][1:] == [
        date(2023, 4, 30),
        date(2023, 5, 31),
        date(2023, 6, 30),
    ]


def test_reopened_seats_can_be_handed_back_for_some_days() -> None:
    world = ended()
    world.reactivate("c", None, moment("2023-02-10 10:00"))
    entries = world.request_quantities("c", [("s", "voice", 7)], moment("2023-02-16 10:00"))
    assert entries == [Entry("hand_back", "s", "voice", 3, date(2023, 2, 16))]
    entries = world.request_quantities("c", [("s", "voice", 6)], moment("2023-02-17 10:00"))
    assert isinstance(entries, list) and [entry.kind for entry in entries] == ["lowering"]


def test_a_term_waits_for_the_cancellation_to_be_taken_back() -> None:
    world = ended()
    assert world.reactivate("c", None, moment("2023-01-11 10:00")) == ACTIVE
    assert world.set_term("c", 12, moment("2023-01-11 10:01")) == ENDING
    assert world.set_term("c", 1, moment("2023-01-11 10:02")) is None
    assert world.cancel("c", False, moment("2023-01-11 10:03")) is None
    assert world.set_term("c", 12, moment("2023-01-11 10:04")) == 12
    assert world.period_on("c", date(2023, 2, 1)).months == 12


def test_the_planned_term_is_that_of_the_new_beginning() -> None:
    world = world_of_examples()
    customer(world, "2023-01-01", seats=1)
    world.set_term("c", 36, moment("2023-01-05 10:00"))
    world.cancel("c", True, moment("2023-01-06 10:00"))
    world.reactivate("c", None, moment("2023-03-01 10:00"))
    assert world.period_on("c", date(2023, 3, 1)).months == 36
