"""Users: added with a seat, changed, removed (SPEC 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts, UserManager
from strapontin.allocations.operations import allocate_for_users, seats_are_limited
from strapontin.allocations.rules import Place
from strapontin.kit.database import exists, row_of, run, statement
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, expect_version, not_found
from strapontin.seats.claims import NewUser, checked, claim, claim_after_all, lock_for_user, no_free_seat
from strapontin.seats.provisioning import call_stack
from strapontin.seats.tenants import change_tenant, tenant_of_site
from strapontin.seats.user_journal import record_change

_RELEASE = statement(__file__, "release.sql")
_MOVE = statement(__file__, "move_seat.sql")
_LOCK_USER = """
SELECT id, site_id, type_code, first_name, last_name, email, extension, enabled, tenant_id, stack_user_uuid, version
  FROM seat_user WHERE customer_id = %s AND id = %s AND state = 'active' FOR NO KEY UPDATE
"""
_UPDATE = """
UPDATE seat_user
   SET site_id = %(site_id)s, type_code = %(type_code)s, first_name = %(first_name)s, last_name = %(last_name)s,
       email = %(email)s, extension = %(extension)s, enabled = %(enabled)s, version = version + 1
 WHERE customer_id = %(customer)s AND id = %(user)s
"""
_LOCK_TOTALS = """
SELECT 1 FROM customer_total WHERE customer_id = %s AND type_code = ANY (%s::text[])
 ORDER BY type_code FOR NO KEY UPDATE
"""
_FIELDS = ("site_id", "type_code", "first_name", "last_name", "email", "extension", "enabled")


@dataclass(frozen=True, slots=True)
class SeatedUser:
    """An active user, locked for a change."""

    id: UUID
    site_id: UUID
    type_code: str
    first_name: str
    last_name: str
    email: str
    extension: str
    enabled: bool
    tenant_id: UUID | None
    stack_user_uuid: UUID | None
    version: int

    @property
    def place(self) -> Place:
        """The balance whose seat is taken."""
        return (self.site_id, self.type_code)


def create_user(
    grant: UserManager,
    *,
    new: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
) -> UUID:
    """Adds a user on a free seat; with ``allocate_missing``, allocates what is missing together with it.

    Answers the user's id. Raises ``no_free_seat`` with ``missing``, ``may_allocate`` and ``can_help``;
    ``role_missing`` if seats should be allocated without Subscription management; ``email_in_use``,
    ``tenant_required``, ``customer_expired``, ``invalid``, ``not_found``.
    """
    return add_user(grant, new=new, settings=settings, at=at, allocate_missing=allocate_missing)[0]


def add_user(
    grant: UserManager,
    *,
    new: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
) -> tuple[UUID, NewUser]:
    """As :func:`create_user`. Also answers the user as written, with its tenant: nobody has to read it again."""
    new = checked(new)
    user_id = new_id()
    with _refusing_taken_email():
        # A claim that fails may keep the balance locked; to allocate, the customer must be locked before it.
        claimed = None if allocate_missing else claim(grant, new, user_id, settings=settings, at=at)
        if claimed is None:
            claimed = claim_after_all(grant, new, user_id, settings=settings, at=at, allocate_missing=allocate_missing)
    if claimed.tenant_id:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=claimed.tenant_id, kind="create", at=at)
    return user_id, replace(new, tenant_id=claimed.tenant_id)


@contextmanager
def _refusing_taken_email() -> Iterator[None]:
    """Refuses if another active user of the customer, added here, has the e-mail."""
    try:
        yield
    except IntegrityError as error:
        if "seat_user_email_once" in str(error):
            raise Refusal("email_in_use", field="email") from error
        raise


def remove_user(grant: UserManager, *, user_id: UUID, settings: Settings, at: datetime) -> None:
    """Removes a user; the seat is free again. Raises ``not_found`` if there is no such active user."""
    today = settings.day(at)
    user = release(grant.actor, grant.customer, user_id=user_id, today=today, at=at)
    if user is None:
        raise not_found()
    if user.tenant_id:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=user.tenant_id, kind="delete", at=at)


def release(actor: Actor, customer: CustomerFacts, *, user_id: UUID, today: date, at: datetime) -> SeatedUser | None:
    """Frees the seat of a user. Answers the user as it was, or ``None`` if there is no such active user.

    The user is locked by a statement of its own. If another transaction has just moved the user, only a later
    statement sees the balance in which the user is counted now.
    """
    user = row_of(SeatedUser, _LOCK_USER, [customer.id, user_id])
    if user is None:
        return None
    run(
        _RELEASE,
        {
            "customer": customer.id,
            "path": [str(p) for p in customer.partner_path],
            "user": user_id,
            "today": today,
            "at": at,
            "event": new_id(),
            "journal": new_id(),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "door": actor.door,
        },
    )
    return user


def change_user(
    grant: UserManager,
    *,
    user_id: UUID,
    changes: dict[str, Any],
    settings: Settings,
    at: datetime,
    expected_version: int | None = None,
    allocate_missing: bool = False,
    confirm: Callable[[Place], None] | None = None,
) -> None:
    """Changes a user's data; another type or site is a release and a claim in one (SPEC 5).

    A disabled user keeps the seat. Another site may mean another stack tenant: ``tenant_id`` among the changes names
    it if the site has several. Without another site, ``tenant_id`` takes the user to another tenant of the same site.
    ``confirm`` is called before a seat elsewhere is taken, with user, customer and balances locked, and may refuse.
    A door that looks at the customer's seats before a change does so there: the user is locked first. Raises as
    :func:`create_user`, and ``changed_meanwhile``.
    """
    before = row_of(SeatedUser, _LOCK_USER, [grant.customer.id, user_id])
    if before is None:
        raise not_found()
    expect_version(expected_version, before.version)
    facts = {field: changes.get(field, getattr(before, field)) for field in _FIELDS}
    after = checked(NewUser(**facts), known_email=before.email)
    if after.place != before.place:
        _move_seat(grant, before, after, settings, at, allocate_missing, confirm)
    tenant_id = before.tenant_id
    if after.site_id != before.site_id or changes.get("tenant_id") not in (None, tenant_id):
        tenant_id = tenant_of_site(grant.customer.id, after.site_id, named=changes.get("tenant_id"))
        change_tenant(grant.customer.id, before, email=after.email, tenant_id=tenant_id, at=at)
    facts = {field: getattr(after, field) for field in _FIELDS}
    with _refusing_taken_email(), transaction.atomic():
        run(_UPDATE, facts | {"customer": grant.customer.id, "user": user_id})
    record_change(grant, user_id=user_id, before=asdict(before), after=facts, at=at)
    if tenant_id and tenant_id == before.tenant_id:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=tenant_id, kind="update", at=at)


def _move_seat(
    grant: UserManager,
    before: SeatedUser,
    after: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool,
    confirm: Callable[[Place], None] | None,
) -> None:
    customer, quantities = lock_for_user(grant, after, before.place, settings=settings, at=at)
    if confirm is not None:
        confirm(after.place)
    # In the order of types, whatever the statement below does first.
    exists(_LOCK_TOTALS, [customer.id, [before.type_code, after.type_code]])
    today = settings.day(at)
    limited = seats_are_limited(customer, settings=settings, today=today)
    if allocate_missing and limited and quantities.free < 1:
        allocate_for_users(grant.allocation_manager(), place=after.place, seats=1, settings=settings, at=at)
    parameters = {
        "customer": customer.id,
        "user": before.id,
        "from_site": before.site_id,
        "from_type": before.type_code,
        "to_site": after.site_id,
        "to_type": after.type_code,
        "enforced": limited,
        "today": today,
        "at": at,
        "away_event": new_id(),
        "here_event": new_id(),
        "actor_kind": grant.actor.kind,
        "actor_id": grant.actor.id,
        "door": grant.actor.door,
    }
    with transaction.atomic():
        if not exists(_MOVE, parameters):
            raise no_free_seat(grant, customer, after.place, seats=1)
