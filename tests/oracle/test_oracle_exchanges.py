"""Exchanges in the oracle, rule by rule (SPEC 4), and what they are invoiced at (SPEC 7)."""

from __future__ import annotations

import pytest

from tests.oracle.model import BelowUse, Claimed, NoFreeSeat, Partner, Refused, Settings
from tests.oracle.oracle import World
from tests.oracle.seats import Change
from tests.oracle.stage import moment, price_list, run, shorts
from tests.oracle.test_oracle_seats import a_world, ask, figures, words

VOICE, UC = ("s", "voice"), ("s", "uc")


def exchange(world: World, at: str, seats: int, *, to_type: str = "uc", from_type: str = "voice") -> str:
    """What an exchange on site s comes to, in words."""
    done = world.exchange("c", "s", from_type, to_type, seats, moment(at))
    return _told(done)


def undo(world: World, at: str, seats: int | None = None, *, number: int = 0) -> str:
    """What undoing an exchange comes to, in words."""
    return _told(world.undo_exchange("c", number, seats, moment(at)))


def _told(done: object) -> str:
    if isinstance(done, Refused):
        return done.code
    if isinstance(done, BelowUse):
        return f"below_use {done.in_the_way}"
    assert isinstance(done, list)
    return ", ".join(f"{words(entry)} to {entry.to_type}" for entry in done)


def both(world: World, on: str | None = None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Allocated, next cycle, used: of Voice and of Unified Communication."""
    return figures(world, on=on), figures(world, on=on, type_code="uc")


def test_an_exchange_is_at_once_and_of_both_types() -> None:
    world = a_world(("s", "voice", 10), ("s", "uc", 2))
    assert exchange(world, "2023-01-20 10:00", 3) == "exchange 3 at s from 2023-01-20 to uc"
    assert both(world) == ((7, 7, 0), (5, 5, 0))
    assert both(world, "2023-01-19") == ((10, 7, 0), (2, 5, 0))


def test_what_is_scheduled_shifts_alike_but_not_below_use() -> None:
    world = a_world(("s", "voice", 10), ("s", "uc", 5))
    world.stack_shows("c", *VOICE, 4, moment("2023-01-18 10:00"))
    ask(world, "2023-01-19 10:00", ("s", "voice", 6), ("s", "uc", 3))
    exchange(world, "2023-01-20 10:00", 3)
    assert both(world) == ((7, 4, 4), (8, 6, 0))


def test_seats_in_use_are_not_exchanged() -> None:
    world = a_world(("s", "voice", 10))
    world.stack_shows("c", *VOICE, 8, moment("2023-01-18 10:00"))
    assert exchange(world, "2023-01-20 10:00", 3) == "below_use {('s', 'voice'): 1}"
    assert exchange(world, "2023-01-20 11:00", 2) == "exchange 2 at s from 2023-01-20 to uc"


def test_no_more_seats_than_there_are() -> None:
    assert exchange(a_world(("s", "voice", 2)), "2023-01-20 10:00", 3) == "invalid"


def test_only_a_dearer_type_can_be_had_by_an_exchange() -> None:
    world = a_world(("s", "uc", 4), ("s", "voice", 4))
    assert exchange(world, "2023-01-20 10:00", 1, from_type="uc", to_type="voice") == "not_dearer"
    assert exchange(world, "2023-01-20 10:00", 1, to_type="cr") == "price_missing"
    assert both(world) == ((4, 4, 0), (4, 4, 0))


def test_types_of_one_price_are_not_exchanged() -> None:
    world = World()
    world.set_partner(Partner("p"))
    world.add_price_list(price_list(uc="10.00"))
    world.create_customer("c", partner="p", term_months=1, at=moment("2023-01-01 08:00"))
    world.request_quantities("c", [("s", "voice", 2)], moment("2023-01-01 08:01"))
    assert exchange(world, "2023-01-20 10:00", 1) == "not_dearer"


# -- handed back and undone -----------------------------------------------------------------------------


def test_exchanged_seats_are_not_handed_back() -> None:
    world = a_world(("s", "voice", 10))
    exchange(world, "2023-01-20 10:00", 3)
    assert ask(world, "2023-01-21 10:00", ("s", "uc", 0)) == ["lowering 3 at s from 2023-02-01"]


def test_what_was_added_beside_them_is_handed_back() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 09:00", ("s", "uc", 2))
    exchange(world, "2023-01-20 10:00", 3)
    assert ask(world, "2023-01-21 10:00", ("s", "uc", 0)) == [
        "hand_back 2 at s from 2023-01-21",
        "lowering 3 at s from 2023-02-01",
    ]


@pytest.mark.parametrize(("day", "told"), [("26", "undo 3 at s from 2023-01-26 to voice"), ("27", "too_late")])
def test_an_exchange_is_undone_on_its_day_and_six_more(day: str, told: str) -> None:
    world = a_world(("s", "voice", 10))
    exchange(world, "2023-01-20 10:00", 3)
    assert undo(world, f"2023-01-{day} 23:59") == told


def test_without_hand_back_days_nothing_is_undone() -> None:
    world = a_world(("s", "voice", 10), settings=Settings(hand_back_days=0))
    exchange(world, "2023-01-20 10:00", 3)
    assert undo(world, "2023-01-20 10:00") == "too_late"


def test_an_exchange_is_undone_in_part_and_no_more_than_once() -> None:
    world = a_world(("s", "voice", 10))
    exchange(world, "2023-01-20 10:00", 3)
    assert undo(world, "2023-01-21 10:00", 1) == "undo 1 at s from 2023-01-21 to voice"
    assert undo(world, "2023-01-21 11:00", 3) == "invalid"
    assert undo(world, "2023-01-21 12:00") == "undo 2 at s from 2023-01-21 to voice"
    assert undo(world, "2023-01-21 13:00") == "already_undone"
    assert both(world) == ((10, 10, 0), (0, 0, 0))


def test_seats_in_use_stay_exchanged() -> None:
    world = a_world(("s", "voice", 10))
    exchange(world, "2023-01-20 10:00", 3)
    world.stack_shows("c", *UC, 2, moment("2023-01-21 10:00"))
    assert undo(world, "2023-01-22 10:00") == "below_use {('s', 'uc'): 2}"
    assert undo(world, "2023-01-22 11:00", 1) == "undo 1 at s from 2023-01-22 to voice"


def test_undoing_takes_what_is_scheduled_along() -> None:
    world = a_world(("s", "voice", 10), ("s", "uc", 2))
    exchange(world, "2023-01-20 10:00", 3)
    ask(world, "2023-01-21 10:00", ("s", "uc", 4))
    undo(world, "2023-01-22 10:00")
    assert both(world) == ((10, 10, 0), (2, 1, 0))


# -- a user with the seat -------------------------------------------------------------------------------


def change_user(world: World, at: str) -> object:
    """A Voice user of site s gets Unified Communication, seat included."""
    return world.change_user("c", VOICE, UC, moment(at), exchange_seat=True)


def with_users(used: int, *allocated: Change) -> World:
    """A customer whose site s has so many Voice users."""
    world = a_world(*allocated)
    world.stack_shows("c", *VOICE, used, moment("2023-01-18 10:00"))
    return world


def test_user_and_seat_change_together() -> None:
    world = with_users(10, ("s", "voice", 10))
    assert change_user(world, "2023-01-20 10:00") == Claimed()
    assert both(world) == ((9, 9, 9), (1, 1, 1))


def test_above_the_allocation_there_is_no_seat_to_exchange() -> None:
    world = with_users(11, ("s", "voice", 10))
    assert change_user(world, "2023-01-20 10:00") == BelowUse({VOICE: 1})


def test_where_one_seat_more_is_not_enough_neither_changes() -> None:
    world = with_users(10, ("s", "voice", 10))
    world.stack_shows("c", *UC, 1, moment("2023-01-19 10:00"))
    assert change_user(world, "2023-01-20 10:00") == NoFreeSeat(1)
    assert both(world) == ((10, 10, 10), (0, 0, 1))


# -- invoices -------------------------------------------------------------------------------------------


def test_the_rest_of_the_first_is_credited_day_by_day() -> None:
    world = a_world(("s", "voice", 10), term=12)
    run(world, "2023-01-01", "20:00")
    exchange(world, "2023-07-02 10:00", 2)
    assert shorts(run(world, "2023-08-01")) == [
        "2 × 13.50 × 12 × 183/365, 2023-07-02 to 2024-01-01 = 162.44",
        "-2 × 9.00 × 12 × 183/365, 2023-07-02 to 2024-01-01 = -108.30",
    ]


def test_an_exchange_undone_is_billed_for_the_days_between() -> None:
    world = a_world(("s", "voice", 10))
    run(world, "2023-01-01", "20:00")
    exchange(world, "2023-01-20 10:00", 2)
    undo(world, "2023-01-22 10:00")
    assert shorts(run(world, "2023-02-01"))[:2] == [
        "2 × 15.00 × 1 × 2/31, 2023-01-20 to 2023-01-22 = 1.94",
        "-2 × 10.00 × 1 × 2/31, 2023-01-20 to 2023-01-22 = -1.29",
    ]
