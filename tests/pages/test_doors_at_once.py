"""Every door to the same customer at once: nobody waits in a circle (ARCHITECTURE.md, Rules of the house)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.allocations.openings import bring_to
from strapontin.allocations.operations import apply_changes
from strapontin.allocations.rules import Change
from strapontin.demo.furnishing import Furnisher
from strapontin.kit.database import run
from strapontin.seats.observed import apply_users
from strapontin.stacks.base import StackUser
from strapontin.stacks.sync import request_synchronization
from tests.comparison import check_rebuilt
from tests.concurrently import together
from tests.pages.scene import NOW, Scene
from tests.servers import Database

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn

TYPES = ("voice", "uc", "cr")
SITES = ("grenoble", "echirolles", "meylan")
STACK_TYPES = {0: "voice", 1: "uc", 3: "cr"}
TIMES = 40
_LOCK_TENANT = "SELECT 1 FROM site_tenant WHERE customer_id = %s AND id = %s FOR NO KEY UPDATE"
# What the trade refuses: full sites, figures that changed, users who are gone, tenants in use.
ANSWERS = {200, 201, 202, 204, 302, 404, 409, 412, 422}


class Somebody:
    """One of those who work at the clinic at the same time, by a browser and by REST; draws what to do next."""

    def __init__(self, scene: Scene, browser: Client, key: str, number: int, tenants: dict[str, UUID]) -> None:
        self.scene, self.browser, self.key, self.tenants = scene, browser, key, tenants
        self.random = Random(number)  # noqa: S311  drawn again alike
        self.rest = Client(SERVER_NAME="localhost", raise_request_exception=False)
        self.customer, self.settings = scene.customers["clinic"], scene.settings()
        self.users = [user for name, user in scene.users.items() if name.split()[0] in SITES][::3]
        self.did: Counter[str] = Counter()
        self.full: tuple[str, str] | None = None

    def work(self) -> None:
        """Does one thing after another; only answers that belong to the trade may come."""
        acts: list[Callable[[], int]] = [
            self.edit_by_page,
            self.edit_by_rest,
            self.add_by_page,
            self.add_by_rest,
            self.remove_by_rest,
            self.allocate_by_rest,
            self.rename_customer,
            self.synchronize,
            self.bring,
            self.detach,
        ]
        for _ in range(TIMES):
            act = self.random.choice(acts)
            status = act()
            assert status in ANSWERS, (act.__name__, status)
            self.did[f"{act.__name__} {status}"] += 1

    def stay_at(self, site: str) -> None:
        """From now on, works with the users of one site alone, and moves them to a full place."""
        self.users = [user for name, user in self.scene.users.items() if name.startswith(f"{site} uc")]
        self.full = (str(self.scene.sites[site]), "cr")

    def place(self) -> tuple[str, str]:
        """Any site's id and any type."""
        return self.full or (str(self.scene.sites[self.random.choice(SITES)]), self.random.choice(TYPES))

    def send(self, method: str, path: str, body: Any = None) -> int:
        """The status that REST answers."""
        data = b"" if body is None else json.dumps(body).encode()
        path = f"/api/v1/customers/{self.customer}{path}"
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.rest.generic(method, path, data, "application/json", headers=headers).status_code

    def post_and_confirm(self, path: str, form: dict[str, str]) -> int:
        """Posts a form; if no seat is free, confirms the effect that the page shows."""
        path = f"/customers/{self.customer}/users/{path}"
        answer = self.browser.post(path, form)
        digest = re.search(r'name="digest" value="([^"]+)"', answer.content.decode())
        if answer.status_code == 409 and digest:
            answer = self.browser.post(path, form | {"action": "allocate", "digest": digest[1]})
        return answer.status_code

    def form(self) -> dict[str, str]:
        """A user's form as it was typed."""
        site, type_code = self.place()
        email = f"{uuid4().hex}@example.org"
        return {"first_name": "Ada", "last_name": "Ober", "email": email, "site": site, "type": type_code}

    def edit_by_page(self) -> int:
        """Another place for a user, on the user's page."""
        form = self.form() | {"enabled": "on"}
        if self.full:
            form |= {"action": "allocate", "digest": "0" * 32}
        return self.post_and_confirm(f"{self.random.choice(self.users)}/", form)

    def edit_by_rest(self) -> int:
        """The same by REST, with what is missing; sometimes with a digest that cannot be right."""
        site, type_code = self.place()
        change: dict[str, Any] = {"site": site, "type": type_code, "allocate_missing": self.random.random() < 0.7}
        if self.random.random() < 0.3:
            change["digest"] = "0" * 32
        return self.send("PATCH", f"/users/{self.random.choice(self.users)}", change)

    def add_by_page(self) -> int:
        """A user more, by the form."""
        return self.post_and_confirm("new/", self.form())

    def add_by_rest(self) -> int:
        """A user more, sometimes with its seat."""
        return self.send("POST", "/users", {**self.form(), "allocate_missing": self.random.random() < 0.5})

    def remove_by_rest(self) -> int:
        """A user less, sometimes."""
        if self.random.random() < 0.7:
            return self.send("PATCH", f"/users/{self.random.choice(self.users)}", {"last_name": uuid4().hex})
        return self.send("DELETE", f"/users/{self.random.choice(self.users)}")

    def allocate_by_rest(self) -> int:
        """Other quantities: raises, moves, and lowerings that wait for the next cycle."""
        changes = [
            {"site": site, "type": type_code, "quantity": self.random.randint(8, 24)}
            for site, type_code in {self.place() for _ in range(3)}
        ]
        preview = "/preview" if self.random.random() < 0.5 else ""
        return self.send("POST", f"/allocation-changes{preview}", {"changes": changes})

    def allocate(self) -> int:
        """A raise on a place, without the effect that a door shows."""
        actor, site = system("api"), self.scene.sites["grenoble"]
        with acting(actor):
            grant = grants.allocation_manager(actor, self.customer)
            apply_changes(grant, changes=[Change(site, "cr", 9)], settings=self.settings, at=NOW)
        return 200

    def rename_customer(self) -> int:
        """Another order reference for the customer."""
        return self.send("PATCH", "", {"purchase_order": uuid4().hex})

    def synchronize(self) -> int:
        """A stack shows other users on a site than there are."""
        site, job = "grenoble" if self.full else self.random.choice(SITES), system("job")
        users = [self.stack_user(number) for number in range(self.random.randint(1, 6))]
        with acting(job):
            seen = grants.customer(job, self.customer)
            # As the reader of the stack does before it compares.
            run(_LOCK_TENANT, [self.customer, self.tenants[site]])
            apply_users(
                job,
                seen.customer,
                site_id=self.scene.sites[site],
                tenant_id=self.tenants[site],
                users=users,
                types=STACK_TYPES,
                asked_at=NOW,
                today=NOW.date(),
                at=NOW,
                last_of_site=False,
            )
        with acting(job):
            request_synchronization(grants.customer(job, self.customer), at=NOW)
        return 200

    def stack_user(self, number: int) -> StackUser:
        """A user of a stack; the same number is the same user, sometimes of another type."""
        stack_type = self.random.choice(list(STACK_TYPES))
        return StackUser(UUID(int=number + 1), "Camille", "Durand", f"s{number}@example.org", stack_type, True, None)

    def bring(self) -> int:
        """The daily job passes by."""
        with acting(system("job")):
            bring_to(NOW.date(), at=NOW)
        return 200

    def detach(self) -> int:
        """A tenant is to be detached, which is refused while it has users."""
        site = self.random.choice(SITES)
        return self.send("DELETE", f"/sites/{self.scene.sites[site]}/stack-tenants/{self.tenants[site]}")


def deadlocks(database: Database) -> int:
    """How many deadlocks the server has ended in this database, by all connections that are closed."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with database.superuser() as superuser:
        row = superuser.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def tenants(scene: Scene) -> dict[str, UUID]:
    """The clinic's sites have tenants, with a user in each, and lowerings that wait for the next cycle."""
    stack = Furnisher(at=NOW).make_stack()
    tenants = {}
    for site, seats in zip(SITES, (13, 7, 6), strict=True):
        tenants[site] = scene.attach("clinic", site, stack)
        scene.allocate("clinic", site, NOW, voice=30)
        Furnisher(at=NOW).add_user(scene.customers["clinic"], scene.sites[site], email=f"{uuid4()}@example.org")
        scene.allocate("clinic", site, NOW, voice=seats)
    return tenants


@pytest.fixture
def people(scene: Scene, sign_in: SignIn, tenants: dict[str, UUID]) -> list[Somebody]:
    """Six people at the clinic."""
    key = Furnisher(at=NOW).make_key()
    return [Somebody(scene, sign_in("maud"), key, number, tenants) for number in range(6)]


# A door's work, the row that somebody else holds, and the row that must still be free while the work waits.
USER = "SELECT 1 FROM seat_user WHERE customer_id = %(customer)s AND site_id = %(site)s FOR UPDATE"
CUSTOMER = "SELECT 1 FROM customer WHERE id = %(customer)s FOR NO KEY UPDATE"
BALANCE = "SELECT 1 FROM balance WHERE customer_id = %(customer)s AND next_cycle <> allocated FOR UPDATE"
TOTAL = "SELECT 1 FROM customer_total WHERE customer_id = %(customer)s FOR NO KEY UPDATE"
ORDERS = [
    ("edit_by_page", USER, CUSTOMER),
    ("edit_by_rest", USER, CUSTOMER),
    ("synchronize", USER, CUSTOMER),
    # The effect of a change opens the next cycle: what is lowered there is locked before any total.
    ("allocate", BALANCE, TOTAL),
]


@pytest.mark.parametrize(("act", "held", "free"), ORDERS)
def test_a_door_waits_before_it_locks_what_comes_later(
    database: Database, people: list[Somebody], act: str, held: str, free: str
) -> None:
    """What others hold is waited for without anything that they may want next."""
    somebody = people[0]
    somebody.stay_at("grenoble")
    named = {"customer": somebody.customer, "site": somebody.scene.sites["grenoble"]}
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with database.superuser() as first, database.superuser() as other:
        first.execute("BEGIN")
        first.execute(held, named)
        working = Thread(target=together, args=[getattr(somebody, act)])
        working.start()
        while other.execute(waiting).fetchone() is None:
            assert working.is_alive(), "it did not wait"
        other.execute(f"{free} NOWAIT", named)
        first.execute("ROLLBACK")
        working.join(30)


def test_no_two_doors_wait_for_each_other(database: Database, people: list[Somebody]) -> None:
    """A request that is begun anew after a deadlock answers well, but late: the server counts it all the same."""
    before = deadlocks(database)
    together(*(person.work for person in people))
    did = sum((person.did for person in people), Counter())
    assert deadlocks(database) == before, did
    done = {"edit_by_page 302", "edit_by_rest 200", "add_by_page 302", "add_by_rest 201", "allocate_by_rest 200"}
    assert done <= did.keys(), did
    check_rebuilt()
