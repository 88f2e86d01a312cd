"""Users made, changed and deleted on their stack, whatever happens between two attempts (SPEC 5)."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.jobs import tasks
from strapontin.kit.database import run
from strapontin.refusals import Refusal
from strapontin.stacks.provisioner import MOST_ATTEMPTS, MOST_FAILURES
from strapontin.stacks.wazo.simulator import Fault
from tests.concurrently import together
from tests.stack_stories import Story, customer_on

ZOE = "zoe@client.example"
ZOE_NOW = "zoe.now@client.example"


@pytest.mark.parametrize("answer", [{"hang_up": True}, {"status": 503, "body": b""}])
def test_a_user_removed_while_its_creation_is_open_is_not_on_the_stack(story: Story, answer: dict[str, object]) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", **answer)
    story.make_calls()
    story.remove(user_id)
    story.make_all_calls()
    assert story.on_stack(ZOE) == 0
    assert story.calls() == [("create", "done", ""), ("delete", "done", "")]


def test_a_user_removed_before_its_creation_was_tried_never_comes_to_the_stack(story: Story) -> None:
    story.remove(story.add_here(ZOE))
    story.make_all_calls()
    assert not [request for request in story.simulator.requests if request[0] == "POST" and "/users" in request[1]]
    assert story.calls() == [("create", "done", ""), ("delete", "done", "")]


@pytest.mark.parametrize("happens", ["removed", "moved"])
def test_whoever_leaves_while_the_stack_creates_them_is_deleted_there(story: Story, happens: str) -> None:
    user_id, site_id = story.add_here(ZOE), story.add_site("Moirans")
    story.fail("POST", wait_after=1.0)

    def leave() -> None:
        while not story.on_stack(ZOE):
            time.sleep(0.02)
        if happens == "removed":
            story.remove(user_id)
        else:
            story.change(user_id, site_id=site_id)

    together(story.make_calls, leave)
    story.make_all_calls()
    assert story.on_stack(ZOE) == 0
    assert story.calls() == [("create", "done", ""), ("delete", "done", "")]
    assert story.user(user_id)["state"] == ("gone" if happens == "removed" else "active")


def test_an_email_changed_between_two_attempts_creates_nobody_twice(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", hang_up=True)
    story.make_calls()
    story.change(user_id, email=ZOE_NOW)
    story.make_all_calls()
    assert (story.on_stack(ZOE), story.on_stack(ZOE_NOW)) == (0, 1)
    assert story.read("SELECT DISTINCT email FROM stack_call") == [{"email": ""}], "personal data stays no longer"


def test_an_email_is_taken_away_only_from_a_user_whom_the_stack_has(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", status=503, body=b"")
    story.make_calls()
    with pytest.raises(Refusal, match="invalid"):
        story.change(user_id, email="")
    story.make_all_calls()
    assert (story.user(user_id)["state"], story.on_stack(ZOE)) == ("active", 1)
    story.change(user_id, email="")
    story.make_all_calls()
    assert (story.user(user_id)["state"], story.on_stack(ZOE)) == ("active", 0)


def test_an_email_that_proves_taken_may_be_corrected_before_the_next_attempt(story: Story) -> None:
    elsewhere = story.simulator.add_tenant("Ailleurs").uuid
    story.simulator.add_user(elsewhere, "Same", "Address", ZOE, 0)
    user_id = story.add_here(ZOE)
    story.fail("POST", status=503, body=b"")
    story.make_calls()
    story.change(user_id, email=ZOE_NOW)
    story.make_all_calls()
    assert story.user(user_id)["state"] == "active"
    assert story.on_stack(ZOE_NOW) == 1


@pytest.mark.parametrize("other", ["name", "type", "older"])
def test_only_who_was_created_by_the_attempt_is_taken_over(story: Story, other: str) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", status=503, body=b"")
    story.make_calls()
    facts: dict[str, Any] = {"firstname": "Zoé", "lastname": "Nouvelle", "email": ZOE, "subscription_type": 0}
    differing: dict[str, dict[str, Any]] = {
        "name": {"lastname": "Autre"},
        "type": {"subscription_type": 1},
        "older": {"created_at": "2022-01-01T00:00:00"},
    }
    facts |= differing[other]
    story.simulator.add_user(story.tenant, **facts)
    story.make_all_calls()
    assert story.calls() == [("create", "failed", "conflict")]
    user = story.user(user_id)
    assert (user["state"], user["stack_user_uuid"]) == ("refused", None)


def test_names_changed_between_two_attempts_create_nobody_twice(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", hang_up=True)
    story.make_calls()
    story.change(user_id, last_name="Renommée")
    story.make_all_calls()
    assert story.on_stack(ZOE) == 1
    assert (story.user(user_id)["state"], story.there(ZOE).lastname) == ("active", "Renommée")


def test_a_creation_overwrites_nobody_whom_a_synchronisation_recognised(story: Story) -> None:
    story.add_here(ZOE)
    story.fail("POST", hang_up=True)
    story.make_calls()
    story.simulator.change_user(story.there(ZOE).uuid, enabled=False)
    story.synchronize()
    story.make_all_calls()
    assert not story.there(ZOE).enabled
    assert story.calls() == [("create", "done", "")]


@pytest.mark.parametrize("attempted", [False, True])
@pytest.mark.parametrize("other", [{"lastname": "Autre"}, {"subscription_type": 1}])
def test_a_synchronisation_takes_nobody_else_for_a_user_who_is_being_created(
    story: Story, other: dict[str, Any], attempted: bool
) -> None:
    user_id = story.add_here(ZOE)
    if attempted:
        story.fail("POST", status=503, body=b"")
        story.make_calls()
    facts: dict[str, Any] = {"firstname": "Zoé", "lastname": "Nouvelle", "email": ZOE, "subscription_type": 0}
    stranger = story.simulator.add_user(story.tenant, **(facts | other))
    story.synchronize()
    assert (story.user(user_id)["state"], story.user(user_id)["stack_user_uuid"]) == ("active", None)
    story.make_all_calls()
    assert story.calls() == [("create", "failed", "conflict")]
    assert story.user(user_id)["state"] == "refused"
    (known,) = story.read(f"SELECT state, origin FROM seat_user WHERE stack_user_uuid = '{stranger.uuid}'")
    assert known == {"state": "active", "origin": "stack"}


def test_a_change_sends_what_changed_and_nothing_else(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    there = story.there(ZOE)
    story.simulator.change_user(there.uuid, firstname="Zoe", enabled=False, subscription_type=7)
    story.change(user_id, last_name="Grand")
    story.change(user_id, extension="101")
    story.make_all_calls()
    assert (there.firstname, there.lastname, there.enabled, there.subscription_type) == ("Zoe", "Grand", False, 7)
    assert story.calls() == [("create", "done", ""), ("update", "done", "")], "an extension is not told"


def test_whoever_is_somebody_else_on_the_stack_is_refused_for_good(story: Story) -> None:
    user_id = story.add_here("ana@client.example", allocate_missing=True)
    story.make_all_calls()
    assert story.calls() == [("create", "failed", "conflict")]
    assert story.user(user_id)["state"] == "refused"
    assert story.used() == {}


def test_a_fault_of_the_stack_at_one_user_is_no_outage(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.simulator.faults.append(Fault(path="/users", method="POST", status=500, body=b"[]", times=MOST_FAILURES))
    story.make_calls()
    assert story.calls() == [("create", "sent", "failed")]
    story.make_all_calls()
    assert story.calls() == [("create", "failed", "failed")]
    assert story.user(user_id)["state"] == "refused"


def test_a_tenant_that_is_unknown_for_a_while_is_no_refusal(story: Story) -> None:
    user_id = story.add_here(ZOE)
    account = next(iter(story.simulator.world.accounts.values()))
    account.tenant_uuid = story.simulator.add_tenant("Ailleurs").uuid
    story.make_calls()
    assert story.calls() == [("create", "sent", "unknown_tenant")]
    account.tenant_uuid = story.simulator.world.root_uuid
    story.make_all_calls()
    assert story.calls() == [("create", "done", "")]
    assert (story.user(user_id)["state"], story.on_stack(ZOE)) == ("active", 1)


def test_a_type_without_a_mapping_is_left_to_the_stack_and_creates_nobody(story: Story) -> None:
    known = story.add_here(ZOE)
    story.make_calls()
    with acting(system()):
        run("UPDATE subscription_type SET stack_ids = '{}' WHERE code = 'voice'")
    story.change(known, last_name="Renommée")
    story.add_here("new@client.example")
    story.make_all_calls()
    assert story.calls()[1:] == [("update", "done", ""), ("create", "failed", "invalid")]
    (there,) = (user for user in story.simulator.world.users.values() if user.email == ZOE)
    assert (there.lastname, there.subscription_type) == ("Renommée", 0)


def test_somebody_added_again_waits_until_the_former_one_is_deleted(story: Story) -> None:
    first = story.add_here(ZOE)
    story.make_calls()
    story.fail("DELETE", status=503, body=b"")
    story.remove(first)
    story.make_calls()
    second = story.add_here(ZOE)
    story.make_all_calls()
    assert story.on_stack(ZOE) == 1
    assert story.user(second)["state"] == "active"
    assert story.user(second)["stack_user_uuid"] not in (None, story.user(first)["stack_user_uuid"])


def test_a_stack_that_keeps_silent_is_asked_once_in_a_while(story: Story) -> None:
    for n in range(3):
        story.add_here(f"{n}@client.example")
    story.simulator.faults.append(Fault(hang_up=True))
    assert story.make_calls() == 1
    assert story.make_calls() == 0, "the calls behind it wait as long"
    assert sum(call["attempts"] for call in story.read("SELECT attempts FROM stack_call")) == 1
    story.simulator.faults.clear()
    story.make_all_calls()
    assert {call[1] for call in story.calls()} == {"done"}


def test_a_stack_that_keeps_silent_is_waited_for_once_for_all_customers(story: Story) -> None:
    other = customer_on(story.simulator, story.stack, story.partner, "Lagune")
    for each in (story, other):
        each.add_here(ZOE)
    story.simulator.faults.append(Fault(hang_up=True))
    tasks.retry_calls(0)
    assert len(story.simulator.requests) == 1
    assert other.calls() == [("create", "waiting", "")]


def test_a_fault_of_our_own_ends_as_others_do(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    user_id = story.add_here(ZOE)
    with acting(system("job"), "worker"):
        run("UPDATE stack SET password_sealed = 'damaged'")
    with caplog.at_level(logging.WARNING):
        story.make_all_calls()
    assert story.calls() == [("create", "failed", "password_unreadable")]
    assert story.read("SELECT attempts FROM stack_call") == [{"attempts": MOST_ATTEMPTS}]
    assert story.user(user_id)["state"] == "refused"
    assert ZOE not in caplog.text


def test_a_customer_whose_calls_cannot_be_made_keeps_nobody_else_waiting(story: Story) -> None:
    other = customer_on(story.simulator, story.stack, story.partner, "Lagune")
    story.add_here("ana.ours@client.example")
    other.add_here(ZOE)
    with acting(system()):
        grants.customer(system(), story.customer)
        run("UPDATE stack_call SET attempts = 32767")
    tasks.retry_calls(0)
    assert other.calls() == [("create", "done", "")]
    assert story.calls() == [("create", "waiting", "")]
