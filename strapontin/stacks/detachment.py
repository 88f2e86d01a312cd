"""Taking a tenant off its site again, alone or with its users (SPEC 6).

Users whom the stack brought go: without the tenant nothing tells of them any more. Who was typed in here stays, with
the seat. Nothing is deleted on the stack. Calls that were still to be made are given up, also those by which a user
would have left a former tenant for this one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from strapontin.access.grants import StackAttacher
from strapontin.journal.operations import record_below
from strapontin.kit.database import row_of, rows_of, run, value_of
from strapontin.kit.names import sort_key
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, not_found
from strapontin.seats.observed import let_go

_LOCK = """
SELECT stack_id, tenant_uuid FROM site_tenant WHERE customer_id = %s AND site_id = %s AND id = %s FOR NO KEY UPDATE
"""
_USERS = """
SELECT id, type_code, trim(first_name || ' ' || last_name) AS name, origin = 'stack' AS goes, version FROM seat_user
 WHERE customer_id = %s AND tenant_id = %s AND state = 'active' ORDER BY id
"""
_OPEN_CALLS = """
SELECT count(*) FROM stack_call WHERE customer_id = %s AND tenant_id = %s AND state IN ('waiting', 'sent')
"""
# Who was about to move here is not deleted in the former tenant: nothing would be left of its telephone.
_LEAVE_THERE = """
DELETE FROM stack_call d USING stack_call c
 WHERE c.customer_id = %s AND c.tenant_id = %s AND c.kind = 'create' AND c.state IN ('waiting', 'sent')
   AND d.customer_id = c.customer_id AND d.state IN ('waiting', 'sent')
   AND (d.former ->> 'after' = c.id::text OR d.kind = 'free_email' AND d.former = c.former)
"""
# Also those who stay or are gone: users come before the customer and the calls in the order of locks.
_LOCK_USERS = "SELECT 1 FROM seat_user WHERE customer_id = %s AND tenant_id = %s ORDER BY id FOR NO KEY UPDATE"
_FORGET = (
    "UPDATE seat_user SET tenant_id = NULL, stack_user_uuid = NULL WHERE customer_id = %s AND tenant_id = %s",
    _LEAVE_THERE,
    "DELETE FROM tenant_reading WHERE customer_id = %s AND tenant_id = %s",
    "DELETE FROM stack_call WHERE customer_id = %s AND tenant_id = %s",
    "DELETE FROM site_tenant WHERE customer_id = %s AND id = %s",
)
_UNREGISTER = "DELETE FROM tenant_register WHERE stack_id = %s AND tenant_uuid = %s AND customer_id = %s"


@dataclass(frozen=True, slots=True)
class _Attached:
    stack_id: UUID
    tenant_uuid: UUID


@dataclass(frozen=True, slots=True)
class TenantUser:
    """An active user of a tenant. ``goes``: the stack brought the user, who leaves with the tenant."""

    id: UUID
    type_code: str
    name: str
    goes: bool
    version: int


@dataclass(frozen=True, slots=True)
class Detachment:
    """What a detachment does: who goes and who stays, the seats that are left by type, the calls that are given up."""

    users: list[TenantUser]
    open_calls: int
    digest: str

    @property
    def seats(self) -> dict[str, int]:
        """The seats that are left, by type code."""
        return dict(sorted(Counter(user.type_code for user in self.users if user.goes).items()))


def detach_tenant(grant: StackAttacher, *, site_id: UUID, tenant_id: UUID, at: datetime) -> None:
    """Takes a tenant off its site, if nobody lives there.

    Raises ``not_found``, and ``tenant_has_users`` if an active user lives there or a call to it is open.
    """
    attached = _lock(grant, site_id, tenant_id)
    detachment = _detachment(grant, tenant_id)
    if detachment.users or detachment.open_calls:
        raise Refusal("tenant_has_users")
    _detach(grant, attached, site_id=site_id, tenant_id=tenant_id, detachment=detachment, at=at)


def preview_detachment(grant: StackAttacher, *, site_id: UUID, tenant_id: UUID) -> Detachment:
    """What :func:`confirm_detachment` would do now. Raises ``not_found``."""
    _lock(grant, site_id, tenant_id)
    return _detachment(grant, tenant_id)


def confirm_detachment(
    grant: StackAttacher, *, site_id: UUID, tenant_id: UUID, digest: str | None, settings: Settings, at: datetime
) -> Detachment:
    """Takes a tenant off its site with the users whom its stack brought; answers what was done.

    With a ``digest`` it does exactly what was shown, or raises ``preview_outdated`` with the ``fresh`` preview. Raises
    ``not_found``.
    """
    attached = _lock(grant, site_id, tenant_id)
    detachment = _detachment(grant, tenant_id)
    if digest is not None and digest != detachment.digest:
        raise Refusal("preview_outdated", fresh=detachment)
    let_go(
        grant.actor,
        grant.customer,
        site_id=site_id,
        tenant_id=tenant_id,
        users=[user for user in detachment.users if user.goes],
        today=settings.day(at),
        at=at,
    )
    _detach(grant, attached, site_id=site_id, tenant_id=tenant_id, detachment=detachment, at=at)
    return detachment


def _lock(grant: StackAttacher, site_id: UUID, tenant_id: UUID) -> _Attached:
    """Locks the tenant and its users: no answer of its stack is applied meanwhile.

    FOR UPDATE of the tenant would end in a deadlock: the foreign keys of a user who is changed or enters would wait for
    our lock, and we for that user or its balance. Who enters all the same keeps the tenant, by a foreign key of its
    own.
    """
    attached = row_of(_Attached, _LOCK, [grant.customer.id, site_id, tenant_id])
    if attached is None:
        raise not_found()
    run(_LOCK_USERS, [grant.customer.id, tenant_id])
    return attached


def _detachment(grant: StackAttacher, tenant_id: UUID) -> Detachment:
    place = [grant.customer.id, tenant_id]
    users = rows_of(TenantUser, f"{_USERS} FOR NO KEY UPDATE", place)
    open_calls = value_of(int, _OPEN_CALLS, place) or 0
    shown = repr((sorted((str(user.id), user.version) for user in users), open_calls))
    users.sort(key=lambda user: (sort_key(user.name), user.id))
    return Detachment(users, open_calls, hashlib.sha256(shown.encode()).hexdigest()[:32])


def _detach(
    grant: StackAttacher,
    attached: _Attached,
    *,
    site_id: UUID,
    tenant_id: UUID,
    detachment: Detachment,
    at: datetime,
) -> None:
    for statement in _FORGET:
        run(statement, [grant.customer.id, tenant_id])
    run(_UNREGISTER, [attached.stack_id, attached.tenant_uuid, grant.customer.id])
    before = {"site": site_id, "stack": attached.stack_id, "tenant": attached.tenant_uuid, "seats": detachment.seats}
    record_below(grant, action="tenant.detach", at=at, object_id=tenant_id, before=before)
