"""The fixed people of the stories, and the words to tell them with.

Partners, customers, sites, stacks and keys are furnished; what happens to them passes the REST door.

``strapontin`` the provider · ``opaline`` a paying partner, ``ouest`` below it (does not pay) · ``tramontane``
another partner, the outsider · customers ``brumes`` (of opaline), ``lagune`` (of ouest) and ``zenith`` (of
tramontane), each with an administrator who holds every role that a customer can have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from strapontin.access.models import ROLES
from strapontin.access.operations import ScopeGiven
from strapontin.demo.furnishing import Furnisher
from tests.api.client import Answer, ApiClient
from tests.servers import Database

FURNISHER = Furnisher()


@dataclass
class Site:
    """A site and its seats."""

    customer: Customer
    id: str
    name: str

    def allocate(self, **quantities: int) -> Answer:
        """Asks for these quantities by type."""
        return self.customer.allocate(self, **quantities)

    def figures(self, type_code: str = "voice", **parameters: str) -> dict[str, int]:
        """The seats of a type; ``parameters`` are those of the address, such as ``as_of``."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        subscriptions = self.customer.by.get(f"{self.customer.path}/subscriptions?{query}")
        (site,) = (site for site in subscriptions["sites"] if site["site"] == self.id)
        (figures,) = (figures for figures in site["types"] if figures["type"] == type_code)
        return {name: value for name, value in figures.items() if name != "type"}

    def attach(self, *, tenant_uuid: UUID | None = None, **stack: Any) -> str:
        """Attaches a tenant of a new stack; answers the attachment's id."""
        stack_id = FURNISHER.make_stack(**stack)
        ids = UUID(self.customer.id), UUID(self.id)
        return str(FURNISHER.attach_tenant(*ids, stack_id=stack_id, tenant_uuid=tenant_uuid))

    def add_user(self, name: str, type_code: str = "voice", **more: Any) -> Answer:
        """Asks for a user to be added."""
        body = {"first_name": name, "site": self.id, "type": type_code, **more}
        return self.customer.by.post(f"{self.customer.path}/users", body)

    def add_users(self, count: int, type_code: str = "voice") -> None:
        """Adds users; each must get a seat."""
        for number in range(count):
            assert self.add_user(f"User {number}", type_code).status == 201


@dataclass
class Customer:
    """A customer; ``by`` acts for it in the stories, at first the provider."""

    stage: Stage
    id: str
    name: str
    by: ApiClient
    administrator: ApiClient

    @property
    def path(self) -> str:
        """The address of the customer."""
        return f"/customers/{self.id}"

    def site(self, name: str = "Lyon") -> Site:
        """A new site."""
        return Site(self, str(FURNISHER.make_site(UUID(self.id), name)), name)

    def allocate(self, site: Site, **quantities: int) -> Answer:
        """Asks for quantities on a site; the answer may be a refusal."""
        changes = [{"site": site.id, "type": code, "quantity": n} for code, n in quantities.items()]
        return self.by.post(f"{self.path}/allocation-changes", {"changes": changes})

    def set_term(self, months: int) -> None:
        """Asks for another term."""
        answer = self.by.patch(self.path, {"term_months": months})
        assert answer.status == 200, answer.body

    def read(self) -> Answer:
        """The customer as it stands."""
        return self.by.get(self.path)


@dataclass
class Stage:
    """An installation with a provider, on a sandbox's clock."""

    database: Database
    provider: ApiClient = field(init=False)

    def __post_init__(self) -> None:
        self.provider = self.key("The provider")

    def clock(self, moment: str) -> None:
        """Sets the clock: a day (at eight in the morning, unless it is that day) or a moment with its offset."""
        if len(moment) == len("2022-11-01"):
            if self.provider.get("/clock")["now"].startswith(moment):
                return
            moment = f"{moment}T08:00:00+02:00"
        answer = self.provider.post("/clock", {"now": moment})
        assert answer.status == 200, answer.body

    def partner(self, name: str, *, parent: str | None = None, **facts: Any) -> str:
        """A new partner's id; in France, bronze, paying if it stands right below the provider."""
        return str(FURNISHER.make_partner(name, parent_id=_id(parent), **facts))

    def customer(self, name: str, partner: str, *, term_months: int = 1) -> Customer:
        """A new customer, from today on."""
        customer_id = FURNISHER.make_customer(name, partner_id=UUID(partner), term_months=term_months)
        administrator = self.key(f"{name}: administrator", customer=str(customer_id))
        return Customer(self, str(customer_id), name, self.provider, administrator)

    def key(
        self, name: str, *, partner: str | None = None, customer: str | None = None, roles: Iterable[str] = ROLES
    ) -> ApiClient:
        """Somebody with a key for the partner, the customer or, if neither is named, the provider."""
        scope = ScopeGiven(not (partner or customer), _id(partner), _id(customer))
        return ApiClient(FURNISHER.make_key(name, scope, roles=roles))

    def work(self) -> None:
        """Does the jobs that wait, as the worker would, until none is left."""
        from procrastinate.contrib.django import app

        done: set[int] = set()
        while True:
            with self.database.superuser() as connection:
                waiting = connection.execute(
                    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
                ).fetchall()
            todo = [job for job in waiting if job[0] not in done]
            if not todo:
                return
            for number, name, arguments in todo:
                done.add(number)
                app.tasks[name](**(json.loads(arguments) if isinstance(arguments, str) else arguments))

    def bill(self, day: str, *, preview: bool = False) -> Answer:
        """The run of a date, done."""
        started = self.provider.post("/billing-runs", {"date": day, "preview": preview})
        assert started.status == 202, started.body
        self.work()
        run = self.provider.get(f"/billing-runs/{started.id}")
        assert run["state"] == "done", run.body
        return run

    def invoices(self, day: str, payer: str) -> list[dict[str, Any]]:
        """The invoices of a payer of a date."""
        return self.provider.everything(f"/invoices?payer={payer}&date={day}")

    def invoice(self, day: str, payer: str) -> dict[str, Any]:
        """The one invoice of a payer of a date."""
        (invoice,) = self.invoices(day, payer)
        return invoice

    def arrive_on_stack(self, site: Site, people: int, *, type_code: str = "voice") -> None:
        """Synchronises a stack, a CSV file, which from now on has so many people on the site.

        The first time, the stack is attached to the site.
        """
        folder = Path(os.environ["STRAPONTIN_HOME"]) / "csv"
        folder.mkdir(parents=True, exist_ok=True)
        path, tenant = folder / f"{site.id}.csv", UUID(site.id)
        if not path.exists():
            site.attach(tenant_uuid=tenant, kind="csv", url=path.as_uri())
        _write_people(path, tenant, people, type_code)
        started = self.provider.post(f"{site.customer.path}/synchronizations")
        assert started.status == 202, started.body
        self.work()
        done = self.provider.get(f"{site.customer.path}/synchronizations/{started.id}")
        assert done["state"] == "done", done.body


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _write_people(path: Path, tenant: UUID, people: int, type_code: str) -> None:
    known = path.read_text().splitlines()[2:] if path.exists() else []
    header = "uuid,first_name,last_name,email,subscription_type,enabled,tenant"
    number = {"voice": 0, "uc": 1, "cr": 3}[type_code]
    while len(known) < people:
        known.append(f"{uuid4()},Person {len(known)},,,{number},true,{tenant}")
    path.write_text("\n".join([header, f",,,,,,{tenant}", *known[:people]]) + "\n")


@dataclass
class Cast(Stage):
    """The fixed people on a stage; the clock stands at 2022-06-01 when they enter."""

    opened_on: str = "2022-06-01"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock(self.opened_on)
        self.opaline = self.partner("Opaline")
        self.ouest = self.partner("Opaline Ouest", parent=self.opaline)
        self.tramontane = self.partner("Tramontane")
        self.brumes = self.customer("Les Brumes", self.opaline)
        self.lagune = self.customer("La Lagune", self.ouest)
        self.zenith = self.customer("Zénith", self.tramontane)

    def partner_administrator(self, partner: str, roles: Iterable[str] = ROLES) -> ApiClient:
        """Somebody of a partner."""
        return self.key("A partner's administrator", partner=partner, roles=roles)
