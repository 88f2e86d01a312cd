"""Writing stacks, and attaching their tenants to sites (SPEC 3, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.grants import StackAttacher, StackManager
from strapontin.journal.operations import record, record_below
from strapontin.kit.database import row, run
from strapontin.kit.ids import new_id
from strapontin.kit.sealing import seal
from strapontin.refusals import Refusal, invalid, not_found

_CHANGEABLE = ("name", "url", "username", "verify_tls")
_LOCK = """
SELECT name, kind, url, username, verify_tls, partner_id, password_sealed, version FROM stack WHERE id = %s FOR UPDATE
"""
_INSERT = """
INSERT INTO stack (id, partner_id, name, kind, url, username, password_sealed, verify_tls, created_at, version)
VALUES (%(id)s, %(partner)s, %(name)s, %(kind)s, %(url)s, %(username)s, %(sealed)s, %(verify_tls)s, %(at)s, 1)
"""
_UPDATE = """
UPDATE stack SET name = %(name)s, url = %(url)s, username = %(username)s, verify_tls = %(verify_tls)s,
       password_sealed = %(sealed)s, version = version + 1
WHERE id = %(id)s
"""
# The register holds every tenant of every customer. Row level security hides other customers' rows from the reader
# and not from the unique key, which is what makes a tenant belong to one site everywhere.
_REGISTER = """
INSERT INTO tenant_register (stack_id, tenant_uuid, customer_id, site_id) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_ATTACH = """
INSERT INTO site_tenant (customer_id, id, site_id, stack_id, stack_name, tenant_uuid, error_code, unmapped, agreed)
VALUES (%s, %s, %s, %s, %s, %s, '', '[]'::jsonb, '')
"""


@dataclass(frozen=True, slots=True)
class NewStack:
    """A telephone server to be added; ``partner_id`` is ``None`` for one of the provider's."""

    name: str
    kind: str
    url: str
    username: str = ""
    password: str = ""
    verify_tls: bool = True
    partner_id: UUID | None = None


def create_stack(grant: StackManager, *, new: NewStack, at: datetime) -> UUID:
    """Adds a stack and answers its id. A partner's stack is that partner's own where none is named.

    Raises ``not_found`` for a partner outside the scope, ``provider_only`` for a file.
    """
    if new.kind == "csv":
        # Files lie in one directory for all: a partner could name another one's.
        grants.provider(grant.actor)
    path: list[UUID] = []
    partner_id = new.partner_id or grant.actor.partner_id
    if partner_id is not None:
        path = grants.partner(grant.actor, partner_id).partner.path
    stack_id = new_id()
    run(
        _INSERT,
        {
            "id": stack_id,
            "partner": partner_id,
            "name": new.name,
            "kind": new.kind,
            "url": new.url,
            "username": new.username,
            "sealed": seal(new.password),
            "verify_tls": new.verify_tls,
            "at": at,
        },
    )
    after = {"name": new.name, "kind": new.kind, "url": new.url, "verify_tls": new.verify_tls}
    record(grant.actor, action="stack.create", at=at, object_id=stack_id, partner_path=path, after=after)
    return stack_id


def change_stack(
    grant: StackManager,
    *,
    stack_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes a stack; a ``password`` among the changes is sealed anew.

    A new address without a new password forgets the old one: whoever may change the address must not learn the
    password by having it sent elsewhere. Raises ``not_found``, ``changed_meanwhile``, ``provider_only`` for the
    address of a file, and ``invalid`` for an address of the other kind.
    """
    before = row(_LOCK, [stack_id])
    if before is None:
        raise not_found()
    if expected_version is not None and before["version"] != expected_version:
        raise Refusal("changed_meanwhile")
    wanted = {field: changes.get(field, before[field]) for field in _CHANGEABLE}
    if wanted["url"] != before["url"]:
        if before["kind"] == "csv":
            grants.provider(grant.actor)
        if wanted["url"].startswith("file:") != (before["kind"] == "csv"):
            raise invalid(_("A CSV stack is a file, and only a CSV stack is."), field="url")
    sealed = before["password_sealed"]
    if "password" in changes:
        sealed = seal(changes["password"])
    elif wanted["url"] != before["url"]:
        sealed = b""
    run(_UPDATE, wanted | {"sealed": bytes(sealed), "id": stack_id})
    path = grants.partner(grant.actor, before["partner_id"]).partner.path if before["partner_id"] else []
    record(
        grant.actor,
        action="stack.change",
        at=at,
        object_id=stack_id,
        partner_path=path,
        before={field: before[field] for field in ("name", "url", "verify_tls")},
        after={field: wanted[field] for field in ("name", "url", "verify_tls")}
        | {"password_changed": "password" in changes},
    )


def attach_tenant(grant: StackAttacher, *, site_id: UUID, stack_id: UUID, tenant_uuid: UUID, at: datetime) -> UUID:
    """Attaches a stack's tenant to a site, whose users then live there; answers the attachment's id.

    Raises ``not_found`` for a site of somebody else, ``invalid`` for a stack outside the scope, and
    ``tenant_in_use`` for a tenant that belongs to any site already.
    """
    customer_id = grant.customer.id
    if row("SELECT 1 AS found FROM site WHERE customer_id = %s AND id = %s", [customer_id, site_id]) is None:
        raise not_found()
    stack = row("SELECT name FROM stack WHERE id = %s", [stack_id])
    if stack is None:
        raise invalid(_("There is no such stack, or none that you may use."), field="stack")
    if not run(_REGISTER, [stack_id, tenant_uuid, customer_id, site_id]):
        raise Refusal("tenant_in_use")
    tenant_id = new_id()
    run(_ATTACH, [customer_id, tenant_id, site_id, stack_id, stack["name"], tenant_uuid])
    record_below(
        grant,
        action="tenant.attach",
        at=at,
        object_id=tenant_id,
        after={"site": site_id, "stack": stack_id, "tenant": tenant_uuid},
    )
    return tenant_id


def detach_tenant(grant: StackAttacher, *, site_id: UUID, tenant_id: UUID, at: datetime) -> None:
    """Takes back an attachment that was never used.

    Raises ``not_found``, and ``tenant_has_users`` once users or readings speak of it.
    """
    customer_id = grant.customer.id
    try:
        with transaction.atomic():
            gone = row(
                "DELETE FROM site_tenant WHERE customer_id = %s AND site_id = %s AND id = %s"
                " RETURNING stack_id, tenant_uuid",
                [customer_id, site_id, tenant_id],
            )
            if gone is None:
                raise not_found()
            run(
                "DELETE FROM tenant_register WHERE stack_id = %s AND tenant_uuid = %s AND customer_id = %s",
                [gone["stack_id"], gone["tenant_uuid"], customer_id],
            )
    except IntegrityError as error:
        raise Refusal("tenant_has_users") from error
    before = {"site": site_id, "stack": gone["stack_id"]}
    record_below(grant, action="tenant.detach", at=at, object_id=tenant_id, before=before)
