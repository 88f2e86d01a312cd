"""Which stack tenant a user lives in, and what is to be done on the stacks when that changes (SPEC 3, 5)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.kit.database import exists, run, statement, values_of
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal, invalid
from strapontin.seats.provisioning import call_stack

# The stack tells users apart by their e-mail. Without one, a repeated call could create a user twice.
NEEDS_EMAIL = _("A user of a site with a telephone server needs an e-mail address.")

_TENANTS = "SELECT id FROM site_tenant WHERE customer_id = %s AND site_id = %s ORDER BY id"
_LEAVE = statement(__file__, "leave_tenant.sql")
_ONE_STACK = """
SELECT 1 FROM site_tenant a JOIN site_tenant b ON b.customer_id = a.customer_id AND b.stack_id = a.stack_id
 WHERE a.customer_id = %s AND a.id = %s AND b.id = %s
"""
_ENTER = "UPDATE seat_user SET tenant_id = %s WHERE customer_id = %s AND id = %s"


def tenant_of_site(customer_id: UUID, site_id: UUID, *, named: UUID | None) -> UUID | None:
    """The tenant in which a user of a site is also created: the site's only one, or the one ``named``.

    Raises ``invalid`` if the named tenant is not the site's, and ``tenant_required`` if the site has several and none
    is named.
    """
    tenant_ids = values_of(UUID, _TENANTS, [customer_id, site_id])
    if named is not None:
        if named not in tenant_ids:
            raise invalid(_("This tenant is none of the site."), field="tenant")
        return named
    if len(tenant_ids) > 1:
        raise Refusal("tenant_required", field="tenant")
    return tenant_ids[0] if tenant_ids else None


class Tenanted(Protocol):
    """A user and the tenant it lives in, if any."""

    @property
    def id(self) -> UUID: ...
    @property
    def tenant_id(self) -> UUID | None: ...


def change_tenant(
    customer_id: UUID, user: Tenanted, *, email: str, tenant_id: UUID | None, at: datetime
) -> UUID | None:
    """Lets a user leave its tenant, if any, and enter the tenant ``tenant_id``, if any.

    The user is created there first and deleted here after: what the new tenant refuses leaves the user where it was
    (:func:`strapontin.seats.undoing.take_back_move`). Answers the id of the call that decides, if a stack has to be
    called. Raises ``invalid`` if the user enters a tenant without an e-mail.
    """
    if tenant_id and not email:
        raise invalid(NEEDS_EMAIL, field="email")
    calls = partial(call_stack, customer_id=customer_id, at=at)
    former, behind_id = user.tenant_id, new_id()
    if former:
        run(_LEAVE, {"customer": customer_id, "user": user.id, "behind": behind_id, "at": at})
    if tenant_id is None:
        return calls(user_id=behind_id, tenant_id=former, kind="delete") if former else None
    run(_ENTER, [tenant_id, customer_id, user.id])
    if former is None:
        return calls(user_id=user.id, tenant_id=tenant_id, kind="create")
    move = {"user": user.id, "behind": behind_id}
    if exists(_ONE_STACK, [customer_id, former, tenant_id]):
        # An e-mail is once on a stack.
        calls(user_id=behind_id, tenant_id=former, kind="free_email", former=move)
    call_id = calls(user_id=user.id, tenant_id=tenant_id, kind="create", former=move)
    calls(user_id=behind_id, tenant_id=former, kind="delete", former={"after": call_id})
    return call_id
