"""Which stack tenant a user lives in, and what is to be done on the stacks when that changes (SPEC 3, 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.kit.database import rows, run
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal, invalid
from strapontin.seats.provisioning import call_stack

# The stack tells users apart by their e-mail: without one, a repeated call could create somebody twice.
NEEDS_EMAIL = _("A user of a site with a telephone server needs an e-mail address.")

_TENANTS = "SELECT id FROM site_tenant WHERE customer_id = %s AND site_id = %s ORDER BY id"
# What stays on the former stack until it is deleted there is somebody who is gone: the calls to that stack, those
# still to be made included, need who it was there, while the user gets another identity on the new one.
_LEAVE = """
WITH behind AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                           origin, tenant_id, stack_user_uuid, claimed_at, released_at, version)
    SELECT customer_id, %(behind)s, site_id, type_code, first_name, last_name, email, extension, enabled, 'gone',
           origin, tenant_id, stack_user_uuid, claimed_at, %(at)s, 1
      FROM seat_user WHERE customer_id = %(customer)s AND id = %(user)s
), calls AS (
    UPDATE stack_call SET user_id = %(behind)s
     WHERE customer_id = %(customer)s AND user_id = %(user)s AND state IN ('waiting', 'sent')
)
UPDATE seat_user SET tenant_id = NULL, stack_user_uuid = NULL
 WHERE customer_id = %(customer)s AND id = %(user)s
"""
_ENTER = "UPDATE seat_user SET tenant_id = %s WHERE customer_id = %s AND id = %s"


def tenant_of_site(customer_id: UUID, site_id: UUID, *, named: UUID | None) -> UUID | None:
    """The tenant in which a user of a site is also created: the site's one, or the one ``named`` among several."""
    found = [tenant["id"] for tenant in rows(_TENANTS, [customer_id, site_id])]
    if named is not None:
        if named not in found:
            raise invalid(_("This tenant is none of the site."), field="tenant")
        return named
    if len(found) > 1:
        raise Refusal("tenant_required", field="tenant")
    return found[0] if found else None


def change_tenant(customer_id: UUID, user: dict[str, Any], *, email: str, tenant_id: UUID | None, at: datetime) -> None:
    """Lets a user leave one tenant and enter another; either may be none. ``invalid`` without an e-mail to enter."""
    if tenant_id and not email:
        raise invalid(NEEDS_EMAIL, field="email")
    if former := user["tenant_id"]:
        behind = new_id()
        run(_LEAVE, {"customer": customer_id, "user": user["id"], "behind": behind, "at": at})
        call_stack(customer_id=customer_id, user_id=behind, tenant_id=former, kind="delete", at=at)
    if tenant_id:
        run(_ENTER, [tenant_id, customer_id, user["id"]])
        call_stack(customer_id=customer_id, user_id=user["id"], tenant_id=tenant_id, kind="create", at=at)
