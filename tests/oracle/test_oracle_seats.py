"""Requests, claims, hand-backs and cycle starts of the oracle, rule by rule (SPEC 4 and 5)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.oracle.model import BelowUse, Claimed, Entry, NoFreeSeat, Refused, Settings
from tests.oracle.oracle import World
from tests.oracle.seats import Change
from tests.oracle.stage import moment, world_of_examples


def a_world(
    *allocated: Change,
    created: str = "2023-01-01",
    term: int = 1,
    settings: Settings | None = None,
    alignment: str = "calendar",
) -> World:
    """Customer c with these allocations since it was created."""
    world = world_of_examples(settings)
    world.create_customer("c", partner="p", term_months=term, at=moment(f"{created} 08:00"), alignment=alignment)
    world.request_quantities("c", allocated, moment(f"{created} 08:01"))
    return world


def ask(world: World, at: str, *changes: Change) -> list[str]:
    """What happens, as words; the request must not be refused."""
    entries = world.request_quantities("c", changes, moment(at))
    assert isinstance(entries, list)
    return [words(entry) for entry in entries]


def words(entry: Entry) -> str:
    """ "raise 3 at s from 2023-01-20"."""
    to_site = f" to {entry.to_site}" if entry.to_site else ""
    return f"{entry.kind} {entry.quantity} at {entry.site}{to_site} from {entry.effective_on}"


def figures(world: World, site: str = "s", on: str | None = None, type_code: str = "voice") -> tuple[int, ...]:
    """Allocated, next cycle, used."""
    at = world.figures("c", date.fromisoformat(on) if on else None)[site, type_code]
    return at.allocated, at.next_cycle, at.used


# -- raises and lowerings -------------------------------------------------------------------------------


def test_a_raise_is_at_once() -> None:
    world = a_world(("s", "voice", 10))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 13)) == ["raise 3 at s from 2023-01-20"]
    assert figures(world) == (13, 13, 0)
    assert figures(world, on="2023-01-19") == (10, 13, 0)


def test_a_lowering_waits_for_the_next_cycle() -> None:
    world = a_world(("s", "voice", 10))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 4)) == ["lowering 6 at s from 2023-02-01"]
    assert figures(world) == (10, 4, 0)
    assert figures(world, on="2023-01-31") == (10, 4, 0)
    assert figures(world, on="2023-02-01") == (4, 4, 0)


def test_a_lowering_can_be_changed_both_ways() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 4))
    assert ask(world, "2023-01-21 10:00", ("s", "voice", 8)) == ["lowering 2 at s from 2023-02-01"]
    assert ask(world, "2023-01-22 10:00", ("s", "voice", 0)) == ["lowering 10 at s from 2023-02-01"]
    assert figures(world, on="2023-02-01") == (0, 0, 0)


def test_the_present_quantity_withdraws_a_lowering() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 4))
    assert ask(world, "2023-01-21 10:00", ("s", "voice", 10)) == ["withdrawal 6 at s from 2023-02-01"]
    assert figures(world, on="2023-02-01") == (10, 10, 0)
    assert ask(world, "2023-01-22 10:00", ("s", "voice", 10)) == []


def test_nothing_of_nothing_is_no_refusal() -> None:
    world = a_world()
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 0)) == []


def test_a_raise_withdraws_what_was_scheduled_to_fall() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 4))
    assert ask(world, "2023-01-21 10:00", ("s", "voice", 11)) == [
        "withdrawal 6 at s from 2023-02-01",
        "raise 1 at s from 2023-01-21",
    ]
    assert figures(world, on="2023-02-01") == (11, 11, 0)


def test_a_term_of_a_year_holds_a_lowering_for_the_year() -> None:
    world = a_world(("s", "voice", 10), created="2024-02-29", term=12, alignment="anniversary")
    assert ask(world, "2024-04-01 10:00", ("s", "voice", 4)) == ["lowering 6 at s from 2025-02-28"]


def test_a_stub_is_a_cycle_of_its_own() -> None:
    world = a_world(("s", "voice", 10), created="2024-02-10", term=12)
    assert ask(world, "2024-02-20 10:00", ("s", "voice", 4)) == ["lowering 6 at s from 2024-03-01"]


def test_below_use_is_refused_whole() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 10))
    world.stack_shows("c", "s", "voice", 7, moment("2023-01-19 10:00"))
    refused = world.request_quantities("c", [("t", "voice", 12), ("s", "voice", 5)], moment("2023-01-20 10:00"))
    assert refused == BelowUse({("s", "voice"): 2})
    assert figures(world, "t") == (10, 10, 0)
    assert ask(world, "2023-01-21 10:00", ("s", "voice", 7)) == ["lowering 3 at s from 2023-02-01"]


def test_an_oversold_site_may_be_raised_though_still_below_use() -> None:
    world = a_world(("s", "voice", 10))
    world.stack_shows("c", "s", "voice", 15, moment("2023-01-19 10:00"))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 12)) == ["raise 2 at s from 2023-01-20"]
    at = world.figures("c")["s", "voice"]
    assert (at.remaining, at.over) == (0, 3)


def test_the_same_place_twice_is_no_request() -> None:
    world = a_world()
    with pytest.raises(ValueError, match="not a request"):
        ask(world, "2023-01-20 10:00", ("s", "voice", 1), ("s", "voice", 2))


# -- hand-backs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "kind"), [("26", "hand_back 3"), ("27", "lowering 3")])
def test_seven_days_are_the_day_of_the_raise_and_six_more(day: str, kind: str) -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 13))
    entries = ask(world, f"2023-01-{day} 23:59", ("s", "voice", 10))
    on = f"2023-01-{day}" if day == "26" else "2023-02-01"
    assert entries == [f"{kind} at s from {on}"]


def test_the_day_is_the_local_one() -> None:
    """23:30 UTC on the 19th is already the 20th in Paris."""
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 00:30", ("s", "voice", 13))
    assert ask(world, "2023-01-26 10:00", ("s", "voice", 10)) == ["hand_back 3 at s from 2023-01-26"]


def test_more_than_was_added_is_handed_back_and_then_lowered() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 13))
    assert ask(world, "2023-01-22 10:00", ("s", "voice", 8)) == [
        "hand_back 3 at s from 2023-01-22",
        "lowering 2 at s from 2023-02-01",
    ]
    assert figures(world) == (10, 8, 0)


def test_an_addition_is_handed_back_once_and_newest_first() -> None:
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-10 10:00", ("s", "voice", 14))
    ask(world, "2023-01-15 10:00", ("s", "voice", 16))
    assert ask(world, "2023-01-16 10:00", ("s", "voice", 13)) == ["hand_back 3 at s from 2023-01-16"]
    assert ask(world, "2023-01-16 11:00", ("s", "voice", 10)) == ["hand_back 3 at s from 2023-01-16"]
    assert ask(world, "2023-01-16 12:00", ("s", "voice", 9)) == ["lowering 1 at s from 2023-02-01"]


def test_newest_first_saves_the_newest_no_longer() -> None:
    """Two handed back on the 15th are those of the 15th: on the 17th those of the 10th are too old."""
    world = a_world(("s", "voice", 10))
    ask(world, "2023-01-10 10:00", ("s", "voice", 12))
    ask(world, "2023-01-15 10:00", ("s", "voice", 14))
    ask(world, "2023-01-15 11:00", ("s", "voice", 12))
    assert ask(world, "2023-01-17 10:00", ("s", "voice", 10)) == ["lowering 2 at s from 2023-02-01"]


def test_an_addition_on_one_site_is_handed_back_on_another_and_in_the_next_month() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 10), ("t", "uc", 4))
    ask(world, "2023-01-30 10:00", ("s", "voice", 13))
    assert ask(world, "2023-02-02 10:00", ("t", "uc", 3)) == ["lowering 1 at t from 2023-03-01"]
    assert ask(world, "2023-02-02 11:00", ("t", "voice", 5)) == [
        "hand_back 3 at t from 2023-02-02",
        "lowering 2 at t from 2023-03-01",
    ]
    assert figures(world, "t") == (7, 5, 0)


def test_two_sites_share_what_may_be_handed_back_in_the_order_of_the_request() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 10))
    ask(world, "2023-01-20 10:00", ("s", "voice", 13))
    assert ask(world, "2023-01-21 10:00", ("t", "voice", 8), ("s", "voice", 11)) == [
        "hand_back 2 at t from 2023-01-21",
        "hand_back 1 at s from 2023-01-21",
        "lowering 1 at s from 2023-02-01",
    ]


def test_the_first_allocation_can_be_handed_back() -> None:
    world = a_world(("s", "voice", 10), created="2023-01-03")
    assert ask(world, "2023-01-09 10:00", ("s", "voice", 0)) == ["hand_back 10 at s from 2023-01-09"]


def test_without_hand_back_days_nothing_is_handed_back() -> None:
    world = a_world(("s", "voice", 10), settings=Settings(hand_back_days=0))
    assert ask(world, "2023-01-01 10:00", ("s", "voice", 9)) == ["lowering 1 at s from 2023-02-01"]


# -- moves ----------------------------------------------------------------------------------------------


def test_a_move_is_at_once_both_ways() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 2))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 7), ("t", "voice", 5)) == ["move 3 at s to t from 2023-01-20"]
    assert figures(world, "s") == (7, 7, 0)
    assert figures(world, "t") == (5, 5, 0)


def test_a_move_shifts_what_is_scheduled_but_not_below_use() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 2))
    world.stack_shows("c", "s", "voice", 4, moment("2023-01-18 10:00"))
    ask(world, "2023-01-19 10:00", ("s", "voice", 6))
    ask(world, "2023-01-20 10:00", ("s", "voice", 7), ("t", "voice", 5))
    assert figures(world, "s") == (7, 4, 4)
    assert figures(world, "t") == (5, 5, 0)


def test_moves_are_matched_in_the_order_of_the_request() -> None:
    world = a_world(("a", "voice", 5), ("b", "voice", 5), ("c", "voice", 0), ("d", "voice", 0))
    wanted = (("c", "voice", 3), ("b", "voice", 3), ("d", "voice", 4), ("a", "voice", 1))
    assert ask(world, "2023-01-20 10:00", *wanted) == [
        "move 2 at b to c from 2023-01-20",
        "move 1 at a to c from 2023-01-20",
        "move 3 at a to d from 2023-01-20",
        "raise 1 at d from 2023-01-20",
    ]


def test_what_is_left_of_a_move_is_lowered() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 0))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 4), ("t", "voice", 2)) == [
        "move 2 at s to t from 2023-01-20",
        "lowering 4 at s from 2023-02-01",
    ]
    assert figures(world, "s") == (8, 4, 0)


def test_types_do_not_move_into_one_another() -> None:
    world = a_world(("s", "voice", 10))
    assert ask(world, "2023-01-20 10:00", ("s", "voice", 8), ("s", "uc", 2)) == [
        "lowering 2 at s from 2023-02-01",
        "raise 2 at s from 2023-01-20",
    ]


def test_moved_seats_stay_returnable_where_they_were_added() -> None:
    world = a_world(("s", "voice", 10), ("t", "voice", 0))
    ask(world, "2023-01-20 10:00", ("s", "voice", 12))
    ask(world, "2023-01-21 10:00", ("s", "voice", 10), ("t", "voice", 2))
    assert ask(world, "2023-01-22 10:00", ("t", "voice", 0)) == ["hand_back 2 at t from 2023-01-22"]


# -- users ----------------------------------------------------------------------------------------------


def claim(world: World, at: str, allocate_missing: bool = False) -> Claimed | NoFreeSeat | Refused:
    """One user more on site s."""
    return world.claim("c", "s", "voice", moment(at), allocate_missing)


def test_a_full_site_refuses_and_says_what_is_missing() -> None:
    world = a_world(("s", "voice", 1))
    assert claim(world, "2023-01-02 10:00") == Claimed()
    assert claim(world, "2023-01-03 10:00") == NoFreeSeat(1)
    world.release("c", "s", "voice", moment("2023-01-04 10:00"))
    assert claim(world, "2023-01-05 10:00") == Claimed()


def test_before_the_date_nobody_is_refused() -> None:
    world = a_world(created="2022-08-01")
    assert claim(world, "2022-08-22 23:59") == Claimed()
    assert claim(world, "2022-08-23 00:00") == NoFreeSeat(2)
    assert figures(world) == (0, 0, 1)


def test_not_for_resale_has_no_limit() -> None:
    world = world_of_examples()
    created = moment("2023-01-01 08:00")
    world.create_customer("c", partner="p", term_months=1, at=created, not_for_resale=True)
    assert claim(world, "2023-01-02 10:00") == Claimed()
    assert world.run(date(2023, 2, 1), moment("2023-02-01 00:30")).invoices == {}


def test_a_lowered_site_refuses_users_that_its_next_cycle_cannot_hold() -> None:
    world = a_world(("s", "voice", 3))
    ask(world, "2023-01-20 10:00", ("s", "voice", 1))
    assert claim(world, "2023-01-21 10:00") == Claimed()
    assert world.figures("c")["s", "voice"].remaining == 0
    assert claim(world, "2023-01-21 11:00") == NoFreeSeat(1)


def test_for_a_user_the_lowering_shrinks_first_and_then_there_is_a_raise() -> None:
    world = a_world(("s", "voice", 2))
    ask(world, "2023-01-20 10:00", ("s", "voice", 0))
    assert claim(world, "2023-01-21 10:00", True) == Claimed(allocated=0, kept=1)
    assert figures(world) == (2, 1, 1)
    assert claim(world, "2023-01-21 11:00", True) == Claimed(allocated=0, kept=1)
    assert claim(world, "2023-01-21 12:00", True) == Claimed(allocated=1, kept=0)
    assert figures(world, on="2023-02-01") == (3, 3, 3)


def test_a_seat_raised_for_a_user_can_be_handed_back_when_they_leave() -> None:
    world = a_world(("s", "voice", 1))
    world.stack_shows("c", "s", "voice", 1, moment("2023-01-19 10:00"))
    assert claim(world, "2023-01-20 10:00", True) == Claimed(allocated=1)
    world.release("c", "s", "voice", moment("2023-01-21 10:00"))
    assert ask(world, "2023-01-22 10:00", ("s", "voice", 1)) == ["hand_back 1 at s from 2023-01-22"]


def test_over_use_is_allocated_with_the_next_user() -> None:
    world = a_world(("s", "voice", 2))
    world.stack_shows("c", "s", "voice", 5, moment("2023-01-19 10:00"))
    assert claim(world, "2023-01-20 10:00") == NoFreeSeat(4)
    assert claim(world, "2023-01-20 11:00", True) == Claimed(allocated=4)
    assert figures(world) == (6, 6, 6)


# -- as of, as known ------------------------------------------------------------------------------------


def test_any_day_as_it_was_known_at_any_moment() -> None:
    world = a_world(("s", "voice", 10))
    world.stack_shows("c", "s", "voice", 3, moment("2023-01-12 10:00"))
    world.correct("c", "s", "voice", 2, effective_on=date(2023, 1, 10), at=moment("2023-01-20 10:00"))
    as_of = date(2023, 1, 15)
    before = world.figures("c", as_of, moment("2023-01-18 10:00"))["s", "voice"]
    after = world.figures("c", as_of)["s", "voice"]
    assert (before.allocated, after.allocated, before.used) == (10, 12, 3)
    with pytest.raises(ValueError, match="not past"):
        world.correct("c", "s", "voice", 2, effective_on=date(2023, 2, 1), at=moment("2023-01-20 10:00"))


def test_time_does_not_go_back() -> None:
    world = a_world()
    ask(world, "2023-01-20 10:00")
    with pytest.raises(ValueError, match="is before"):
        ask(world, "2023-01-19 10:00")


def test_who_was_typed_in_before_the_tenant_stays_counted_until_the_stack_shows_them() -> None:
    world = world_of_examples()
    at = moment("2023-01-16 08:00")
    world.create_customer("c", partner="p", term_months=1, at=at, on_stack=False)
    world.request_quantities("c", [("s", "voice", 5)], at)
    for _ in range(3):
        world.claim("c", "s", "voice", at)
    world.attach_tenant("c", "s", at)
    used = []
    for there, recognised in ((0, 0), (2, 1), (2, 1), (1, 0)):
        world.stack_shows("c", "s", "voice", there, at, recognised)
        used.append(world.figures("c")["s", "voice"].used)
    assert used == [3, 4, 3, 2]
