"""What the simulated stacks hold: everybody whom the portal knows there, and what happened since it last looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from strapontin.demo.cast import CLINIC, CUSTOMERS, Customer, Site
from strapontin.demo.population import NAMESPACE, STACK_TYPES, population, tenant_uuid
from strapontin.stacks.base import StackUser
from strapontin.stacks.wazo.simulator.world import PORTAL_ACL, Account, Line, Tenant, User, World

USERNAME = "strapontin"
# Of the simulators' service account; they listen on the loopback address only.
PASSWORD = "strapontin-demo-stack"  # noqa: S105
CREATED_AT = "2024-05-21T08:30:00"


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened in a tenant since it was last read; the visitor finds it by synchronising."""

    client_id: str
    site: str
    vanished: int = 0
    retyped: int = 0
    other_email: int = 0
    unknown: str = ""


DIFFERENCES = (
    Difference(CLINIC, "Grenoble, siège", vanished=1, retyped=1),
    Difference(CLINIC, "Échirolles, imagerie", other_email=1),
    Difference(CLINIC, "Voiron, rééducation", unknown="cr"),
    Difference("L-3048", "Rosebank", unknown="voice"),
    Difference("L-3004", "Dublin", vanished=1),
    Difference("L-3035", "Civic offices", retyped=1, other_email=1),
)


def world(stack: str) -> World:
    """The state of a simulated stack, as the visitor finds it; always the same."""
    root = _uuid(stack, "root")
    made = World(stack, uuid=_uuid(stack, "world"), root_uuid=root)
    made.tenants[root] = Tenant(root, stack, "master", root)
    account = Account(_uuid(stack, "account"), USERNAME, PASSWORD, root, list(PORTAL_ACL))
    made.accounts[account.uuid] = account
    for customer in CUSTOMERS:
        for site in customer.sites:
            if stack in site.stacks:
                tenant = tenant_uuid(customer, site, stack)
                made.tenants[tenant] = Tenant(tenant, f"{customer.name}, {site.name}", tenant.hex[:10], root)
                for user in _users(customer, site, stack, tenant):
                    made.last_user_id += 1
                    made.users[user.uuid] = replace(user, id=made.last_user_id)
    return made


def _uuid(stack: str, what: str) -> UUID:
    return uuid5(NAMESPACE, f"stack/{stack}/{what}")


def _users(customer: Customer, site: Site, stack: str, tenant: UUID) -> Iterator[User]:
    """The users of a tenant, the planned differences among them."""
    there = [_user(resident.on_stack(), tenant) for resident in population(customer).of(site.name, stack, ago=0)]
    found = [d for d in DIFFERENCES if (d.client_id, d.site) == (customer.client_id, site.name)]
    for difference in found if stack == site.stacks[0] else []:
        there = list(_changed(there, difference, customer, tenant))
    yield from there


def _changed(there: list[User], difference: Difference, customer: Customer, tenant: UUID) -> Iterator[User]:
    voices = [user.uuid for user in there if user.subscription_type == STACK_TYPES["voice"]]
    vanished = set(voices[: difference.vanished])
    retyped = set(voices[2 : 2 + difference.retyped])
    renamed = set(voices[4 : 4 + difference.other_email])
    for user in there:
        if user.uuid in retyped:
            yield replace(user, subscription_type=STACK_TYPES["uc"])
        elif user.uuid in renamed:
            yield replace(user, email=f"standard@{customer.domain}.example")
        elif user.uuid not in vanished:
            yield user
    if difference.unknown:
        first, last = ("Mabel", "Thornbury") if customer.english else ("Inès", "Caradec")
        yield User(
            id=0,
            uuid=uuid5(NAMESPACE, f"unknown/{difference.client_id}/{difference.site}"),
            firstname=first,
            lastname=last,
            email=f"{first.lower().replace('è', 'e')}.{last.lower()}@{customer.domain}.example",
            subscription_type=STACK_TYPES[difference.unknown],
            enabled=True,
            tenant_uuid=tenant,
            created_at=CREATED_AT,
        )


def _user(seen: StackUser, tenant: UUID) -> User:
    lines = [_line(seen.uuid, seen.extension)] if seen.extension else []
    return User(
        id=0,
        uuid=seen.uuid,
        firstname=seen.first_name,
        lastname=seen.last_name,
        email=seen.email,
        subscription_type=seen.stack_type_id or 0,
        enabled=seen.enabled,
        tenant_uuid=tenant,
        created_at=CREATED_AT,
        lines=lines,
    )


def _line(user: UUID, extension: str) -> Line:
    number = user.int % 1_000_000
    return Line(
        id=number,
        name=user.hex[:8],
        exten=extension,
        extension_id=number,
        context="default",
        provisioning_code=f"{number:06}",
        endpoint_uuid=uuid5(user, "endpoint"),
    )
