"""A customer whose site lives on a simulated stack, for the tests of what passes between the two (SPEC 5, 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.demo.furnishing import Furnisher
from strapontin.organisation.settings import Settings, load
from strapontin.seats import queries as users_of
from strapontin.seats.absent import create_on_stack
from strapontin.seats.operations import change_user, remove_user
from strapontin.stacks.base import Connector, StackUser, UsersAnswer
from strapontin.stacks.provisioner import make_calls
from strapontin.stacks.queries import Progress, Reading, synchronization
from strapontin.stacks.sync import execute_synchronization, request_synchronization
from strapontin.stacks.vault import open_stack
from strapontin.stacks.wazo.simulator import Fault, StackSimulator
from strapontin.stacks.wazo.simulator import User as SimulatedUser
from tests.answers import rows

DAY = datetime(2023, 1, 1, 10, tzinfo=UTC)
FURNISHER = Furnisher(at=DAY)


@dataclass
class Story:
    """One customer with one site on a simulated stack, and a clock that moves a second at each look."""

    simulator: StackSimulator
    customer: UUID
    site: UUID
    tenant: UUID
    settings: Settings
    stack: UUID
    partner: UUID
    now: datetime = field(default=DAY + timedelta(days=1))

    def clock(self) -> tuple[Settings, datetime]:
        self.now += timedelta(seconds=1)
        return self.settings, self.now

    def request(self, site_id: UUID | None = None) -> tuple[UUID, bool]:
        with acting(system()):
            seen = grants.customer(system(), self.customer)
            return request_synchronization(seen, at=self.clock()[1], site_id=site_id)

    def synchronize(self, connect: Callable[[UUID], Connector] = open_stack) -> Progress:
        sync_id, _ = self.request()
        self.execute(sync_id, connect)
        return self.progress(sync_id)

    def synchronize_while(self, happens: Callable[[], object]) -> Progress:
        """Synchronises; the stack has answered about its users when something happens here."""
        sync_id, _ = self.request()
        self.execute_while(sync_id, happens)
        return self.progress(sync_id)

    def execute_while(self, sync_id: UUID, happens: Callable[[], object]) -> None:
        self.execute(sync_id, lambda stack_id: cast(Connector, _Meanwhile(open_stack(stack_id), happens)))

    def progress_of(self, site_id: UUID) -> list[Reading]:
        """Synchronises a site; answers what its tenants said, in the order of their attachment."""
        sync_id, _ = self.request(site_id)
        self.execute(sync_id)
        return self.progress(sync_id).readings

    def execute(self, sync_id: UUID, connect: Callable[[UUID], Connector] = open_stack) -> None:
        execute_synchronization(
            customer_id=self.customer, synchronization_id=sync_id, clock=self.clock, connect=connect
        )

    def progress(self, sync_id: UUID) -> Progress:
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

    def add_here(self, email: str, type_code: str = "voice", site_id: UUID | None = None, **more: Any) -> UUID:
        facts: dict[str, Any] = {"first_name": "Zoé", "last_name": "Nouvelle", "email": email} | more
        furnisher = Furnisher(at=self.clock()[1], settings=self.settings)
        return furnisher.add_user(self.customer, site_id or self.site, type_code, **facts)

    def add_site(self, name: str) -> UUID:
        """Another site of the customer, without a tenant."""
        return FURNISHER.make_site(self.customer, name)

    def attach(self, site_id: UUID, name: str) -> UUID:
        """Attaches a new, empty tenant of the stack to a site; answers the stack's uuid of it."""
        tenant = self.simulator.add_tenant(name).uuid
        FURNISHER.attach_tenant(self.customer, site_id, stack_id=self.stack, tenant_uuid=tenant)
        return tenant

    def typed_in_before(self, email: str) -> tuple[UUID, UUID]:
        """A user typed in on a new site, to which a tenant is attached afterwards; answers both ids."""
        site_id = self.add_site("Moirans")
        user_id = self.add_here(email, "cr", site_id, allocate_missing=True)
        self.attach(site_id, "Moirans")
        return user_id, site_id

    def tenant_of(self, site_id: UUID) -> UUID:
        """The stack's uuid of the tenant of a site."""
        (tenant,) = self.read(f"SELECT tenant_uuid FROM site_tenant WHERE site_id = '{site_id}'")
        return cast(UUID, tenant["tenant_uuid"])

    def create_there(self, user_id: UUID) -> None:
        """Has a user created on the stack who is not there yet."""
        with acting(system()):
            create_on_stack(grants.user_manager(system(), self.customer), user_id=user_id, at=self.clock()[1])

    def stack_state(self, user_id: UUID) -> str | None:
        """How a user stands with the stack, as lists and answers show it."""
        with acting(system()):
            return users_of.user(grants.user_manager(system(), self.customer), user_id=user_id).stack_state

    def change(self, user_id: UUID, **changes: Any) -> None:
        with acting(system()):
            grant = grants.user_manager(system(), self.customer)
            change_user(
                grant,
                user_id=user_id,
                changes=changes,
                settings=self.settings,
                at=self.clock()[1],
                allocate_missing=True,
            )

    def remove(self, user_id: UUID) -> None:
        with acting(system()):
            grant = grants.user_manager(system(), self.customer)
            remove_user(grant, user_id=user_id, settings=self.settings, at=self.clock()[1])

    def make_calls(self) -> int:
        return make_calls(customer_id=self.customer, clock=self.clock)

    def make_all_calls(self) -> None:
        """Makes the calls again and again, as the worker does every minute."""
        for _ in range(25):
            self.make_calls()
            self.now += timedelta(hours=1)

    def calls(self) -> list[tuple[str, str, str]]:
        calls = self.read("SELECT kind, state, error_code FROM stack_call ORDER BY id")
        return [(call["kind"], call["state"], call["error_code"]) for call in calls]

    def user(self, user_id: UUID) -> dict[str, Any]:
        (user,) = self.read(f"SELECT state, type_code, stack_user_uuid FROM seat_user WHERE id = '{user_id}'")
        return user

    def row(self, user_id: UUID) -> dict[str, Any]:
        """A user with every column."""
        (user,) = self.read(f"SELECT * FROM seat_user WHERE id = '{user_id}'")
        return user

    def there(self, email: str) -> SimulatedUser:
        """The user of the stack with this e-mail."""
        user = self.simulator.world.with_email(email)
        assert user is not None
        return user

    def facts_of(self, email: str) -> dict[str, Any]:
        """The active user with this e-mail."""
        (facts,) = self.read(
            "SELECT id, first_name, last_name, enabled, type_code FROM seat_user"
            f" WHERE state = 'active' AND email = '{email}'"
        )
        return facts

    def uuid_on_stack(self, email: str) -> UUID:
        """The stack's uuid of the user with this e-mail."""
        return next(user.uuid for user in self.simulator.world.users.values() if user.email == email)

    def on_stack(self, email: str) -> int:
        """How many users of the stack have this e-mail."""
        return [user.email for user in self.simulator.world.users.values()].count(email)

    def fail(self, method: str, **how: Any) -> None:
        """Has the stack spoil its next answer to a request of this method about users."""
        self.simulator.faults.append(Fault(path="/users", method=method, times=1, **how))


class _Meanwhile:
    """A connector, and something that happens between the stack's answer about its users and our decoding it."""

    def __init__(self, connector: Connector, happens: Callable[[], object]) -> None:
        self._connector, self._happens = connector, happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def fetch_users(self, *, tenant_uuid: UUID, expected: int) -> _MeanwhileAnswer:
        return _MeanwhileAnswer(self._connector.fetch_users(tenant_uuid=tenant_uuid, expected=expected), self._happens)


class _MeanwhileAnswer:
    def __init__(self, answer: UsersAnswer, happens: Callable[[], object]) -> None:
        self._answer, self._happens = answer, happens
        self.digest = answer.digest

    def users(self) -> Sequence[StackUser]:
        self._happens()
        return self._answer.users()


@contextmanager
def beginning() -> Iterator[Story]:
    """Three Voice seats allocated; five Voice users, one Unified Communication and one unmapped on the stack."""
    with StackSimulator(name="Isère-2") as simulator:
        simulator.add_account("portal", "secret")
        stack_id = FURNISHER.make_stack("Isère-2", url=simulator.url, username="portal", password="secret")
        story = customer_on(simulator, stack_id, FURNISHER.make_partner("Opaline"), "Clinique")
        for n in range(5):
            simulator.add_user(story.tenant, f"Prénom{n}", "Voix", f"v{n}@client.example", 0)
        simulator.add_user(story.tenant, "Ana", "Unifiée", "ana@client.example", 1)
        simulator.add_user(story.tenant, "Odd", "Autre", "odd@client.example", 7)
        yield story


def customer_on(simulator: StackSimulator, stack_id: UUID, partner_id: UUID, name: str) -> Story:
    """A customer with three Voice seats on its one site, which has an empty tenant of the stack."""
    customer_id = FURNISHER.make_customer(name, partner_id=partner_id)
    site_id, tenant = FURNISHER.make_site(customer_id, "Voiron"), simulator.add_tenant(name).uuid
    FURNISHER.attach_tenant(customer_id, site_id, stack_id=stack_id, tenant_uuid=tenant)
    FURNISHER.allocate(customer_id, {(site_id, "voice"): 3})
    with acting(system()):
        settings = load()
    return Story(simulator, customer_id, site_id, tenant, settings, stack_id, partner_id)


def reading(progress: Progress) -> Reading:
    (only,) = progress.readings
    return only


def differences(progress: Progress) -> dict[str, int]:
    return differences_of(reading(progress))


def differences_of(reading: Reading) -> dict[str, int]:
    """How many users differ, by kind of difference; kinds without any are left out."""
    return {kind: users for kind, users in reading.differences.counts().items() if users}
