"""The only way to an authorised object: fetch and authorise in one call (SPEC 3).

A grant is a value. Operations and queries take the one they need; mypy refuses another. What is outside the actor's
scope is not found. Inside the scope, an actor without the role gets ``role_missing`` with the role.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.kit.database import row_of
from strapontin.refusals import OutOfScope, Refusal


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """A customer as it stood when it was fetched."""

    id: UUID
    name: str
    client_id: str
    purchase_order: str
    status: str
    partner_id: UUID
    partner_path: list[UUID]
    alignment: str
    anchor_day: int
    term_months: int
    pending_term_months: int | None
    starts_on: date
    period_starts_on: date
    period_ends_on: date
    cancel_at_end_of_period: bool
    unlimited: bool
    not_for_resale: bool
    warn_free_seats: int | None
    warn_days: int | None
    archived_at: datetime | None
    version: int


_COLUMNS = ", ".join(field.name for field in fields(CustomerFacts))
# set_config() is called only for a row that the policies let through: nobody enters a customer outside the scope.
_FETCH = f"""
SELECT {_COLUMNS} FROM (
    SELECT {_COLUMNS}, set_config('app.customer', id::text, true) AS entered FROM customer WHERE id = %s) AS customer
"""  # noqa: S608  our own column names


# A choice of the actor's for the customer (strapontin.access.automatic), read together with it.
_FETCH_WITH_CHOICE = f"""
SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM automatic_allocation a
                            WHERE a.customer_id = customer.id AND a.holder_id = %s AND a.enabled) AS automatic
  FROM (SELECT {_COLUMNS}, set_config('app.customer', id::text, true) AS entered FROM customer WHERE id = %s)
    AS customer
"""  # noqa: S608  our own column names


@dataclass(frozen=True, slots=True)
class _CustomerWithChoice(CustomerFacts):
    automatic: bool


@dataclass(frozen=True, slots=True)
class CustomerSeen:
    """The actor sees this customer; nothing more is promised."""

    actor: Actor
    customer: CustomerFacts


@dataclass(frozen=True, slots=True)
class AllocationManager(CustomerSeen):
    """Financial ▸ Subscription management: may see and change this customer's allocations."""

    def user_manager(self) -> UserManager:
        """The grant to add users whom somebody with User management has asked for (SPEC 5)."""
        return UserManager(self.actor, self.customer)


@dataclass(frozen=True, slots=True)
class UserManager(CustomerSeen):
    """Technical ▸ User management: may add, change and remove this customer's users.

    ``automatic``: the actor chose automatic allocation for this customer.
    """

    automatic: bool = False

    @property
    def is_automatic(self) -> bool:
        """Whether missing seats are allocated without asking, up to the ceiling (SPEC 5)."""
        return self.automatic and self.may_allocate

    @property
    def may_allocate(self) -> bool:
        """Whether missing seats may be allocated on the way (SPEC 5)."""
        return self.actor.holds("subscriptions")

    def allocation_manager(self) -> AllocationManager:
        """The grant to allocate, for an actor who holds both roles."""
        if not self.may_allocate:
            raise Refusal("role_missing", role="subscriptions")
        return AllocationManager(self.actor, self.customer)


@dataclass(frozen=True, slots=True)
class RequestParty(CustomerSeen):
    """Asks for this customer's seats, or decides: User management or Subscription management."""

    def require(self, role: str) -> None:
        """Raises ``role_missing`` if the actor has only the other one of the two roles."""
        _require(self.actor, role)


@dataclass(frozen=True, slots=True)
class CustomerEditor(CustomerSeen):
    """Clients ▸ Customer management: names and sites."""


@dataclass(frozen=True, slots=True)
class TermEditor(CustomerEditor):
    """Customer management from the partner's or provider's side: term, cancellation."""


@dataclass(frozen=True, slots=True)
class StackAttacher(CustomerSeen):
    """Technical ▸ Stacks: attaches tenants to this customer's sites."""


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A partner as it stood when it was fetched."""

    id: UUID
    name: str
    parent_id: UUID | None
    path: list[UUID]
    level: str
    country: str
    region: str
    vat_number: str
    address: str
    currency: str
    language: str
    payer: bool
    version: int


PARTNER_COLUMNS = ", ".join(field.name for field in fields(PartnerFacts))
_FETCH_PARTNER = f"SELECT {PARTNER_COLUMNS} FROM partner WHERE id = %s"  # noqa: S608  our own column names


@dataclass(frozen=True, slots=True)
class PartnerSeen:
    """The actor's scope covers this partner."""

    actor: Actor
    partner: PartnerFacts


@dataclass(frozen=True, slots=True)
class CustomerCreator(PartnerSeen):
    """May create customers under this partner."""


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """The actor holds a role, whatever the object: for lists over a scope."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class ScopeReader(RoleHolder):
    """May read the names in its scope: those of partners, customers and sites. No seats."""


@dataclass(frozen=True, slots=True)
class RequestReader(RoleHolder):
    """May see the requests of its scope: User management or Subscription management."""


@dataclass(frozen=True, slots=True)
class OverviewReader(RoleHolder):
    """May see the subscription screens of its scope."""


@dataclass(frozen=True, slots=True)
class UserReader(RoleHolder):
    """Technical ▸ User management: may read the users of every customer in its scope."""


@dataclass(frozen=True, slots=True)
class InvoiceReader(RoleHolder):
    """May see invoices; row level security leaves those of payers at or below the scope."""


@dataclass(frozen=True, slots=True)
class StackManager(RoleHolder):
    """May see and change stacks of its scope."""


@dataclass(frozen=True, slots=True)
class AdministratorManager(RoleHolder):
    """Administration ▸ Administrators: administrators, API keys and the journal of its scope."""


@dataclass(frozen=True, slots=True)
class ProviderGrant(RoleHolder):
    """The provider's own: prices, settings, runs."""


def _require(actor: Actor, role: str) -> None:
    if not actor.holds(role):
        raise Refusal("role_missing", role=role)


def _require_any(actor: Actor, role: str) -> None:
    """``role_missing`` for an actor without any role: ``role`` is the one that is named to them (SPEC 3)."""
    if not actor.roles:
        raise Refusal("role_missing", role=role)


def _require_either(actor: Actor, role: str, other: str) -> None:
    if not actor.holds(other):
        _require(actor, role)


def _refuse_customer_scope(actor: Actor) -> None:
    if actor.scope == "customer":
        raise Refusal("scope_too_small")


def _fetch(actor: Actor, customer_id: UUID, *, role: str | None = None) -> CustomerFacts:
    # Fetches first: outside the scope a customer is not found, also by an actor without the role.
    facts = row_of(CustomerFacts, _FETCH, [customer_id])
    if facts is None:
        raise OutOfScope
    if role is not None:
        _require(actor, role)
    return facts


def customer(actor: Actor, customer_id: UUID) -> CustomerSeen:
    """The customer, for an actor whose scope covers it and who holds any role; else not found, or ``role_missing``."""
    facts = _fetch(actor, customer_id)
    _require_any(actor, "customers")
    return CustomerSeen(actor, facts)


def allocation_manager(actor: Actor, customer_id: UUID) -> AllocationManager:
    """Not found outside the scope, ``role_missing`` without Subscription management."""
    return AllocationManager(actor, _fetch(actor, customer_id, role="subscriptions"))


def user_manager(actor: Actor, customer_id: UUID) -> UserManager:
    """Not found outside the scope, ``role_missing`` without User management."""
    facts = row_of(_CustomerWithChoice, _FETCH_WITH_CHOICE, [actor.id, customer_id])
    if facts is None:
        raise OutOfScope
    _require(actor, "users")
    return UserManager(actor, facts, facts.automatic)


def request_party(actor: Actor, customer_id: UUID) -> RequestParty:
    """Not found outside the scope, ``role_missing`` without User management and Subscription management."""
    facts = _fetch(actor, customer_id)
    _require_either(actor, "users", "subscriptions")
    return RequestParty(actor, facts)


def customer_editor(actor: Actor, customer_id: UUID) -> CustomerEditor:
    """Not found outside the scope, ``role_missing`` without Customer management."""
    return CustomerEditor(actor, _fetch(actor, customer_id, role="customers"))


def term_editor(actor: Actor, customer_id: UUID) -> TermEditor:
    """As :func:`customer_editor`; a customer's own administrator does not change the commitment."""
    facts = _fetch(actor, customer_id, role="customers")
    _refuse_customer_scope(actor)
    return TermEditor(actor, facts)


def stack_attacher(actor: Actor, customer_id: UUID) -> StackAttacher:
    """Not found outside the scope, ``role_missing`` without Stacks; partners and provider only."""
    facts = _fetch(actor, customer_id, role="stacks")
    _refuse_customer_scope(actor)
    return StackAttacher(actor, facts)


def partner(actor: Actor, partner_id: UUID) -> PartnerSeen:
    """The partner, for an actor whose scope covers it and who holds any role; else not found, or ``role_missing``."""
    facts = row_of(PartnerFacts, _FETCH_PARTNER, [partner_id])
    # An actor below can read its nearest partner's name. That is no grant on the partner.
    if facts is None or not (actor.provider or actor.partner_id in facts.path):
        raise OutOfScope
    _require_any(actor, "customers")
    return PartnerSeen(actor, facts)


def customer_creator(actor: Actor, partner_id: UUID) -> CustomerCreator:
    """May create customers under the partner: Customer management, from the partner's side or above."""
    seen = partner(actor, partner_id)
    _require(actor, "customers")
    return CustomerCreator(actor, seen.partner)


def scope_reader(actor: Actor) -> ScopeReader:
    """``role_missing`` without any role."""
    _require_any(actor, "customers")
    return ScopeReader(actor)


def request_reader(actor: Actor) -> RequestReader:
    """``role_missing`` without User management and Subscription management."""
    _require_either(actor, "users", "subscriptions")
    return RequestReader(actor)


def overview_reader(actor: Actor) -> OverviewReader:
    """``role_missing`` without Subscription management."""
    _require(actor, "subscriptions")
    return OverviewReader(actor)


def user_reader(actor: Actor) -> UserReader:
    """``role_missing`` without User management."""
    _require(actor, "users")
    return UserReader(actor)


def invoice_reader(actor: Actor) -> InvoiceReader:
    """``role_missing`` without Invoices; a customer has none to see."""
    _require(actor, "invoices")
    return InvoiceReader(actor)


def stack_manager(actor: Actor) -> StackManager:
    """``role_missing`` without Stacks; partners and provider only."""
    _require(actor, "stacks")
    _refuse_customer_scope(actor)
    return StackManager(actor)


def administrator_manager(actor: Actor) -> AdministratorManager:
    """``role_missing`` without Administrators."""
    _require(actor, "administrators")
    return AdministratorManager(actor)


def provider(actor: Actor) -> ProviderGrant:
    """``provider_only`` for everybody else, ``role_missing`` for somebody of the provider without any role."""
    if not actor.provider:
        raise Refusal("provider_only")
    _require_any(actor, "administrators")
    return ProviderGrant(actor)
