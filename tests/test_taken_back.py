"""Changes, removals and moves on a stack: what it refuses is taken back here, wherever a worker is killed (SPEC 5)."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from uuid import UUID

import pytest

from strapontin.stacks import provisioner
from strapontin.stacks.wazo.simulator import Fault, Leftovers
from tests.comparison import check_rebuilt
from tests.stack_stories import Story

ZOE = "zoe@client.example"
ZOE_NOW = "zoe.now@client.example"


@pytest.fixture
def elsewhere(story: Story) -> UUID:
    """Another site of the customer, with another tenant of the same stack."""
    site_id = story.add_site("Moirans")
    story.attach(site_id, "Moirans")
    return site_id


def test_who_moves_within_a_stack_is_created_there_and_then_deleted_here(story: Story, elsewhere: UUID) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    former = story.there(ZOE)
    story.simulator.change_user(former.uuid, voicemail="101")
    story.change(user_id, site_id=elsewhere)
    story.make_all_calls()
    assert [kind for kind, *_ in story.calls()] == ["create", "free_email", "create", "delete"]
    assert {state for _, state, _ in story.calls()} == {"done"}
    there = story.there(ZOE)
    assert (story.on_stack(ZOE), former.uuid in story.simulator.world.users) == (1, False)
    assert (story.row(user_id)["stack_user_uuid"], story.row(user_id)["site_id"]) == (there.uuid, elsewhere)
    check_rebuilt()


@pytest.mark.parametrize("refused", ["POST", "PUT"])
def test_a_refused_move_leaves_the_user_where_it_was(story: Story, elsewhere: UUID, refused: str) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    former = story.there(ZOE)
    story.simulator.change_user(former.uuid, voicemail="101")
    story.simulator.faults.append(Fault(path="/users", method=refused, status=400, body=b"[]", times=1))
    story.change(user_id, site_id=elsewhere, type_code="uc")
    story.make_all_calls()
    assert ("create", "failed", "invalid") in story.calls()
    user = story.row(user_id)
    assert (user["site_id"], user["type_code"], user["stack_user_uuid"]) == (story.site, "voice", former.uuid)
    assert (former.uuid in story.simulator.world.users, former.email, former.voicemail) == (True, ZOE, "101")
    assert story.used() == {"voice": 1}
    check_rebuilt()


def test_who_moves_before_any_stack_has_it_is_refused_by_the_new_one(story: Story, elsewhere: UUID) -> None:
    user_id = story.add_here(ZOE)
    story.fail("POST", status=503, body=b"")
    story.make_calls()
    story.change(user_id, site_id=elsewhere)
    story.simulator.faults.append(Fault(path="/users", method="POST", status=400, body=b"[]"))
    story.make_all_calls()
    assert (story.user(user_id)["state"], story.used(), story.on_stack(ZOE)) == ("refused", {}, 0)
    assert {state for _, state, _ in story.calls()} == {"done", "failed"}
    check_rebuilt()


def test_who_was_typed_in_before_and_is_refused_by_two_tenants_keeps_the_seat(story: Story) -> None:
    user_id, _ = story.typed_in_before(ZOE)
    elsewhere = story.add_site("Rives")
    story.attach(elsewhere, "Rives")
    story.simulator.faults.append(Fault(path="/users", method="POST", status=400, body=b"[]"))
    story.create_there(user_id)
    story.make_all_calls()
    story.change(user_id, site_id=elsewhere)
    story.make_all_calls()
    assert (story.user(user_id)["state"], story.row(user_id)["site_id"], story.used()) == (
        "active",
        elsewhere,
        {"cr": 1},
    )
    check_rebuilt()


@pytest.mark.parametrize("attempts", [1, 2, 3, 4])
def test_a_move_that_is_interrupted_anywhere_goes_on(story: Story, elsewhere: UUID, attempts: int) -> None:
    """As after kill -9: each answer in turn never comes, though the stack has done what was asked."""
    user_id = story.add_here(ZOE)
    story.make_calls()
    former = story.there(ZOE)
    story.change(user_id, site_id=elsewhere)
    for method in ("PUT", "POST", "DELETE")[:attempts]:
        story.fail(method, hang_up=True)
    story.make_all_calls()
    assert (story.on_stack(ZOE), former.uuid in story.simulator.world.users) == (1, False)
    assert story.row(user_id)["stack_user_uuid"] == story.there(ZOE).uuid
    assert {state for _, state, _ in story.calls()} == {"done"}


@pytest.mark.parametrize("killed_at", ["_make", "_note_done", "_note_failure", "_take_back"])
@pytest.mark.parametrize("refused", [False, True])
def test_a_worker_that_is_killed_loses_no_seat_and_creates_nobody_twice(
    story: Story, elsewhere: UUID, killed_at: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed each time as a call begins, or when the stack has answered and nothing is noted yet."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    user_id = story.add_here(ZOE)
    story.make_calls()
    story.change(user_id, last_name="Grand")
    story.change(user_id, site_id=elsewhere)
    if refused:
        story.simulator.faults.append(Fault(path="/users", method="POST", status=400, body=b"[]"))
    with monkeypatch.context() as patched:
        patched.setattr(provisioner, killed_at, die)
        for _ in range(4):
            with contextlib.suppress(Killed):
                story.make_calls()
            story.now += timedelta(hours=1)
    story.make_all_calls()
    user = story.row(user_id)
    assert (user["state"], user["site_id"], user["last_name"]) == (
        "active",
        story.site if refused else elsewhere,
        "Grand",
    )
    assert (story.on_stack(ZOE), user["stack_user_uuid"]) == (1, story.there(ZOE).uuid)
    assert story.used() == {"voice": 1}
    check_rebuilt()


def test_who_is_removed_while_moving_is_on_no_stack(story: Story, elsewhere: UUID) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    former = story.there(ZOE)
    story.change(user_id, site_id=elsewhere)
    story.remove(user_id)
    story.make_all_calls()
    assert (story.on_stack(ZOE), former.uuid in story.simulator.world.users, story.used()) == (0, False, {})


def test_a_change_that_the_stack_refuses_is_taken_back(story: Story) -> None:
    elsewhere = story.simulator.add_tenant("Ailleurs").uuid
    story.simulator.add_user(elsewhere, "Same", "Address", ZOE_NOW, 0)
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.change(user_id, email=ZOE_NOW, extension="101")
    story.make_all_calls()
    assert story.calls()[1:] == [("update", "failed", "conflict")]
    user = story.row(user_id)
    assert (user["email"], user["extension"], user["state"]) == (ZOE, "101", "active")
    assert story.read("SELECT DISTINCT former FROM stack_call") == [{"former": "{}"}], "personal data stays no longer"


def test_a_type_that_the_stack_refuses_is_taken_back_with_its_seat(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.simulator.faults.append(Fault(path="/users", method="PUT", status=400, body=b"[]", times=1))
    story.change(user_id, type_code="uc")
    assert story.used() == {"uc": 1}
    story.add_here("1@client.example")
    story.add_here("2@client.example")
    story.add_here("3@client.example")
    story.make_all_calls()
    assert story.used() == {"voice": 4}, "even above the allocation: the stack has the user"
    assert story.row(user_id)["type_code"] == "voice"
    check_rebuilt()


def test_a_refused_change_leaves_a_later_one_alone(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.simulator.faults.append(Fault(path="/users", method="PUT", status=400, body=b"[]", times=1))
    story.change(user_id, last_name="Un", first_name="Zo")
    story.change(user_id, last_name="Deux")
    story.make_all_calls()
    assert (story.row(user_id)["first_name"], story.row(user_id)["last_name"]) == ("Zoé", "Deux")
    assert (story.there(ZOE).firstname, story.there(ZOE).lastname) == ("Zoé", "Deux")


def test_two_changes_that_are_both_refused_leave_the_first_value(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.simulator.faults.append(Fault(path="/users", method="PUT", status=400, body=b"[]", times=2))
    story.change(user_id, last_name="Un")
    story.change(user_id, last_name="Deux")
    story.make_all_calls()
    assert story.row(user_id)["last_name"] == story.there(ZOE).lastname == "Nouvelle"


def test_a_removal_takes_line_login_and_voicemail_along(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    story.simulator.change_user(story.there(ZOE).uuid, voicemail="101", login="zoe")
    story.remove(user_id)
    story.make_all_calls()
    assert story.on_stack(ZOE) == 0
    assert story.simulator.world.leftovers == Leftovers()


def test_a_removal_that_the_stack_refuses_leaves_the_user_on_its_seat(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    body = b"[\"Resource Error - User is associated with a Call filter ('id': 1)\"]"
    story.simulator.faults.append(Fault(path="/users", method="DELETE", status=400, body=body, times=1))
    story.remove(user_id)
    assert story.used() == {}
    # Somebody else gets the e-mail meanwhile. The stack has it, so the user keeps it.
    second = story.add_here(ZOE)
    story.make_calls()
    assert story.calls()[1:] == [("delete", "failed", "associated"), ("create", "failed", "conflict")]
    assert (story.row(user_id)["state"], story.row(second)["state"]) == ("active", "refused")
    assert story.used() == {"voice": 1}
    check_rebuilt()
    story.remove(user_id)
    story.make_all_calls()
    assert (story.on_stack(ZOE), story.used()) == (0, {})
