"""Automatic allocation: chosen for oneself and one customer, within a ceiling, as long as the role is held (SPEC 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.administrators import change_administrator
from strapontin.access.automatic import automatic_customers, choose_automatic_allocation, end_automatic_allocation
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.allocations.automatic import automatic_allocations_of
from strapontin.demo.furnishing import Furnisher
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal
from strapontin.seats.claims import NewUser
from strapontin.seats.operations import add_user, create_user
from tests.api.client import Answer, ApiClient
from tests.cast import Cast, Site
from tests.comparison import check_rebuilt
from tests.concurrently import together


@pytest.fixture
def full(cast: Cast) -> Site:
    """A site whose one seat is taken, on a day on which seats are enforced; its own administrator acts."""
    cast.clock("2022-09-15")
    site = cast.brumes.site()
    assert site.allocate(voice=1).status == 201
    assert site.add_user("Ana").status == 201
    cast.brumes.by = cast.brumes.administrator
    return site


def choose(site: Site, *, who: ApiClient | None = None, **choice: Any) -> Answer:
    """Chooses automatic allocation, for the customer's own administrator or for ``who``."""
    key = who or site.customer.administrator
    return key.send("PUT", f"{site.customer.path}/automatic-allocation", {"enabled": True, **choice})


def chosen(site: Site) -> Answer:
    """The choice of the customer's own administrator."""
    return site.customer.administrator.get(f"{site.customer.path}/automatic-allocation")


def reasons(site: Site) -> list[str]:
    """The reasons in the ledger, the newest first."""
    return [row["reason"] for row in site.customer.administrator.everything(f"{site.customer.path}/ledger")]


def test_without_a_choice_one_is_asked(full: Site) -> None:
    assert chosen(full).body == {
        "id": full.customer.id,
        "enabled": False,
        "seats_per_month": None,
        "allocated_this_month": 0,
    }
    assert full.add_user("Bea").code == "no_free_seat"


def test_what_is_missing_is_allocated_up_to_the_ceiling(full: Site) -> None:
    assert choose(full, seats_per_month=2).status == 200
    assert full.add_user("Bea").status == 201
    assert full.add_user("Cléo").status == 201
    refused = full.add_user("Dora")
    assert (refused.code, refused["missing"], refused["may_allocate"]) == ("no_free_seat", 1, True)
    assert (full.figures()["allocated"], full.figures()["used"]) == (3, 3)
    assert chosen(full)["allocated_this_month"] == 2
    assert reasons(full) == ["Automatic allocation", "Automatic allocation", ""]
    # Asked for, the seat is none of the automatic ones.
    assert full.add_user("Dora", allocate_missing=True).status == 201
    assert chosen(full)["allocated_this_month"] == 2
    check_rebuilt()


def test_a_free_seat_is_taken_before_any_is_allocated(full: Site) -> None:
    choose(full, seats_per_month=1)
    assert full.allocate(voice=2).status == 201
    assert full.add_user("Bea").status == 201
    assert (full.figures()["allocated"], chosen(full)["allocated_this_month"]) == (2, 0)


def test_the_ledger_and_the_journal_tell_of_it(full: Site) -> None:
    choose(full, seats_per_month=2)
    full.add_user("Bea")
    newest, *_ = full.customer.administrator.get(f"{full.customer.path}/ledger").items
    assert (newest["reason"], newest["door"], newest["actor"]["kind"]) == ("Automatic allocation", "api", "api_key")
    actions = [row["action"] for row in full.customer.administrator.everything("/journal")]
    assert {"automatic_allocation.change", "allocations.change"} <= set(actions)


def test_the_ceiling_is_that_of_a_local_calendar_month(full: Site) -> None:
    cast = full.customer.stage
    choose(full, seats_per_month=1)
    # In Paris, October begins at 22:00 UTC.
    cast.clock("2022-09-30T21:59:00Z")
    assert full.add_user("Bea").status == 201
    assert full.add_user("Cléo").code == "no_free_seat"
    cast.clock("2022-09-30T22:01:00Z")
    assert chosen(full)["allocated_this_month"] == 0
    assert full.add_user("Cléo").status == 201


def test_seats_that_were_handed_back_are_none_of_the_ceiling(full: Site) -> None:
    choose(full, seats_per_month=1)
    added = full.add_user("Bea")
    key = full.customer.administrator
    assert key.delete(f"{full.customer.path}/users/{added.id}").status == 204
    assert full.allocate(voice=1).status == 201
    assert chosen(full)["allocated_this_month"] == 0
    assert full.add_user("Bea").status == 201


def test_a_planned_decrease_shrinks_and_counts(full: Site) -> None:
    """Seats that would have gone with the next cycle stay: they are seats that one would have been asked for."""
    assert full.allocate(voice=3).status == 201
    full.customer.stage.clock("2022-09-27")
    assert full.allocate(voice=1).status == 201
    choose(full, seats_per_month=1)
    assert full.add_user("Bea").status == 201
    assert (full.figures()["allocated"], full.figures()["next_cycle"]) == (3, 2)
    assert chosen(full)["allocated_this_month"] == 1
    assert full.add_user("Cléo").code == "no_free_seat"


def test_above_the_allocation_all_that_is_missing_counts(full: Site) -> None:
    full.customer.stage.arrive_on_stack(full, 3)
    choose(full, seats_per_month=2)
    refused = full.add_user("Bea", email="bea@example.org")
    assert (refused.code, refused["missing"] > 2) == ("no_free_seat", True)
    choose(full, seats_per_month=10)
    assert full.add_user("Bea", email="bea@example.org").status == 201
    assert chosen(full)["allocated_this_month"] == refused["missing"]


def test_it_is_ones_own_choice(full: Site) -> None:
    cast = full.customer.stage
    choose(full)
    colleague = cast.key("A colleague", customer=full.customer.id)
    body = {"first_name": "Bea", "site": full.id, "type": "voice"}
    assert colleague.post(f"{full.customer.path}/users", body).code == "no_free_seat"
    assert colleague.get(f"{full.customer.path}/automatic-allocation")["enabled"] is False


def test_without_the_role_it_can_be_neither_chosen_nor_read(full: Site) -> None:
    key = full.customer.stage.key("Users alone", customer=full.customer.id, roles=["users"])
    assert choose(full, who=key).code == "role_missing"
    assert key.get(f"{full.customer.path}/automatic-allocation").code == "role_missing"


def test_it_is_changed_with_its_version_and_ended(full: Site) -> None:
    first = choose(full, seats_per_month=5)
    path = f"{full.customer.path}/automatic-allocation"
    key = full.customer.administrator
    changed = key.send("PUT", path, {"enabled": True, "seats_per_month": 6}, headers={"If-Match": first.etag})
    assert (changed.status, changed["seats_per_month"]) == (200, 6)
    outdated = key.send("PUT", path, {"enabled": False}, headers={"If-Match": first.etag})
    assert (outdated.status, outdated.code) == (412, "changed_meanwhile")
    assert key.send("PUT", path, {"enabled": False}).status == 200
    assert full.add_user("Bea").code == "no_free_seat"


@pytest.mark.parametrize("wrong", [0, -1, 1_000_001, "5", 1.5, True])
def test_a_ceiling_is_a_whole_number_of_seats(full: Site, wrong: object) -> None:
    assert (choose(full, seats_per_month=wrong).status, chosen(full)["enabled"]) == (422, False)


def administrator(full: Site, *roles: str) -> Actor:
    """An administrator of the customer who chose automatic allocation, at a screen."""
    scope = ScopeGiven(customer_id=UUID(full.customer.id))
    actor = Furnisher().make_administrator("Solène", f"{uuid4()}@example.org", scope, roles=roles)
    with acting(actor):
        grant = grants.allocation_manager(actor, UUID(full.customer.id))
        choose_automatic_allocation(grant, enabled=True, seats_per_month=3, at=load().now())
    return actor


def add(full: Site, actor: Actor, name: str = "Bea") -> UUID:
    """Adds a user for an administrator."""
    with acting(actor):
        settings = load()
        new = NewUser(UUID(full.id), "voice", name)
        return create_user(
            grants.user_manager(actor, UUID(full.customer.id)), new=new, settings=settings, at=settings.now()
        )


BOTH = ("users", "subscriptions", "administrators")


def test_it_acts_for_an_administrator_and_tells_what_it_did(full: Site) -> None:
    actor = administrator(full, *BOTH)
    add(full, actor)
    add(full, actor, "Cléo")
    with acting(actor):
        settings = load()
        now = settings.now()
        (told,) = automatic_allocations_of(
            actor, since=now - timedelta(days=1), until=now + timedelta(1), settings=settings
        )
        assert (told.customer_name, told.site_name, told.type_code, told.seats) == ("Les Brumes", "Lyon", "voice", 2)
        assert told.until == settings.day(now) + timedelta(days=settings.hand_back_days)
        with override("fr"):
            facts = {"today": settings.day(now), "address": "https://portal.example"}
            letter = render_to_string("letters/_automatic.txt", {"part": {"rows": [(told, 1)]}, "letter": facts})
        assert "Les Brumes, Lyon\u00a0: 2 sièges Voix." in letter
        assert f"https://portal.example/customers/{full.customer.id}/sites/{full.id}/voice/hand-back/?seats=2" in letter
        assert "21 sept. 2022 inclus" in letter
        before, until = now - timedelta(days=9), now - timedelta(days=1)
        assert automatic_allocations_of(actor, since=before, until=until, settings=settings) == []


def test_a_role_that_is_taken_while_a_page_is_open(full: Site) -> None:
    """The actor of the open request still has the role; what counts is who holds it now."""
    actor = administrator(full, *BOTH)
    provider = Furnisher().actor
    with acting(provider):
        manager = grants.administrator_manager(provider)
        assert actor.id
        change_administrator(manager, administrator_id=actor.id, changes={"roles": ["users"]}, at=datetime.now(UTC))
    with pytest.raises(Refusal, match="no_free_seat"):
        add(full, actor)
    with pytest.raises(Refusal, match="no_free_seat"):
        add(full, replace(actor, roles=frozenset({"users"})))
    assert full.figures()["allocated"] == 1
    # Ending it needs no role.
    without = replace(actor, roles=frozenset({"users"}))
    with acting(without):
        assert [c.enabled for c in automatic_customers(without)] == [True]
        end_automatic_allocation(grants.customer(without, UUID(full.customer.id)), at=datetime.now(UTC))
        assert automatic_customers(without) == []


def test_an_owner_who_was_suspended(full: Site) -> None:
    actor = administrator(full, *BOTH)
    provider = Furnisher().actor
    with acting(provider):
        manager = grants.administrator_manager(provider)
        assert actor.id
        change_administrator(manager, administrator_id=actor.id, changes={"is_active": False}, at=datetime.now(UTC))
    with pytest.raises(Refusal, match="no_free_seat"):
        add(full, actor)
    assert full.figures()["allocated"] == 1


def test_many_at_once_do_not_pass_the_ceiling(full: Site) -> None:
    actor = administrator(full, *BOTH)
    ended: list[str] = []

    def add_one(number: int) -> None:
        try:
            add(full, actor, f"User {number}")
            ended.append("added")
        except Refusal as refusal:
            ended.append(refusal.code)

    together(*(partial(add_one, number) for number in range(8)))
    assert sorted(ended) == ["added"] * 3 + ["no_free_seat"] * 5
    assert (full.figures()["allocated"], full.figures()["used"]) == (4, 4)
    check_rebuilt()


def test_those_who_are_asked_and_those_who_are_not_at_once(full: Site) -> None:
    """Some claim, some allocate because they asked, some without asking: no deadlock, nothing oversold."""
    actor = administrator(full, *BOTH)
    full.allocate(voice=3)
    added: list[UUID] = []

    def add_some(number: int) -> None:
        with acting(actor):
            settings = load()
            grant = grants.user_manager(actor, UUID(full.customer.id))
            grant = replace(grant, automatic=grant.automatic and number % 3 != 0)
            new = NewUser(UUID(full.id), "voice", f"User {number}")
            try:
                missing = number % 3 == 1
                added.append(
                    add_user(grant, new=new, settings=settings, at=settings.now(), allocate_missing=missing).id
                )
            except Refusal as refusal:
                assert refusal.code == "no_free_seat"

    together(*(partial(add_some, number) for number in range(12)))
    figures = full.figures()
    assert figures["used"] == 1 + len(added) <= figures["allocated"]
    check_rebuilt()
