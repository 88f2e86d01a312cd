"""Users who are not on their site's stack yet: they were typed in before its tenant was attached (SPEC 5, 6).

A synchronisation leaves them as they are, with their seat. Somebody decides: create them there, or remove them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import UserManager
from strapontin.journal.operations import record_below
from strapontin.kit.database import row_of
from strapontin.refusals import invalid, not_found
from strapontin.seats.provisioning import call_stack, dismiss
from strapontin.seats.tenants import change_tenant, tenant_of_site

_LOCK_USER = """
SELECT u.id, u.site_id, u.email, u.tenant_id, u.stack_user_uuid,
       EXISTS (SELECT 1 FROM stack_call c
                WHERE c.customer_id = u.customer_id AND c.user_id = u.id AND c.state IN ('waiting', 'sent')) AS called
  FROM seat_user u WHERE u.customer_id = %s AND u.id = %s AND u.state = 'active' FOR NO KEY UPDATE OF u
"""


@dataclass(frozen=True, slots=True)
class _User:
    """An active user, locked. ``called``: a call to the stack about the user is under way."""

    id: UUID
    site_id: UUID
    email: str
    tenant_id: UUID | None
    stack_user_uuid: UUID | None
    called: bool


def create_on_stack(grant: UserManager, *, user_id: UUID, tenant_id: UUID | None = None, at: datetime) -> None:
    """Has a user created on the stack of its site; ``tenant_id`` names the tenant if the site has several.

    Does nothing for a user who is there, or who is being created. The seat does not change. Raises ``not_found``,
    ``tenant_required``, and ``invalid`` for a user without an e-mail or a site without a tenant.
    """
    user = row_of(_User, _LOCK_USER, [grant.customer.id, user_id])
    if user is None:
        raise not_found()
    if user.stack_user_uuid or user.called:
        return
    dismiss(grant, user_id=user_id)
    if user.tenant_id:
        call_stack(customer_id=grant.customer.id, user_id=user_id, tenant_id=user.tenant_id, kind="create", at=at)
    else:
        tenant_id = tenant_of_site(grant.customer.id, user.site_id, named=tenant_id)
        if tenant_id is None:
            raise invalid(_("This site has no telephone server."), field="tenant")
        change_tenant(grant.customer.id, user, email=user.email, tenant_id=tenant_id, at=at)
    record_below(grant, action="user.create_on_stack", at=at, object_id=user_id, after={"site": user.site_id})
