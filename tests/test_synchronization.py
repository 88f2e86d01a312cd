"""Synchronising used seats with a stack that answers like a genuine one (SPEC 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.allocations.operations import apply_changes
from strapontin.allocations.rules import Change
from strapontin.cycles.customers import NewCustomer, create_customer
from strapontin.kit.database import rows
from strapontin.kit.ids import new_id
from strapontin.organisation.models import Partner, Site
from strapontin.organisation.settings import Settings, load
from strapontin.refusals import Refusal
from strapontin.seats.operations import NewUser, create_user, remove_user
from strapontin.stacks.operations import NewStack, attach_tenant, create_stack
from strapontin.stacks.provisioner import make_calls
from strapontin.stacks.queries import Progress, synchronization
from strapontin.stacks.sync import execute_synchronization, request_synchronization
from strapontin.stacks.wazo.simulator import Fault, StackSimulator

pytestmark = pytest.mark.usefixtures("db")
DAY = datetime(2023, 1, 1, 10, tzinfo=UTC)


@dataclass
class Story:
    """One customer with one site on a simulated stack, and a clock that moves a second at each look."""

    simulator: StackSimulator
    customer: UUID
    site: UUID
    tenant: UUID
    settings: Settings
    now: datetime = field(default=DAY + timedelta(days=1))

    def clock(self) -> tuple[Settings, datetime]:
        self.now += timedelta(seconds=1)
        return self.settings, self.now

    def request(self) -> tuple[UUID, bool]:
        with acting(system()):
            return request_synchronization(grants.customer(system(), self.customer), at=self.clock()[1])

    def synchronize(self) -> Progress:
        sync_id, _ = self.request()
        execute_synchronization(customer_id=self.customer, synchronization_id=sync_id, clock=self.clock)
        with acting(system()):
            return synchronization(grants.customer(system(), self.customer), synchronization_id=sync_id)

    def used(self) -> dict[str, int]:
        with acting(system()):
            grants.customer(system(), self.customer)
            return {b["type_code"]: b["used"] for b in rows("SELECT type_code, used FROM balance WHERE used > 0")}

    def read(self, sql: str) -> list[dict[str, Any]]:
        with acting(system()):
            grants.customer(system(), self.customer)
            return rows(sql)

    def add_here(self, email: str, type_code: str = "voice", **more: Any) -> UUID:
        with acting(system()):
            grant = grants.user_manager(system(), self.customer)
            new = NewUser(self.site, type_code, "Zoé", "Nouvelle", email)
            return create_user(grant, new=new, settings=self.settings, at=self.clock()[1], **more)

    def make_calls(self) -> int:
        return make_calls(customer_id=self.customer, clock=self.clock)


@pytest.fixture
def story() -> Iterator[Story]:
    """Three Voice seats allocated; five Voice users, one Unified Communication and one unmapped on the stack."""
    with StackSimulator(name="Isère-2") as simulator:
        simulator.add_account("portal", "secret")
        tenant = simulator.add_tenant("Voiron").uuid
        for n in range(5):
            simulator.add_user(tenant, f"Prénom{n}", "Voix", f"v{n}@client.example", 0)
        simulator.add_user(tenant, "Ana", "Unifiée", "ana@client.example", 1)
        simulator.add_user(tenant, "Odd", "Autre", "odd@client.example", 7)
        owner = system()
        with acting(owner):
            partner_id, site_id = new_id(), new_id()
            Partner.objects.create(id=partner_id, name="Opaline", path=[partner_id], country="FR", created_at=DAY)
            settings = load()
            creator = grants.customer_creator(owner, partner_id)
            new = NewCustomer(name="Clinique", term_months=1)
            customer_id = create_customer(creator, new=new, settings=settings, at=DAY)
            Site.objects.create(customer_id=customer_id, id=site_id, name="Voiron", created_at=DAY)
            stack = NewStack("Isère-2", "wazo", simulator.url, "portal", "secret")
            stack_id = create_stack(grants.stack_manager(owner), new=stack, at=DAY)
            attacher = grants.stack_attacher(owner, customer_id)
            attach_tenant(attacher, site_id=site_id, stack_id=stack_id, tenant_uuid=tenant, at=DAY)
            manager = grants.allocation_manager(owner, customer_id)
            apply_changes(manager, changes=[Change(site_id, "voice", 3)], settings=settings, at=DAY)
        yield Story(simulator, customer_id, site_id, tenant, settings)


def reading(progress: Progress) -> dict[str, Any]:
    (only,) = progress.readings
    return only


def differences(progress: Progress) -> dict[str, int]:
    return {name: len(found) for name, found in reading(progress)["differences"].items() if found}


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
    with acting(system()):
        grant = grants.user_manager(system(), story.customer)
        remove_user(grant, user_id=user_id, settings=story.settings, at=story.clock()[1])
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
