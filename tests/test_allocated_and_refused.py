"""What was allocated with a user whom the stack refuses is taken back: together or not at all (SPEC 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strapontin.stacks.wazo.simulator import Fault
from tests.comparison import check_rebuilt
from tests.stack_stories import FURNISHER, Story

ZOE = "zoe@client.example"


def kinds(story: Story) -> list[tuple[str, int]]:
    """The rows of the ledger in their order."""
    return [(row["kind"], row["delta"]) for row in story.read("SELECT kind, delta FROM ledger_entry ORDER BY id")]


def seats(story: Story, type_code: str = "voice") -> tuple[int, int, int]:
    """Seats of the story's site: allocated, from the next cycle on, used."""
    (row,) = story.read(f"SELECT allocated, next_cycle, used FROM balance WHERE type_code = '{type_code}'")
    return row["allocated"], row["next_cycle"], row["used"]


def refuse(story: Story) -> None:
    """Has the stack refuse every user who is to be created."""
    story.simulator.faults.append(Fault(path="/users", method="POST", status=400, body=b"[]"))


@pytest.fixture
def full(story: Story) -> Story:
    """Three seats, all of them used."""
    for number in range(3):
        story.add_here(f"{number}@here.example")
    story.make_calls()
    return story


def test_the_raise_is_handed_back_at_once(full: Story) -> None:
    refuse(full)
    user_id = full.add_here(ZOE, allocate_missing=True)
    assert seats(full) == (4, 4, 4)
    full.make_calls()
    assert (full.user(user_id)["state"], seats(full)) == ("refused", (3, 3, 3))
    assert kinds(full) == [("raise", 3), ("raise", 1), ("hand_back", -1)]
    (row,) = full.read("SELECT b.actor_kind, r.delta FROM ledger_entry b JOIN ledger_entry r ON r.id = b.reverses_id")
    assert (row["actor_kind"], row["delta"]) == ("system", 1)
    full.make_all_calls()
    assert len(kinds(full)) == 3, "once"
    check_rebuilt()


def test_a_user_on_a_seat_that_was_free_leaves_the_allocation_alone(story: Story) -> None:
    refuse(story)
    story.add_here(ZOE, allocate_missing=True)
    story.make_calls()
    assert (kinds(story), seats(story)) == ([("raise", 3)], (3, 3, 0))


def test_a_seat_that_somebody_else_took_meanwhile_stays(full: Story) -> None:
    """A synchronisation found more users before the stack refused this one: nothing is free."""
    full.add_here(ZOE, allocate_missing=True)
    full.synchronize()
    refuse(full)
    full.make_calls()
    allocated, next_cycle, used = seats(full)
    assert (allocated, next_cycle) == (4, 4) and used >= 4
    assert kinds(full) == [("raise", 3), ("raise", 1)]
    check_rebuilt()


def test_what_may_no_longer_be_handed_back_stays(full: Story) -> None:
    """The stack was down for a week: the seat is committed by then, and free."""
    full.add_here(ZOE, allocate_missing=True)
    full.now += timedelta(days=full.settings.hand_back_days)
    refuse(full)
    full.make_calls()
    assert (kinds(full), seats(full)) == ([("raise", 3), ("raise", 1)], (4, 4, 3))
    check_rebuilt()


def test_a_planned_decrease_is_planned_again(story: Story) -> None:
    story.now += timedelta(days=9)
    story.add_here("0@here.example")
    story.make_calls()
    furnisher = type(FURNISHER)(at=story.now)
    furnisher.allocate(story.customer, {(story.site, "voice"): 1})
    assert seats(story) == (3, 1, 1)
    refuse(story)
    story.add_here(ZOE, allocate_missing=True)
    assert seats(story) == (3, 2, 2)
    story.make_calls()
    assert seats(story) == (3, 1, 1)
    assert kinds(story) == [("raise", 3), ("lower", -2), ("withdraw", 1), ("lower", -1)]
    check_rebuilt()


def test_above_the_allocation_only_free_seats_go_back(full: Story) -> None:
    """Two more came from the stack. What was raised for them, too, stays theirs."""
    full.simulator.faults.clear()
    full.synchronize()
    allocated, _, used = seats(full)
    over = used - allocated
    assert over > 0
    refuse(full)
    full.add_here(ZOE, allocate_missing=True)
    assert seats(full) == (used + 1, used + 1, used + 1)
    full.make_calls()
    assert seats(full) == (used, used, used)
    check_rebuilt()
