"""Synchronising used seats with a stack that answers like a genuine one (SPEC 6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strapontin.refusals import Refusal
from strapontin.stacks.wazo.simulator import Fault
from tests.stack_stories import Story, differences, reading


def test_used_becomes_what_the_stack_has_even_above_the_allocation(story: Story) -> None:
    progress = story.synchronize()
    assert progress.state == "done"
    assert reading(progress)["counts"] == {"voice": 5, "uc": 1}
    assert reading(progress)["unmapped"] == [{"id": 7, "count": 1}]
    assert differences(progress) == {"unknown": 6}
    assert story.used() == {"voice": 5, "uc": 1}
    (total,) = story.read("SELECT used, over, remaining FROM customer_total WHERE type_code = 'voice'")
    assert total == {"used": 5, "over": 2, "remaining": 0}


def test_a_second_look_at_the_same_stack_changes_nothing(story: Story) -> None:
    story.synchronize()
    before = story.read("SELECT count(*) AS n FROM seat_event")
    assert differences(story.synchronize()) == {}
    assert story.read("SELECT count(*) AS n FROM seat_event") == before


def test_users_who_left_changed_type_or_address_are_told_apart(story: Story) -> None:
    story.synchronize()
    first, second, third, *_ = list(story.simulator.world.users.values())
    story.simulator.remove_user(first.uuid)
    story.simulator.change_user(second.uuid, subscription_type=1)
    story.simulator.change_user(third.uuid, email="autre@client.example")
    progress = story.synchronize()
    assert differences(progress) == {"vanished": 1, "other_type": 1, "other_email": 1}
    assert story.used() == {"voice": 3, "uc": 2}


def test_nobody_is_added_above_the_allocation_and_the_way_out_counts_the_excess(story: Story) -> None:
    story.synchronize()
    with pytest.raises(Refusal) as refused:
        story.add_here("zoe@client.example")
    assert refused.value.code == "no_free_seat"
    assert refused.value.facts["missing"] == 3
    story.add_here("zoe@client.example", allocate_missing=True)
    assert story.used()["voice"] == 6


def test_a_user_added_here_is_created_there_once_and_stays_counted_meanwhile(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here("zoe@client.example", "cr", allocate_missing=True)
    assert differences(story.synchronize()) == {}, "its creation on the stack is still under way"
    assert story.make_calls() == 1
    assert [u.email for u in story.simulator.world.users.values()].count("zoe@client.example") == 1
    (made,) = story.read(f"SELECT stack_user_uuid IS NOT NULL AS made FROM seat_user WHERE id = '{user_id}'")
    assert made["made"]
    assert differences(story.synchronize()) == {}
    assert story.used()["cr"] == 1


def test_an_answer_that_was_lost_does_not_create_the_user_twice(story: Story) -> None:
    user_id = story.add_here("zoe@client.example")
    story.simulator.faults.append(Fault(path="/users", method="POST", times=1, hang_up=True))
    story.make_calls()
    (call,) = story.read("SELECT state, error_code FROM stack_call")
    assert call["state"] == "sent"
    story.now += timedelta(minutes=2)
    story.make_calls()
    assert [u.email for u in story.simulator.world.users.values()].count("zoe@client.example") == 1
    (user,) = story.read(f"SELECT state, stack_user_uuid IS NOT NULL AS made FROM seat_user WHERE id = '{user_id}'")
    assert user == {"state": "active", "made": True}


def test_a_creation_that_the_stack_refuses_for_good_frees_the_seat(story: Story) -> None:
    elsewhere = story.simulator.add_tenant("Ailleurs").uuid
    story.simulator.add_user(elsewhere, "Same", "Address", "taken@client.example", 0)
    story.add_here("taken@client.example")
    story.make_calls()
    (call,) = story.read("SELECT state, error_code FROM stack_call")
    assert call == {"state": "failed", "error_code": "conflict"}
    assert story.used() == {}


def test_a_user_removed_here_is_deleted_there(story: Story) -> None:
    user_id = story.add_here("zoe@client.example")
    story.make_calls()
    story.remove(user_id)
    story.make_calls()
    assert "zoe@client.example" not in [u.email for u in story.simulator.world.users.values()]


@pytest.mark.parametrize("trouble", ["confd down", "auth down", "gone", "nonsense", "wrong password"])
def test_a_stack_in_trouble_keeps_the_last_figures_and_says_why(story: Story, trouble: str) -> None:
    story.synchronize()
    expected = {
        "confd down": "unavailable",
        "auth down": "unavailable",
        "gone": "unreachable",
        "nonsense": "nonsense",
        "wrong password": "refused",
    }[trouble]
    if trouble == "confd down":
        story.simulator.confd_up = False
    elif trouble == "auth down":
        story.simulator.auth_up = False
    elif trouble == "gone":
        story.simulator.stop()
    elif trouble == "nonsense":
        story.simulator.faults.append(Fault(path="/users", method="GET", times=9, status=200, body=b'{"items": 3}'))
    else:
        story.simulator.revoke_tokens()
        for account in story.simulator.world.accounts.values():
            account.password = "changed"
    progress = story.synchronize()
    assert progress.state == "failed"
    assert (reading(progress)["state"], reading(progress)["error_code"]) == ("failed", expected)
    assert reading(progress)["synchronized_at"] is not None, "the age of the last figures is kept"
    assert story.used() == {"voice": 5, "uc": 1}


def test_a_second_request_joins_the_running_one_until_it_is_stale(story: Story) -> None:
    first, new = story.request()
    assert new
    assert story.request() == (first, False)
    story.now += timedelta(minutes=5)
    later, new = story.request()
    assert new
    assert later != first
