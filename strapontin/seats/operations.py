"""Users: added with a seat, changed, removed (SPEC 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import UserManager
from strapontin.allocations.exchanges import apply_exchange
from strapontin.allocations.operations import Applied, allocate_for_users, seats_are_limited
from strapontin.allocations.rules import Exchange, Place
from strapontin.kit.database import run
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, expect_version, invalid, not_found, told_by_constraints
from strapontin.seats.claims import (
    Claimed,
    ClaimedAfterAll,
    NewUser,
    checked,
    claim,
    claim_after_all,
    email_is_taken,
    lock_for_user,
    no_free_seat,
)
from strapontin.seats.provisioning import call_stack, dismiss
from strapontin.seats.seated import SeatedUser, lock_user, move_seat, release
from strapontin.seats.tenants import NEEDS_EMAIL, change_tenant, tenant_of_site
from strapontin.seats.user_journal import record_change

_UPDATE = """
UPDATE seat_user
   SET site_id = %(site_id)s, type_code = %(type_code)s, first_name = %(first_name)s, last_name = %(last_name)s,
       email_from_stack = email_from_stack AND email = %(email)s, email = %(email)s, extension = %(extension)s,
       enabled = %(enabled)s, version = version + 1
 WHERE customer_id = %(customer)s AND id = %(user)s
"""
# What a stack has of a user.
ON_STACK = ("type_code", "first_name", "last_name", "email", "enabled")
_FIELDS = ("site_id", "type_code", "first_name", "last_name", "email", "extension", "enabled")


MakeRoom = Literal["", "allocate", "exchange"]
"""How a seat is made: none, one allocated if none is free, or one in exchange for the seat that the user leaves."""


@dataclass(frozen=True, slots=True)
class AddedUser:
    """A user who was added, with its tenant, and the id of the call to the user's stack, if there is one.

    ``allocated`` is what was allocated with it, if anything was.
    """

    id: UUID
    user: NewUser
    call_id: UUID | None
    allocated: Applied | None = None


def create_user(
    grant: UserManager,
    *,
    new: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
) -> UUID:
    """Adds a user on a free seat; with ``allocate_missing``, allocates what is missing together with it.

    It does so too for an actor who chose not to be asked for this customer (:mod:`strapontin.allocations.automatic`).

    Answers the user's id. Raises ``no_free_seat`` with ``missing``, ``may_allocate`` and ``can_help``;
    ``role_missing`` if seats should be allocated without Subscription management; ``email_in_use``,
    ``tenant_required``, ``customer_expired``, ``invalid``, ``not_found``.
    """
    return add_user(grant, new=new, settings=settings, at=at, allocate_missing=allocate_missing).id


def add_user(
    grant: UserManager,
    *,
    new: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
    instead_of: UUID | None = None,
) -> AddedUser:
    """As :func:`create_user`. Also answers the user as written, and the call to its stack.

    ``instead_of`` is a user whom a stack refused: as soon as the new one is added, it is no longer listed.
    """
    if instead_of:
        dismiss(grant, user_id=instead_of)
    new = checked(new)
    user_id = new_id()
    may_allocate = allocate_missing or grant.is_automatic
    with told_by_constraints():
        # A claim that fails may keep the balance locked; to allocate, the customer must be locked before it.
        claimed: Claimed | None = None if may_allocate else claim(grant, new, user_id, settings=settings, at=at)
        if claimed is None:
            claimed = claim_after_all(grant, new, user_id, settings=settings, at=at, allocate_missing=allocate_missing)
    allocated = claimed.allocated if isinstance(claimed, ClaimedAfterAll) else None
    call_id = None
    if tenant_id := claimed.tenant_id:
        # If the stack refuses the user, what was allocated for it is taken back (strapontin.seats.undoing).
        former = {"allocated": allocated.change_id} if allocated else {}
        call_id = call_stack(
            customer_id=grant.customer.id, user_id=user_id, tenant_id=tenant_id, kind="create", former=former, at=at
        )
    return AddedUser(user_id, replace(new, tenant_id=tenant_id), call_id, allocated)


def remove_user(grant: UserManager, *, user_id: UUID, settings: Settings, at: datetime) -> UUID | None:
    """Removes a user; the seat is free again. Answers the id of the call to the user's stack, if there is one.

    A user whom a stack refused has no seat, and is only listed no longer. Raises ``not_found`` if there is no such
    user.
    """
    today = settings.day(at)
    user = release(grant.actor, grant.customer, user_id=user_id, today=today, at=at)
    if user is None:
        if not dismiss(grant, user_id=user_id):
            raise not_found()
        return None
    if user.tenant_id is None:
        return None
    return call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=user.tenant_id, kind="delete", at=at)


def change_user(
    grant: UserManager,
    *,
    user_id: UUID,
    changes: dict[str, Any],
    settings: Settings,
    at: datetime,
    expected_version: int | None = None,
    allocate_missing: bool = False,
    exchange_seat: bool = False,
    confirm: Callable[[Place, Place], None] | None = None,
) -> UUID | None:
    """Changes a user's data; another type or site is a release and a claim in one (SPEC 5).

    A disabled user keeps the seat. Another site may mean another stack tenant: ``tenant_id`` among the changes names
    it if the site has several. Without another site, ``tenant_id`` takes the user to another tenant of the same site.
    With ``exchange_seat`` the user's seat becomes one of the new, dearer type, on the same site: user and seat change
    together or not at all.
    ``confirm`` is called with the place that the user leaves and the one that it takes, before the seat there is taken,
    with user, customer and balances locked, and may refuse.
    A door that looks at the customer's seats before a change does so there: the user is locked first. Answers the id
    of the call to the user's stack, if there is one: only what changes is sent. Raises as :func:`create_user`,
    with ``exchange_seat`` also as :func:`strapontin.allocations.exchanges.apply_exchange`; and ``changed_meanwhile``.
    """
    before = lock_user(grant.customer.id, user_id)
    if before is None:
        raise not_found()
    expect_version(expected_version, before.version)
    dismiss(grant, user_id=user_id)
    facts = {field: changes.get(field, getattr(before, field)) for field in _FIELDS}
    after = checked(NewUser(**facts), known=before)
    moves = after.site_id != before.site_id or changes.get("tenant_id") not in (None, before.tenant_id)
    if before.tenant_id and not (before.stack_user_uuid or after.email):
        raise invalid(NEEDS_EMAIL, field="email")
    if (moves or after.email != before.email) and email_is_taken(grant.customer.id, after.email, by_other_than=user_id):
        raise Refusal("email_in_use", field="email")
    if exchange_seat:
        _refuse_other_exchanges(before, after, allocate_missing)
    if after.place != before.place:
        make_room: MakeRoom = "exchange" if exchange_seat else "allocate" if allocate_missing else ""
        _take_other_seat(grant, before, after, settings, at, make_room, confirm)
    facts = {field: getattr(after, field) for field in _FIELDS}
    if moves:
        tenant_id = tenant_of_site(grant.customer.id, after.site_id, named=changes.get("tenant_id"))
        call_id = change_tenant(grant.customer.id, before, email=after.email, tenant_id=tenant_id, at=at)
    else:
        call_id = _tell_stack(grant.customer.id, before, facts, at)
    with told_by_constraints(), transaction.atomic():
        run(_UPDATE, facts | {"customer": grant.customer.id, "user": user_id})
    record_change(grant, user_id=user_id, before=asdict(before), after=facts, at=at)
    return call_id


def _refuse_other_exchanges(before: SeatedUser, after: NewUser, allocate_missing: bool) -> None:
    if after.site_id != before.site_id or after.type_code == before.type_code:
        raise invalid(_("A seat is exchanged for one of another type on the same site."), field="exchange_seat")
    if allocate_missing:
        raise invalid(_("A seat is either exchanged or allocated."), field="exchange_seat")


def _tell_stack(customer_id: UUID, before: SeatedUser, after: Mapping[str, Any], at: datetime) -> UUID | None:
    """Has the user's stack told what changed, if it knows the user and anything that it has of it."""
    former = {field: getattr(before, field) for field in ON_STACK if getattr(before, field) != after[field]}
    if before.tenant_id is None or not former:
        return None
    return call_stack(
        customer_id=customer_id, user_id=before.id, tenant_id=before.tenant_id, kind="update", former=former, at=at
    )


def _take_other_seat(
    grant: UserManager,
    before: SeatedUser,
    after: NewUser,
    settings: Settings,
    at: datetime,
    make_room: MakeRoom,
    confirm: Callable[[Place, Place], None] | None,
) -> None:
    customer, quantities = lock_for_user(grant, after, before.place, settings=settings, at=at)
    if confirm is not None:
        confirm(before.place, after.place)
    today = settings.day(at)
    limited = seats_are_limited(customer, settings=settings, today=today)
    if make_room == "exchange":
        exchange = Exchange(*before.place, after.type_code, seats=1)
        apply_exchange(grant.allocation_manager(), exchange=exchange, settings=settings, at=at, leaving=1)
    elif make_room == "allocate" and limited and quantities.free < 1:
        allocate_for_users(grant.allocation_manager(), place=after.place, seats=1, settings=settings, at=at)
    if not move_seat(grant.actor, customer.id, before, to=after.place, enforced=limited, today=today, at=at):
        raise no_free_seat(grant, customer, after.place, seats=1)
