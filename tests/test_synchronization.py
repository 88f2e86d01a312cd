"""Synchronising used seats with a stack that answers like a genuine one (SPEC 6)."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import run
from strapontin.refusals import Refusal
from strapontin.seats.differences import Differences, Mismatch
from strapontin.stacks.queries import UnmappedType
from strapontin.stacks.wazo.simulator import Fault
from tests.stack_stories import Story, differences, differences_of, reading

ZOE = "zoe@client.example"


def test_used_becomes_what_the_stack_has_even_above_the_allocation(story: Story) -> None:
    progress = story.synchronize()
    assert progress.state == "done"
    assert reading(progress).counts == {"voice": 5, "uc": 1}
    assert reading(progress).unmapped == [UnmappedType(7, 1)]
    assert differences(progress) == {"unknown": 6}
    assert story.used() == {"voice": 5, "uc": 1}
    (total,) = story.read("SELECT used, over, remaining FROM customer_total WHERE type_code = 'voice'")
    assert total == {"used": 5, "over": 2, "remaining": 0}


def test_a_second_look_at_the_same_stack_changes_nothing(story: Story) -> None:
    story.synchronize()
    before = story.read("SELECT count(*) AS n FROM seat_event")
    assert differences(story.synchronize()) == {}
    assert story.read("SELECT count(*) AS n FROM seat_event") == before


def test_an_unchanged_answer_is_not_even_decoded(story: Story) -> None:
    decoded: list[str] = []
    for name in ("found", "compared", "unchanged"):
        progress = story.synchronize_while(partial(decoded.append, name))
    assert decoded == ["found", "compared"]
    assert (progress.state, differences(progress)) == ("done", {})
    assert reading(progress).differences == Differences()
    assert reading(progress).counts == {"voice": 5, "uc": 1}
    assert reading(progress).unmapped == [UnmappedType(7, 1)]
    assert reading(progress).synchronized_at == story.now - timedelta(seconds=2), "its figures are fresh"


def test_an_unchanged_answer_is_compared_with_what_changed_here(story: Story) -> None:
    story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    for _ in range(3):
        progress = story.synchronize()
    assert differences(progress) == {}
    with acting(system()):
        run("UPDATE subscription_type SET stack_ids = '{1, 7}' WHERE code = 'uc'")
    assert differences(story.synchronize()) == {"unknown": 1}


def test_a_difference_that_stays_is_shown_each_time(story: Story) -> None:
    story.synchronize()
    story.simulator.change_user(next(iter(story.simulator.world.users)), email=None)
    for _ in range(3):
        assert differences(story.synchronize()) == {"other_email": 1}
    assert story.facts_of("v0@client.example")["first_name"] == "Prénom0", "an e-mail is not taken away"


def test_names_email_and_enabled_are_taken_over_from_the_stack(story: Story) -> None:
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    story.synchronize()
    there = story.uuid_on_stack(ZOE)
    story.simulator.change_user(there, firstname="Zoë", lastname="Arc", email="zoe.arc@client.example", enabled=False)
    progress = story.synchronize()
    assert differences(progress) == {"other_name": 1, "other_email": 1, "other_enabled": 1}
    assert reading(progress).differences.other_name == [Mismatch("Zoë Arc", "Zoé Nouvelle", "Zoë Arc")]
    facts = story.facts_of("zoe.arc@client.example")
    assert facts == {"id": user_id, "first_name": "Zoë", "last_name": "Arc", "enabled": False, "type_code": "cr"}
    (entry,) = story.read("SELECT action, door, before, after FROM journal_entry WHERE action = 'user.change'")
    personal = dict.fromkeys(("first_name", "last_name", "email"), "…")
    assert json.loads(entry["before"]) == personal | {"enabled": True}
    assert json.loads(entry["after"]) == personal | {"enabled": False}
    assert entry["door"] == "job"
    assert differences(story.synchronize()) == {}
    assert story.calls() == [("create", "done", "")], "nothing is sent back"


def test_what_is_changed_here_is_not_taken_back_while_its_call_is_open(story: Story) -> None:
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    story.synchronize()
    story.change(user_id, first_name="Zora", enabled=False)
    for _ in range(2):
        assert differences(story.synchronize()) == {"other_name": 1, "other_enabled": 1}, "shown, not taken over"
    assert story.facts_of(ZOE)["first_name"] == "Zora"
    assert differences(story.synchronize_while(story.make_calls)) == {}, "the call ended after the stack answered"
    assert differences(story.synchronize()) == {}
    assert story.facts_of(ZOE)["enabled"] is False


def test_an_email_that_another_user_here_has_is_shown_and_not_taken_over(story: Story) -> None:
    story.synchronize()
    other = story.add_here(ZOE, "cr", story.add_site("Moirans"), allocate_missing=True)
    story.simulator.change_user(story.uuid_on_stack("v0@client.example"), email=ZOE.upper())
    for _ in range(2):
        assert differences(story.synchronize()) == {"other_email": 1}
    assert story.facts_of(ZOE)["id"] == other


def test_users_who_exchange_their_emails_on_the_stack_do_so_here(story: Story) -> None:
    emails = {ZOE: "zora@client.example", "zora@client.example": ZOE}
    ids = {email: story.add_here(email, "cr", allocate_missing=True) for email in emails}
    story.make_calls()
    there = {email: story.uuid_on_stack(email) for email in emails}
    for email, other in emails.items():
        story.simulator.change_user(there[email], email=other)
    assert differences(story.synchronize())["other_email"] == 2
    assert {email: story.facts_of(email)["id"] for email in emails} == {emails[email]: ids[email] for email in ids}


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


def test_who_is_created_after_the_stack_answered_stays(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    assert differences(story.synchronize_while(story.make_calls)) == {}
    assert story.user(user_id)["state"] == "active"
    assert story.used()["cr"] == 1
    assert differences(story.synchronize()) == {}


def test_a_change_that_the_stack_has_not_made_yet_is_not_undone(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.fail("PUT", status=503, body=b"")
    story.change(user_id, type_code="cr", email="zoe.now@client.example")
    story.make_calls()
    assert differences(story.synchronize()) == {"unknown": 6, "other_type": 1, "other_email": 1}
    story.make_all_calls()
    assert differences(story.synchronize()) == {}
    assert story.user(user_id)["type_code"] == "cr"
    assert story.on_stack("zoe.now@client.example") == 1
    assert story.used()["cr"] == 1


def test_a_change_made_after_the_stack_answered_is_not_undone(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.change(user_id, type_code="cr")
    assert differences(story.synchronize_while(story.make_calls)) == {"unknown": 6}
    assert story.user(user_id)["type_code"] == "cr"


def test_whom_we_are_about_to_delete_is_not_unknown(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    story.remove(user_id)
    assert differences(story.synchronize()) == {}
    assert differences(story.synchronize_while(story.make_calls)) == {}, "deleted after the stack answered"
    assert story.on_stack(ZOE) == 0
    assert story.used() == {"voice": 5, "uc": 1}


def test_who_was_removed_while_being_created_is_not_unknown(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.fail("POST", hang_up=True)
    story.make_calls()
    story.remove(user_id)
    assert story.on_stack(ZOE) == 1
    assert differences(story.synchronize()) == {}
    story.make_all_calls()
    assert story.on_stack(ZOE) == 0
    assert story.used() == {"voice": 5, "uc": 1}


def test_who_could_not_be_deleted_for_good_is_what_the_stack_has(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    story.simulator.faults.append(Fault(path="/users", method="DELETE", status=400, body=b"[]"))
    for _ in range(2):
        story.synchronize()
    story.remove(user_id)
    story.make_all_calls()
    assert story.user(user_id)["state"] == "active", "it keeps the seat"
    assert differences(story.synchronize()) == {}
    assert story.used()["cr"] == 1


def test_who_got_another_email_while_being_created_is_not_unknown(story: Story) -> None:
    story.synchronize()
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.fail("POST", hang_up=True)
    story.make_calls()
    story.change(user_id, email="zoe.now@client.example")
    assert differences(story.synchronize()) == {"other_email": 1}
    story.make_all_calls()
    assert (story.on_stack(ZOE), story.on_stack("zoe.now@client.example")) == (0, 1)
    assert story.used()["cr"] == 1


def test_known_users_keep_their_seat_when_their_type_loses_its_mapping(story: Story) -> None:
    story.synchronize()
    with acting(system()):
        run("UPDATE subscription_type SET stack_ids = '{}' WHERE code = 'voice'")
    for _ in range(2):
        progress = story.synchronize()
        assert differences(progress) == {"other_type": 5}
        assert reading(progress).counts == {"voice": 5, "uc": 1}
        assert reading(progress).unmapped == [UnmappedType(7, 1)], "who keeps a seat is counted once"
    assert story.used() == {"voice": 5, "uc": 1}


def test_a_known_user_who_becomes_an_unmapped_type_is_counted_once(story: Story) -> None:
    story.synchronize()
    story.simulator.change_user(next(iter(story.simulator.world.users)), subscription_type=9)
    progress = story.synchronize()
    assert reading(progress).differences.other_type == [Mismatch("Prénom0 Voix", "voice", "9")]
    assert reading(progress).counts == {"voice": 5, "uc": 1}
    assert reading(progress).unmapped == [UnmappedType(7, 1)]
    assert story.used() == {"voice": 5, "uc": 1}


def test_who_has_no_tenant_is_looked_for_in_all_of_the_site(story: Story) -> None:
    site_id = story.add_site("Moirans")
    here, nowhere = (
        story.add_here(email, "cr", site_id, allocate_missing=True) for email in (ZOE, "no@client.example")
    )
    story.attach(site_id, "Moirans 1")
    second = story.attach(site_id, "Moirans 2")
    uuid = story.simulator.add_user(second, "Zoé", "Nouvelle", ZOE, 3).uuid
    first_reading, second_reading = story.progress_of(site_id)
    assert story.user(here) == {"state": "active", "type_code": "cr", "stack_user_uuid": uuid}
    assert story.user(nowhere)["state"] == "active"
    assert differences_of(first_reading) == {}
    assert differences_of(second_reading) == {"absent": 1}


def test_who_was_typed_in_before_the_tenant_stays_as_not_on_the_stack_yet(story: Story) -> None:
    user_id, site_id = story.typed_in_before(ZOE)
    assert story.stack_state(user_id) is None, "nobody has looked yet"
    for _ in range(2):
        (reading,) = story.progress_of(site_id)
        assert differences_of(reading) == {"absent": 1}
        assert story.stack_state(user_id) == "absent"
    assert story.user(user_id)["state"] == "active"
    assert story.used() == {"cr": 1}


def test_who_is_not_on_the_stack_yet_is_created_there_on_request(story: Story) -> None:
    user_id, site_id = story.typed_in_before(ZOE)
    story.progress_of(site_id)
    for _ in range(2):
        story.create_there(user_id)
        assert story.stack_state(user_id) == "waiting"
    story.make_calls()
    assert (story.on_stack(ZOE), story.stack_state(user_id)) == (1, "done")
    story.create_there(user_id)
    assert story.calls() == [("create", "done", "")]
    (reading,) = story.progress_of(site_id)
    assert differences_of(reading) == {}
    assert story.used() == {"cr": 1}


def test_who_is_not_on_the_stack_yet_keeps_the_seat_if_the_stack_refuses(story: Story) -> None:
    user_id, site_id = story.typed_in_before(ZOE)
    story.progress_of(site_id)
    story.simulator.faults.append(Fault(path="/users", method="POST", times=1, status=400, body=b"[]"))
    story.create_there(user_id)
    story.make_calls()
    assert story.user(user_id)["state"] == "active"
    assert (story.used(), story.stack_state(user_id)) == ({"cr": 1}, "failed")
    story.create_there(user_id)
    story.make_calls()
    assert (story.on_stack(ZOE), story.stack_state(user_id), story.used()) == (1, "done", {"cr": 1})


def test_who_is_not_on_the_stack_yet_may_be_removed_and_one_without_email_cannot_be_created(story: Story) -> None:
    user_id, site_id = story.typed_in_before("")
    story.progress_of(site_id)
    with pytest.raises(Refusal) as refused:
        story.create_there(user_id)
    assert refused.value.facts["field"] == "email"
    story.remove(user_id)
    assert (story.used(), story.calls()) == ({}, [])


def test_who_was_once_seen_vanishes_and_who_was_recognised_too(story: Story) -> None:
    user_id, site_id = story.typed_in_before(ZOE)
    uuid = story.simulator.add_user(story.tenant_of(site_id), "Zoé", "Nouvelle", ZOE, 3).uuid
    story.progress_of(site_id)
    story.simulator.remove_user(uuid)
    (reading,) = story.progress_of(site_id)
    assert differences_of(reading) == {"vanished": 1}
    assert story.user(user_id)["state"] == "gone"


def test_who_has_no_tenant_stays_until_all_of_the_site_was_read(story: Story) -> None:
    site_id = story.add_site("Moirans")
    user_id = story.add_here(ZOE, "cr", site_id, allocate_missing=True)
    for name in ("Moirans 1", "Moirans 2"):
        story.attach(site_id, name)
    story.simulator.faults.append(Fault(path="view=summary", method="GET", times=1, status=503, body=b""))
    assert [reading.state for reading in story.progress_of(site_id)] == ["failed", "done"]
    assert story.user(user_id)["state"] == "active"
