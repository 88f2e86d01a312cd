"""Many users of a customer changed at once: moved, given another type, enabled, disabled, removed (SPEC 5).

All or nothing, by one decision and one confirmation. The users are locked in the order of their ids, then the customer,
its balances and its totals; one statement moves all the seats, guarded as that of a single user is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import CustomerFacts, UserManager
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.operations import check_places, lock_balances, make_room, seats_are_limited
from strapontin.allocations.rules import Place, Quantities, Room, rooms_for
from strapontin.kit.database import run, statement, value_of, values_of
from strapontin.kit.ids import new_id
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid
from strapontin.seats.claims import no_free_seat
from strapontin.seats.provisioning import NewCall, call_stack_for_all, dismiss_all
from strapontin.seats.seated import SeatedUser, lock_totals, lock_users
from strapontin.seats.tenants import change_tenant, tenant_of_site

Action = Literal["move", "change_type", "enable", "disable", "remove"]
ACTIONS: tuple[Action, ...] = ("move", "change_type", "enable", "disable", "remove")
MOST_USERS = 1_000

_SEATS = statement(__file__, "bulk_seats.sql")
_ENABLED = statement(__file__, "bulk_enabled.sql")
_REFUSED = """
SELECT id FROM seat_user WHERE customer_id = %s AND id = ANY (%s::uuid[]) AND state = 'refused'
 ORDER BY id FOR NO KEY UPDATE
"""
_SHARED_EMAILS = """
SELECT u.id FROM seat_user u
 WHERE u.customer_id = %(customer)s AND u.id = ANY (%(users)s::uuid[]) AND u.email <> ''
   AND EXISTS (SELECT 1 FROM seat_user o WHERE o.customer_id = u.customer_id AND lower(o.email) = lower(u.email)
                                           AND o.state = 'active' AND o.id <> u.id)
"""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What is to be done with which users. ``site_id`` says where they move, ``type_code`` what they become.

    ``tenant_id`` names the stack tenant of that site, if it has several.
    """

    user_ids: Sequence[UUID]
    action: Action
    site_id: UUID | None = None
    type_code: str = ""
    tenant_id: UUID | None = None

    def place_of(self, user: SeatedUser) -> Place | None:
        """Where the user has its seat after the change; ``None``: it has none."""
        if self.action == "remove":
            return None
        return (self.site_id or user.site_id, self.type_code or user.type_code)


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What a change does to whom, with all of them locked.

    ``users`` are those that it changes: others are already as they should be. ``refused`` are users without a seat,
    whom a stack refused: they are only listed no longer. ``seats`` says how many users come to each place, ``missing``
    how many seats are not there for them. ``tenant_id`` is the stack tenant in which users who move are also created.
    """

    change: BulkChange
    customer: CustomerFacts
    users: list[SeatedUser]
    refused: list[UUID]
    seats: dict[Place, int]
    missing: dict[Place, int]
    limited: bool
    tenant_id: UUID | None

    @property
    def changed(self) -> int:
        """How many users the change concerns."""
        return len(self.users) + len(self.refused)

    @property
    def rooms(self) -> list[Room]:
        """The seats that users need."""
        return rooms_for(self.seats)


def plan_bulk(grant: UserManager, *, change: BulkChange, settings: Settings, at: datetime) -> BulkPlan:
    """Locks the users, the customer and the balances, and says what the change would do.

    Raises ``invalid`` for no user or more than :data:`MOST_USERS`, for a place that is not named, and for users without
    an e-mail who come to a telephone server; ``not_found`` for a site of somebody else, ``users_gone`` for users who
    are not there any more, ``users_refused`` for users without a seat, whom one can only remove; ``tenant_required``,
    ``emails_in_use``, ``customer_expired``.
    """
    _check(change)
    customer_id = grant.customer.id
    ids = sorted(set(change.user_ids))
    users = lock_users(customer_id, ids)
    refused = values_of(UUID, _REFUSED, [customer_id, _texts(ids)])
    gone = set(ids).difference((user.id for user in users), refused)
    if gone:
        raise Refusal("users_gone", count=len(gone), users=sorted(gone))
    if refused and change.action != "remove":
        raise Refusal("users_refused", count=len(refused), users=refused)
    if change.action in ("enable", "disable"):
        changing = [user for user in users if user.enabled != (change.action == "enable")]
        _expect_emails(user for user in changing if user.tenant_id and not user.stack_user_uuid)
        return BulkPlan(change, grant.customer, changing, [], {}, {}, limited=False, tenant_id=None)
    return _plan_seats(grant, change, users, refused, settings, at)


def change_users(
    grant: UserManager,
    *,
    change: BulkChange,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
    confirm: Callable[[Sequence[Room]], None] | None = None,
) -> BulkPlan:
    """Makes the change, of all users or of none. With ``allocate_missing``, missing seats are allocated with it.

    ``confirm`` is called with the seats that users come to, everything locked, and may refuse. Raises as
    :func:`plan_bulk`; ``no_free_seat`` with the ``missing`` seats by place, ``may_allocate`` and ``can_help``; and
    ``role_missing`` if seats should be allocated without Subscription management.
    """
    plan = plan_bulk(grant, change=change, settings=settings, at=at)
    if confirm is not None and plan.missing:
        confirm(plan.rooms)
    if plan.missing:
        if not allocate_missing:
            raise seats_missing(grant, plan)
        make_room(grant.allocation_manager(), rooms=plan.rooms, settings=settings, at=at)
    with transaction.atomic():
        _apply(grant, plan, settings, at)
    dismiss_all(grant, user_ids=[*(user.id for user in plan.users), *plan.refused])
    _tell_stacks(grant, plan, at)
    return plan


def seats_missing(grant: UserManager, plan: BulkPlan) -> Refusal:
    """The refusal that says how many seats are missing where, whether the actor may allocate, and who can help."""
    place = next(iter(plan.missing))
    refusal = no_free_seat(grant, plan.customer, place, seats=plan.seats[place])
    refusal.facts |= {
        "missing": sum(plan.missing.values()),
        "places": [{"site": site, "type": code, "seats": n} for (site, code), n in plan.missing.items()],
    }
    return refusal


def _check(change: BulkChange) -> None:
    if not change.user_ids:
        raise invalid(_("At least one user is expected."), field="users")
    if len(change.user_ids) > MOST_USERS:
        raise invalid(_("At most 1,000 users can be changed at once."), field="users")
    if change.action == "move" and change.site_id is None:
        raise invalid(_("Name the site to which the users move."), field="site")
    if change.action == "change_type" and not change.type_code:
        raise invalid(_("Name the type that the users get."), field="type")


def _plan_seats(
    grant: UserManager,
    change: BulkChange,
    users: list[SeatedUser],
    refused: list[UUID],
    settings: Settings,
    at: datetime,
) -> BulkPlan:
    changing = [user for user in users if change.place_of(user) != user.place]
    places = {user.id: change.place_of(user) for user in changing}
    customer = lock_customer(grant.actor, grant.customer.id, settings=settings, at=at)
    if change.action != "remove" and customer.status != "active":
        raise Refusal("customer_expired", date=customer.period_ends_on)
    seats = Counter(place for place in places.values() if place)
    check_places(customer.id, list(seats))
    tenant_id = None
    if change.action == "move" and change.site_id and changing:
        tenant_id = tenant_of_site(customer.id, change.site_id, named=change.tenant_id)
        _expect_emails(changing if tenant_id else [])
        _expect_own_emails(customer.id, changing)
    _expect_emails(
        user for user in changing if user.tenant_id and not user.stack_user_uuid and change.action != "remove"
    )
    quantities = lock_balances(customer.id, sorted({user.place for user in changing} | set(seats)))
    limited = seats_are_limited(customer, settings=settings, today=settings.day(at))
    missing = {place: short for place, n in seats.items() if limited and (short := _short(quantities[place], n)) > 0}
    return BulkPlan(change, customer, changing, refused, dict(seats), missing, limited, tenant_id)


def _short(quantities: Quantities, seats: int) -> int:
    return quantities.used + seats - min(quantities.allocated, quantities.next_cycle)


def _expect_emails(users: Iterable[SeatedUser]) -> None:
    without = [user.id for user in users if not user.email]
    if without:
        raise Refusal("emails_missing", count=len(without), users=without)


def _expect_own_emails(customer_id: UUID, users: Sequence[SeatedUser]) -> None:
    shared = values_of(UUID, _SHARED_EMAILS, {"customer": customer_id, "users": _texts(user.id for user in users)})
    if shared:
        raise Refusal("emails_in_use", count=len(shared), users=shared)


def _apply(grant: UserManager, plan: BulkPlan, settings: Settings, at: datetime) -> None:
    if not plan.users:
        return
    actor, users = grant.actor, plan.users
    of_all: dict[str, Any] = {
        "customer": plan.customer.id,
        "path": _texts(plan.customer.partner_path),
        "users": _texts(user.id for user in users),
        "journals": _new_ids(users),
        "at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "door": actor.door,
    }
    if plan.change.action in ("enable", "disable"):
        run(_ENABLED, of_all | {"enabled": plan.change.action == "enable"})
        return
    places = [plan.change.place_of(user) for user in users]
    codes = {user.type_code for user in users} | {place[1] for place in places if place}
    lock_totals(plan.customer.id, codes)
    seats = {
        "to_sites": [str(place[0]) if place else None for place in places],
        "to_types": [place[1] if place else None for place in places],
        "away_events": _new_ids(users),
        "here_events": _new_ids(users),
        "enforced": plan.limited,
        "today": settings.day(at),
    }
    if not value_of(bool, _SEATS, of_all | seats):
        # The caller holds customer and balances: only a seat claimed without the customer comes between.
        raise seats_missing(grant, plan)


def _tell_stacks(grant: UserManager, plan: BulkPlan, at: datetime) -> None:
    """Has the users' stacks told what changed."""
    customer_id, action = plan.customer.id, plan.change.action
    if action == "move":
        for user in plan.users:
            if user.tenant_id or plan.tenant_id:
                change_tenant(customer_id, user, email=user.email, tenant_id=plan.tenant_id, at=at)
        return
    calls = [
        NewCall(user.id, user.tenant_id, "delete" if action == "remove" else "update", _former(user, action))
        for user in plan.users
        if user.tenant_id
    ]
    call_stack_for_all(customer_id=customer_id, calls=calls, at=at)


def _former(user: SeatedUser, action: Action) -> dict[str, object]:
    if action == "change_type":
        return {"type_code": user.type_code}
    return {} if action == "remove" else {"enabled": user.enabled}


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(id_) for id_ in ids]


def _new_ids(users: Sequence[SeatedUser]) -> list[str]:
    return [str(new_id()) for _ in users]
