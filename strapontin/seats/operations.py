"""Users and the decision: a user is added only if a seat is free, or together with its seat (SPEC 5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from strapontin.access.actors import Actor
from strapontin.access.grants import CustomerFacts, UserManager
from strapontin.access.helpers import who_can_help
from strapontin.allocations.operations import allocate_for_users, lock_balances, seats_are_limited
from strapontin.allocations.rules import Place, Quantities
from strapontin.cycles.customers import lock_customer
from strapontin.kit.database import row, run, statement
from strapontin.kit.emails import is_email
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found
from strapontin.seats.provisioning import call_stack
from strapontin.seats.tenants import NEEDS_EMAIL, change_tenant, tenant_of_site
from strapontin.seats.user_journal import record_change

_CLAIM = statement(__file__, "claim.sql")
_RELEASE = statement(__file__, "release.sql")
_SITE = "SELECT 1 AS found FROM site WHERE customer_id = %s AND id = %s"
_TYPE = "SELECT 1 AS found FROM subscription_type WHERE code = %s"
_BALANCE = "SELECT allocated, next_cycle, used FROM balance WHERE customer_id = %s AND site_id = %s AND type_code = %s"
_USER = """
SELECT id, site_id, type_code, first_name, last_name, email, extension, enabled, state, origin, tenant_id,
       stack_user_uuid, claimed_at, version
  FROM seat_user WHERE customer_id = %s AND id = %s AND state = 'active'
"""
_LOCK_TOTALS = """
SELECT 1 FROM customer_total WHERE customer_id = %s AND type_code = ANY (%s::text[])
 ORDER BY type_code FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody to be added to a site with a seat of a type."""

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
    ``role_missing`` where seats should be allocated without Subscription management; ``email_in_use``,
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
    """As :func:`create_user`; answers also the user as written, with its tenant, so that nobody has to read it."""
    new = _checked(new)
    user_id = new_id()
    try:
        # A claim that fails may keep the balance locked; whoever goes on to allocate locks the customer before it.
        claimed = None if allocate_missing else _claim(grant, new, user_id, settings=settings, at=at)
        if claimed is None:
            claimed = _claim_after_all(grant, new, user_id, settings, at, allocate_missing)
    except IntegrityError as error:
        if "seat_user_email_once" in str(error):
            raise Refusal("email_in_use", field="email") from error
        raise
    if tenant_id := claimed["tenant_id"]:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=tenant_id, kind="create", at=at)
    return user_id, replace(new, tenant_id=tenant_id)


def _claim(
    grant: UserManager, new: NewUser, user_id: UUID, *, settings: Settings, at: datetime
) -> dict[str, Any] | None:
    """The tenant in which the user is also created, if any; ``None`` where the claim was not possible."""
    today = settings.day(at)
    return row(
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


def _claim_after_all(
    grant: UserManager, new: NewUser, user_id: UUID, settings: Settings, at: datetime, allocate_missing: bool
) -> dict[str, Any]:
    """The slow path: finds out why the claim failed, repairs what may be repaired, or refuses."""
    if tenant_of_site(grant.customer.id, new.site_id, named=new.tenant_id) and not new.email:
        raise invalid(NEEDS_EMAIL, field="email")
    customer = grant.customer
    due = customer.status != "active" or customer.period_ends_on <= settings.day(at)
    if allocate_missing or due or _balance(customer.id, new.place) is None:
        customer, _ = _prepared(grant, new, settings=settings, at=at)
        claimed = _claim(grant, new, user_id, settings=settings, at=at)
        if claimed is None and allocate_missing:
            manager = grant.allocation_manager()
            allocate_for_users(manager, place=new.place, seats=1, settings=settings, at=at)
            claimed = _claim(grant, new, user_id, settings=settings, at=at)
        if claimed is not None:
            return claimed
    raise no_free_seat(grant, customer, new.place, seats=1)


def _prepared(
    grant: UserManager, new: NewUser, *left: Place, settings: Settings, at: datetime
) -> tuple[CustomerFacts, Quantities]:
    """The customer locked and brought to today, and its balance for the user, locked; or the refusal.

    The balance that a user leaves is locked with it, in one order, so that two changes cannot wait for each other.
    """
    if row(_SITE, [grant.customer.id, new.site_id]) is None:
        raise not_found()
    if row(_TYPE, [new.type_code]) is None:
        raise invalid(_("There is no such subscription type."), field="type")
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    if customer.status != "active":
        raise Refusal("customer_expired")
    return customer, lock_balances(customer.id, [*left, new.place])[new.place]


def no_free_seat(grant: UserManager, customer: CustomerFacts, place: Place, *, seats: int) -> Refusal:
    """The refusal that says how many seats are missing, whether the actor may allocate, and who can help."""
    was = _balance(customer.id, place) or Quantities()
    helpers = who_can_help(grant.actor, role="subscriptions", customer_id=customer.id)
    return Refusal(
        "no_free_seat",
        # At least one, also where a seat has become free since.
        missing=max(1, seats - was.free),
        may_allocate=grant.may_allocate,
        can_help=[helper.name for helper in helpers],
        site=place[0],
        type=place[1],
    )


def _balance(customer_id: UUID, place: Place) -> Quantities | None:
    found = row(_BALANCE, [customer_id, *place])
    return Quantities(**found) if found else None


def remove_user(grant: UserManager, *, user_id: UUID, settings: Settings, at: datetime) -> None:
    """Removes a user; the seat is free again. Raises ``not_found`` for somebody who is not there."""
    today = settings.day(at)
    gone = release(grant.actor, grant.customer, user_id=user_id, kind="release", today=today, at=at)
    if gone is None:
        raise not_found()
    if gone["tenant_id"]:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=gone["tenant_id"], kind="delete", at=at)


def release(
    actor: Actor, customer: CustomerFacts, *, user_id: UUID, kind: str, today: date, at: datetime
) -> dict[str, Any] | None:
    """Frees the seat of a user; answers the user who was there, ``None`` where nobody was.

    The user is locked by a statement of its own: only one that begins afterwards sees the balance in which a user
    who was just moved is counted.
    """
    user = row(f"{_USER} FOR UPDATE", [customer.id, user_id])
    if user is None:
        return None
    run(
        _RELEASE,
        {
            "customer": customer.id,
            "path": [str(p) for p in customer.partner_path],
            "user": user_id,
            "kind": kind,
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


_MOVE = """
WITH away AS (
    UPDATE balance SET used = used - 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(from_site)s AND type_code = %(from_type)s
    RETURNING allocated, next_cycle, used
), away_event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(away_event)s, %(from_site)s, %(from_type)s, %(user)s, %(kind)s, %(today)s, %(at)s, -1, used,
           %(actor_kind)s, %(actor_id)s, %(door)s FROM away
), here AS (
    UPDATE balance SET used = used + 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(to_site)s AND type_code = %(to_type)s
       AND (least(allocated, next_cycle) > used OR NOT %(enforced)s)
    RETURNING allocated, next_cycle, used
), here_event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(here_event)s, %(to_site)s, %(to_type)s, %(user)s, %(kind)s, %(today)s, %(at)s, 1, used,
           %(actor_kind)s, %(actor_id)s, %(door)s FROM here
), away_total AS (
    UPDATE customer_total t
       SET used = t.used - 1 + here_by.used,
           remaining = t.remaining + CASE WHEN least(away.allocated, away.next_cycle) > away.used THEN 1 ELSE 0 END
                       - here_by.remaining,
           over = t.over - CASE WHEN away.used >= away.allocated THEN 1 ELSE 0 END + here_by.over
      FROM away, (SELECT CASE WHEN %(to_type)s = %(from_type)s THEN 1 ELSE 0 END AS used,
                         CASE WHEN %(to_type)s = %(from_type)s AND least(allocated, next_cycle) >= used
                              THEN 1 ELSE 0 END AS remaining,
                         CASE WHEN %(to_type)s = %(from_type)s AND used > allocated THEN 1 ELSE 0 END AS over
                    FROM here) AS here_by
     WHERE t.customer_id = %(customer)s AND t.type_code = %(from_type)s
), here_total AS (
    UPDATE customer_total t
       SET used = t.used + 1,
           remaining = t.remaining - CASE WHEN least(here.allocated, here.next_cycle) >= here.used THEN 1 ELSE 0 END,
           over = t.over + CASE WHEN here.used > here.allocated THEN 1 ELSE 0 END
      FROM here
     WHERE t.customer_id = %(customer)s AND t.type_code = %(to_type)s AND %(to_type)s <> %(from_type)s
)
SELECT 1 AS moved FROM here
"""


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

    A disabled user keeps the seat. Another site may mean another stack tenant (``tenant_id`` names one of several,
    and alone takes the user to another one of the site). ``confirm`` is asked before a seat elsewhere is taken, and
    refuses where that is not what was agreed to. Raises as :func:`create_user`, and ``changed_meanwhile``.
    """
    found = row(f"{_USER} FOR UPDATE", [grant.customer.id, user_id])
    if found is None:
        raise not_found()
    if expected_version is not None and found["version"] != expected_version:
        raise Refusal("changed_meanwhile")
    after = {**found, **changes}
    fields = ("site_id", "type_code", "first_name", "last_name", "email", "extension", "enabled")
    wanted = _checked(NewUser(**{name: after[name] for name in fields}), known_email=found["email"])
    if wanted.place != (found["site_id"], found["type_code"]):
        if confirm is not None:
            confirm(wanted.place)
        _move_seat(grant, found, wanted, settings, at, allocate_missing)
    tenant_id: UUID | None = found["tenant_id"]
    if wanted.site_id != found["site_id"] or changes.get("tenant_id") not in (None, tenant_id):
        tenant_id = tenant_of_site(grant.customer.id, wanted.site_id, named=changes.get("tenant_id"))
        change_tenant(grant.customer.id, found, email=wanted.email, tenant_id=tenant_id, at=at)
    try:
        with transaction.atomic():
            run(
                "UPDATE seat_user SET site_id = %s, type_code = %s, first_name = %s, last_name = %s, email = %s,"
                " extension = %s, enabled = %s, version = version + 1 WHERE customer_id = %s AND id = %s",
                [
                    wanted.site_id,
                    wanted.type_code,
                    wanted.first_name,
                    wanted.last_name,
                    wanted.email,
                    wanted.extension,
                    wanted.enabled,
                    grant.customer.id,
                    user_id,
                ],
            )
    except IntegrityError as error:
        raise Refusal("email_in_use", field="email") from error
    record_change(grant, before=found, after=asdict(wanted), at=at)
    if tenant_id and tenant_id == found["tenant_id"]:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=tenant_id, kind="update", at=at)


def _move_seat(
    grant: UserManager,
    found: dict[str, Any],
    wanted: NewUser,
    settings: Settings,
    at: datetime,
    allocate_missing: bool,
) -> None:
    left = (found["site_id"], found["type_code"])
    customer, was = _prepared(grant, wanted, left, settings=settings, at=at)
    # As a synchronisation does, after the balances and in the order of types: nobody waits for each other.
    run(_LOCK_TOTALS, [customer.id, [left[1], wanted.type_code]])
    today = settings.day(at)
    params = {
        "customer": customer.id,
        "user": found["id"],
        "from_site": found["site_id"],
        "from_type": found["type_code"],
        "to_site": wanted.site_id,
        "to_type": wanted.type_code,
        "kind": "retyped",
        "enforced": seats_are_limited(customer, settings=settings, today=today),
        "today": today,
        "at": at,
        "away_event": new_id(),
        "here_event": new_id(),
        "actor_kind": grant.actor.kind,
        "actor_id": grant.actor.id,
        "door": grant.actor.door,
    }
    if allocate_missing and params["enforced"] and was.free < 1:
        allocate_for_users(grant.allocation_manager(), place=wanted.place, seats=1, settings=settings, at=at)
    with transaction.atomic():
        if row(_MOVE, params) is None:
            raise no_free_seat(grant, customer, wanted.place, seats=1)


def _checked(new: NewUser, known_email: str = "") -> NewUser:
    """The user as it is written; ``known_email`` is there already, maybe from a stack, which has rules of its own."""
    trimmed = replace(
        new,
        first_name=new.first_name.strip(),
        last_name=new.last_name.strip(),
        email=new.email.strip(),
        extension=new.extension.strip(),
    )
    if not trimmed.first_name:
        raise invalid(_("This cannot be empty."), field="first_name")
    if trimmed.email not in ("", known_email) and not is_email(trimmed.email):
        raise invalid(_("This is not an e-mail address."), field="email")
    if trimmed.extension and not re.fullmatch(r"[0-9*#+]{1,20}", trimmed.extension):
        raise invalid(_("An extension has up to 20 digits, *, # or +."), field="extension")
    return trimmed
