"""Claiming a seat for a new user: the check and the claim are one statement (SPEC 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import CustomerFacts, UserManager
from strapontin.access.helpers import who_can_help
from strapontin.allocations.automatic import allocate_automatically
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import Applied, allocate_for_users, lock_balances
from strapontin.allocations.rules import Place, Quantities
from strapontin.kit.database import exists, row_of, statement
from strapontin.kit.ids import new_id
from strapontin.kit.text import email_form, has_controls, tidy
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found
from strapontin.seats.rules import Described, problems_of
from strapontin.seats.tenants import NEEDS_EMAIL, tenant_of_site

# The one form of each text about a user (:mod:`strapontin.kit.text`).
FORMS = {"first_name": tidy, "last_name": tidy, "email": email_form, "extension": tidy}
CONTROLS = _("Control characters cannot be part of a text.")
_CLAIM = statement(__file__, "claim.sql")
_SITE = "SELECT 1 FROM site WHERE customer_id = %s AND id = %s"
_TYPE = "SELECT 1 FROM subscription_type WHERE code = %s"
_HAS_EMAIL = """
SELECT 1 FROM seat_user
 WHERE customer_id = %s AND lower(email) = lower(%s) AND email <> '' AND state = 'active'
   AND id IS DISTINCT FROM %s::uuid LIMIT 1
"""
_BALANCE = "SELECT allocated, next_cycle, used FROM balance WHERE customer_id = %s AND site_id = %s AND type_code = %s"


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be added to a site, with a seat of a type."""

    site_id: UUID
    type_code: str
    first_name: str
    last_name: str = ""
    email: str = ""
    extension: str = ""
    enabled: bool = True
    tenant_id: UUID | None = None

    @property
    def place(self) -> Place:
        """The balance whose seat is claimed."""
        return (self.site_id, self.type_code)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A seat was claimed. ``tenant_id`` is the stack tenant in which the user is also created, if any."""

    tenant_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClaimedAfterAll(Claimed):
    """A seat was claimed after what was missing was allocated, if anything was."""

    allocated: Applied | None = None


def claim(grant: UserManager, new: NewUser, user_id: UUID, *, settings: Settings, at: datetime) -> Claimed | None:
    """Creates the user on a free seat. Answers ``None`` if that was not possible."""
    today = settings.day(at)
    return row_of(
        Claimed,
        _CLAIM,
        {
            "customer": grant.customer.id,
            "site": new.site_id,
            "type": new.type_code,
            "today": today,
            "enforced": today >= settings.seats_enforced_from,
            "user": user_id,
            "first_name": new.first_name,
            "last_name": new.last_name,
            "email": new.email,
            "extension": new.extension,
            "enabled": new.enabled,
            "tenant": new.tenant_id,
            "at": at,
            "event": new_id(),
            "journal": new_id(),
            "actor_kind": grant.actor.kind,
            "actor_id": grant.actor.id,
            "door": grant.actor.door,
        },
    )


def claim_after_all(
    grant: UserManager, new: NewUser, user_id: UUID, *, settings: Settings, at: datetime, allocate_missing: bool
) -> ClaimedAfterAll:
    """Finds out why a claim failed, mends what may be mended and claims again, or refuses: the slow path.

    Missing seats are allocated with ``allocate_missing``, or if the actor chose for this customer not to be asked.
    """
    if tenant_of_site(grant.customer.id, new.site_id, named=new.tenant_id) and not new.email:
        raise invalid(NEEDS_EMAIL, field="email")
    customer = grant.customer
    due = customer.status != "active" or customer.period_ends_on <= settings.day(at)
    if allocate_missing or grant.is_automatic or due or _balance(customer.id, new.place) is None:
        customer, _ = lock_for_user(grant, new, settings=settings, at=at)
        claimed, allocated = claim(grant, new, user_id, settings=settings, at=at), None
        if claimed is None:
            allocated = _allocate(grant, new, settings=settings, at=at, allocate_missing=allocate_missing)
            claimed = claim(grant, new, user_id, settings=settings, at=at) if allocated else None
        if claimed is not None:
            return ClaimedAfterAll(claimed.tenant_id, allocated)
    if email_is_taken(customer.id, new.email):
        raise Refusal("email_in_use", field="email")
    raise no_free_seat(grant, customer, new.place, seats=1)


def _allocate(
    grant: UserManager, new: NewUser, *, settings: Settings, at: datetime, allocate_missing: bool
) -> Applied | None:
    """What was allocated for the user: because it was asked for, or without asking; ``None`` if neither may be."""
    if allocate_missing:
        return allocate_for_users(grant.allocation_manager(), place=new.place, seats=1, settings=settings, at=at)
    return allocate_automatically(grant, place=new.place, seats=1, settings=settings, at=at)


def email_is_taken(customer_id: UUID, email: str, *, by_other_than: UUID | None = None) -> bool:
    """Whether an active user of the customer has the e-mail, wherever the user came from."""
    return bool(email) and exists(_HAS_EMAIL, [customer_id, email, by_other_than])


def lock_for_user(
    grant: UserManager, new: NewUser, *former: Place, settings: Settings, at: datetime
) -> tuple[CustomerFacts, Quantities]:
    """Locks the customer, brings it to today, and locks the balance for the user. Answers both.

    ``former`` is the balance that the user leaves, if any. Both are locked in one order: two changes never wait for
    each other. Raises ``not_found``, ``invalid``, ``customer_expired``.
    """
    if not exists(_SITE, [grant.customer.id, new.site_id]):
        raise not_found()
    if not exists(_TYPE, [new.type_code]):
        raise invalid(_("There is no such subscription type."), field="type")
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    if customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    return customer, lock_balances(customer.id, [*former, new.place])[new.place]


def no_free_seat(grant: UserManager, customer: CustomerFacts, place: Place, *, seats: int) -> Refusal:
    """The refusal that says how many seats are missing, whether the actor may allocate, and who can help."""
    balance = _balance(customer.id, place) or Quantities()
    helpers = who_can_help(grant.actor, role="subscriptions", customer_id=customer.id)
    return Refusal(
        "no_free_seat",
        # At least one, even if a seat has become free since.
        missing=max(1, seats - balance.free),
        may_allocate=grant.may_allocate,
        can_help=[helper.name for helper in helpers],
        site=place[0],
        type=place[1],
    )


def _balance(customer_id: UUID, place: Place) -> Quantities | None:
    return row_of(Quantities, _BALANCE, [customer_id, *place])


def checked(new: NewUser, *, known: Described | None = None) -> NewUser:
    """The user with each text in its one form.

    Raises ``invalid`` for control characters, and for data that :func:`strapontin.seats.rules.problems_of` names.
    ``known`` is the user as it is: a text of it that stays may have come from a stack, by rules of its own, and is
    accepted.
    """
    typed = {field: getattr(new, field) for field in FORMS}
    if known is not None:
        typed = {field: text for field, text in typed.items() if text != getattr(known, field)}
    texts: dict[str, Any] = {field: FORMS[field](text) for field, text in typed.items()}
    for field, text in texts.items():
        if has_controls(text):
            raise invalid(CONTROLS, field=field)
    user = replace(new, **texts)
    for field, problem in problems_of(user, known=known):
        raise invalid(problem, field=field)
    return user
