"""Furnishes an installation, for the demo and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.administrators import NewAdministrator, create_administrator
from strapontin.access.models import ROLES, Account
from strapontin.access.operations import NewKey, ScopeGiven, create_api_key
from strapontin.access.scope import acting
from strapontin.allocations.operations import apply_changes
from strapontin.allocations.rules import Change, Place
from strapontin.customers.operations import NewCustomer, create_customer
from strapontin.customers.sites import create_site
from strapontin.organisation.settings import Settings, load
from strapontin.provider.partners import NewPartner, create_partner
from strapontin.provider.price_lists import NewPriceList, create_price_list
from strapontin.provider.settings import change_settings
from strapontin.requests.drafts import NewRequest
from strapontin.requests.operations import ask
from strapontin.seats.claims import NewUser
from strapontin.seats.operations import create_user
from strapontin.stacks.operations import NewStack, attach_tenant, create_stack

THE_PROVIDER = ScopeGiven(provider=True)
# Nothing listens on the discard port of this machine: an address where nobody answers.
NOBODY = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnisher:
    """Makes partners, customers, users and the like, each by its operation and in a transaction of its own.

    ``actor`` acts as at a door: in its own scope, with the grant that the operation asks for. Without ``at``, things
    happen now by the installation's clock; without ``settings``, under the installation's own. ``facts`` are further
    fields of the value that the operation takes. The answer is the id of what was made, unless a method says otherwise.
    A refusal reaches the caller.
    """

    actor: Actor = field(default_factory=partial(system, "cli"))
    at: datetime | None = None
    settings: Settings | None = None

    def change_settings(self, **changes: Any) -> None:
        """Changes the installation's settings."""
        with self._acting() as (_, at):
            change_settings(grants.provider(self.actor), changes=changes, at=at)

    def make_price_list(self, new: NewPriceList) -> UUID:
        """A price list."""
        with self._acting() as (_, at):
            return create_price_list(grants.provider(self.actor), new=new, at=at)

    def make_partner(
        self,
        name: str,
        *,
        parent_id: UUID | None = None,
        country: str = "FR",
        payer: bool | None = None,
        **facts: Any,
    ) -> UUID:
        """A partner; without ``payer``, it pays if it stands right below the provider."""
        pays = parent_id is None if payer is None else payer
        new = NewPartner(name, parent_id, country=country, payer=pays, **facts)
        with self._acting() as (_, at):
            return create_partner(grants.provider(self.actor), new=new, at=at)

    def make_customer(self, name: str, *, partner_id: UUID, term_months: int = 1, **facts: Any) -> UUID:
        """A customer with its first period; without ``starts_on``, it begins on the day of ``at``."""
        new = NewCustomer(name, term_months, **facts)
        with self._acting() as (settings, at):
            return create_customer(grants.customer_creator(self.actor, partner_id), new=new, settings=settings, at=at)

    def make_site(self, customer_id: UUID, name: str) -> UUID:
        """A site of the customer."""
        with self._acting() as (_, at):
            return create_site(grants.customer_editor(self.actor, customer_id), name=name, at=at)

    def allocate(self, customer_id: UUID, quantities: Mapping[Place, int], *, reason: str = "") -> None:
        """Sets the quantity of each place: a site's id and a type."""
        changes = [Change(*place, quantity) for place, quantity in quantities.items()]
        with self._acting() as (settings, at):
            grant = grants.allocation_manager(self.actor, customer_id)
            apply_changes(grant, changes=changes, settings=settings, at=at, reason=reason)

    def add_user(
        self,
        customer_id: UUID,
        site_id: UUID,
        type_code: str = "voice",
        *,
        first_name: str = "Ada",
        allocate_missing: bool = False,
        **facts: Any,
    ) -> UUID:
        """A user of the site, on a seat of the type."""
        new = NewUser(site_id, type_code, first_name, **facts)
        with self._acting() as (settings, at):
            grant = grants.user_manager(self.actor, customer_id)
            return create_user(grant, new=new, settings=settings, at=at, allocate_missing=allocate_missing)

    def ask(self, customer_id: UUID, new: NewRequest) -> UUID:
        """A request for users or seats, by :attr:`actor`."""
        with self._acting() as (settings, at):
            return ask(grants.request_party(self.actor, customer_id), new=new, settings=settings, at=at)

    def make_stack(self, name: str = "Stack", *, kind: str = "wazo", url: str = NOBODY, **facts: Any) -> UUID:
        """A stack; without ``url``, it never answers."""
        new = NewStack(name, kind, url, **facts)
        with self._acting() as (_, at):
            return create_stack(grants.stack_manager(self.actor), new=new, at=at)

    def attach_tenant(
        self, customer_id: UUID, site_id: UUID, *, stack_id: UUID, tenant_uuid: UUID | None = None
    ) -> UUID:
        """The attachment of a stack's tenant to the site; without ``tenant_uuid``, of a new tenant."""
        tenant_uuid = tenant_uuid or uuid4()
        with self._acting() as (_, at):
            grant = grants.stack_attacher(self.actor, customer_id)
            return attach_tenant(grant, site_id=site_id, stack_id=stack_id, tenant_uuid=tenant_uuid, at=at)

    def make_administrator(
        self,
        name: str,
        email: str,
        scope: ScopeGiven = THE_PROVIDER,
        *,
        roles: Iterable[str] = ROLES,
        language: str = "fr",
    ) -> Actor:
        """An administrator, as the actor at a screen; :func:`open_accounts` gives them a password."""
        new = NewAdministrator(name, email, scope, list(roles), language)
        with self._acting() as (_, at):
            administrator_id = create_administrator(grants.administrator_manager(self.actor), new=new, at=at)
        return Actor(
            kind="administrator",
            id=administrator_id,
            name=name,
            roles=frozenset(new.roles),
            door="screen",
            provider=scope.provider,
            partner_id=scope.partner_id,
            customer_id=scope.customer_id,
            language=language,
        )

    def make_key(self, name: str = "Key", scope: ScopeGiven = THE_PROVIDER, *, roles: Iterable[str] = ROLES) -> str:
        """The text of an API key, valid for a year of real time."""
        new = NewKey(name, scope, list(roles))
        with self._acting() as (_, at):
            return create_api_key(grants.administrator_manager(self.actor), new=new, at=at)[1]

    @contextmanager
    def _acting(self) -> Iterator[tuple[Settings, datetime]]:
        with acting(self.actor):
            settings = self.settings or load()
            yield settings, self.at or settings.now()


def open_accounts(emails: Iterable[str], password: str) -> None:
    """Gives administrators a password, the same for all."""
    # One hash for all: it takes longer than to make a customer.
    Account.objects.filter(email__in=list(emails)).update(password=make_password(password))
