"""Writing stacks, and attaching their tenants to sites (SPEC 3, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.grants import StackAttacher, StackManager
from strapontin.journal.operations import record, record_below
from strapontin.kit.database import exists, row_of, run, value_of
from strapontin.kit.ids import new_id
from strapontin.kit.networks import is_listed, is_public, literal_address
from strapontin.kit.sealing import seal
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal, expect_version, invalid, not_found
from strapontin.stacks.base import StackKind
from strapontin.stacks.vault import allowed_networks

_CHANGEABLE = ("name", "url", "username", "verify_tls")
_TOLD = ("name", "url", "verify_tls")
_LOCK = """
SELECT name, kind, url, username, verify_tls, partner_id, version FROM stack WHERE id = %s FOR UPDATE
"""
_INSERT = """
INSERT INTO stack (id, partner_id, name, kind, url, username, password_sealed, verify_tls, created_at, version)
VALUES (%(id)s, %(partner)s, %(name)s, %(kind)s, %(url)s, %(username)s, %(sealed)s, %(verify_tls)s, %(at)s, 1)
"""
_UPDATE = """
UPDATE stack SET name = %(name)s, url = %(url)s, username = %(username)s, verify_tls = %(verify_tls)s,
       version = version + 1,
       server_uuid = CASE WHEN url = %(url)s THEN server_uuid END, silent_since = NULL, silent_until = NULL
WHERE id = %(id)s
"""
_SEAL = "UPDATE stack SET password_sealed = %s WHERE id = %s"
# The register holds the tenants of every customer. Row level security hides other customers' rows from a reader but not
# from the unique key: so a tenant belongs to one site only, of all customers.
_REGISTER = """
INSERT INTO tenant_register (stack_id, tenant_uuid, customer_id, site_id) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_ATTACH = """
INSERT INTO site_tenant (customer_id, id, site_id, stack_id, stack_name, tenant_uuid, error_code, unmapped, agreed)
VALUES (%s, %s, %s, %s, %s, %s, '', '[]'::jsonb, '')
"""
_SITE = "SELECT 1 FROM site WHERE customer_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class _Stack:
    """A stack, locked for a change."""

    name: str
    kind: StackKind
    url: str
    username: str
    verify_tls: bool
    partner_id: UUID | None
    version: int

    def told(self) -> dict[str, object]:
        """What the journal keeps of it."""
        return {field: getattr(self, field) for field in _TOLD}


@dataclass(frozen=True, slots=True)
class NewStack:
    """A telephone server to be added. ``partner_id`` is ``None`` if it is the provider's."""

    name: str
    kind: str
    url: str
    username: str = ""
    password: str = ""
    verify_tls: bool = True
    partner_id: UUID | None = None


def create_stack(grant: StackManager, *, new: NewStack, at: datetime) -> UUID:
    """Adds a stack and answers its id. If a partner adds it without naming a partner, the stack is that partner's own.

    Raises ``not_found`` for a partner outside the scope, ``provider_only`` for a file, and ``invalid`` for an address
    in a network that the provider does not allow.
    """
    if new.kind == "csv":
        # The files of all partners lie in one directory: a partner could name another partner's file.
        grants.provider(grant.actor)
    _check_network(new.url)
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

    A new address without a new password deletes the old password: a person who may change the address could otherwise
    have the password sent elsewhere. So does giving up the check of the certificate. Raises ``not_found``,
    ``changed_meanwhile``, ``provider_only`` for the address of a file, and ``invalid`` for an address of the other kind
    or in a network that the provider does not allow.
    """
    before = row_of(_Stack, _LOCK, [stack_id])
    if before is None:
        raise not_found()
    expect_version(expected_version, before.version)
    after = replace(before, **{field: changes[field] for field in _CHANGEABLE if field in changes})
    if after.url != before.url:
        _check_kind(grant, after)
        _check_network(after.url)
    values = {field: getattr(after, field) for field in _CHANGEABLE}
    run(_UPDATE, {**values, "id": stack_id})
    if "password" in changes:
        run(_SEAL, [seal(changes["password"]), stack_id])
    elif after.url != before.url or (before.verify_tls and not after.verify_tls):
        run(_SEAL, [b"", stack_id])
    record(
        grant.actor,
        action="stack.change",
        at=at,
        object_id=stack_id,
        partner_path=grants.partner(grant.actor, before.partner_id).partner.path if before.partner_id else [],
        before=before.told(),
        after=after.told() | {"password_changed": "password" in changes},
    )


def _check_network(url: str) -> None:
    """Refuses an address that stands in the URL and that the provider does not allow; names are looked up later."""
    parts = urlsplit(url)
    address = literal_address(parts.hostname or "")
    if parts.scheme == "file" or address is None or is_listed(address, allowed_networks(load().stack_networks)):
        return
    if not is_public(address):
        raise invalid(_("The provider does not allow stacks in this network."), field="url")
    if parts.scheme == "http":
        raise invalid(_("Without https:// the password would pass in the clear."), field="url")


def _check_kind(grant: StackManager, stack: _Stack) -> None:
    is_file = stack.kind == "csv"
    if is_file:
        grants.provider(grant.actor)
    if stack.url.startswith("file:") != is_file:
        raise invalid(_("A CSV stack is a file, and only a CSV stack is."), field="url")


def attach_tenant(grant: StackAttacher, *, site_id: UUID, stack_id: UUID, tenant_uuid: UUID, at: datetime) -> UUID:
    """Attaches a stack's tenant to a site: users of the site then live there. Answers the attachment's id.

    A tenant's uuid is unique in the world: also by another stack, the same tenant is the same one.

    Raises ``not_found`` for a site of another customer, ``invalid`` for a stack outside the scope, and
    ``tenant_in_use`` for a tenant that already belongs to a site.
    """
    customer_id = grant.customer.id
    if not exists(_SITE, [customer_id, site_id]):
        raise not_found()
    stack_name = value_of(str, "SELECT name FROM stack WHERE id = %s", [stack_id])
    if stack_name is None:
        raise invalid(_("There is no such stack, or none that you may use."), field="stack")
    if not run(_REGISTER, [stack_id, tenant_uuid, customer_id, site_id]):
        raise Refusal("tenant_in_use")
    tenant_id = new_id()
    run(_ATTACH, [customer_id, tenant_id, site_id, stack_id, stack_name, tenant_uuid])
    record_below(
        grant,
        action="tenant.attach",
        at=at,
        object_id=tenant_id,
        after={"site": site_id, "stack": stack_id, "tenant": tenant_uuid},
    )
    return tenant_id
