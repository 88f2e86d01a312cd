"""Writing who may come in: API keys and administrators (SPEC 3).

Nobody grants a role or a scope that they do not hold. A scope outside the giver's own is ``not_found``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.actors import Actor, system
from strapontin.access.grants import AdministratorManager
from strapontin.access.keys import digest
from strapontin.access.scope import acting
from strapontin.access.sessions import end_other_sessions
from strapontin.journal.operations import record
from strapontin.kit.database import row_of, run, value_of
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal, invalid, not_found

PREFIX = "strapontin_"
LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=3 * 366)

_INSERT_KEY = """
INSERT INTO api_key (id, name, key_hash, provider, partner_id, customer_id, roles, language, created_by_id,
                     created_at, expires_at)
VALUES (%(id)s, %(name)s, %(hash)s, %(provider)s, %(partner_id)s, %(customer_id)s, %(roles)s::text[],
        %(language)s, %(by)s, %(at)s, %(expires_at)s)
"""
# ON CONFLICT names no column: to name one needs the right to read other people's logins.
_INSERT_ACCOUNT = """
INSERT INTO account (id, email, password, is_active) VALUES (%s, %s, %s, true) ON CONFLICT DO NOTHING
"""
_REVOKE_KEY = """
UPDATE api_key SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL RETURNING provider, partner_id, customer_id
"""
_LOCK_ADMINISTRATOR = """
SELECT name, language, roles, provider, partner_id, customer_id FROM administrator WHERE id = %s FOR UPDATE
"""
_DELETE_SECOND_FACTOR = """
DELETE FROM mfa_authenticator WHERE user_id = (SELECT account_id FROM administrator WHERE id = %s) RETURNING user_id
"""
_INSERT_ADMINISTRATOR = """
INSERT INTO administrator (id, account_id, name, provider, partner_id, customer_id, roles, language, created_at)
VALUES (%(id)s, %(account)s, %(name)s, %(provider)s, %(partner_id)s, %(customer_id)s, %(roles)s::text[],
        %(language)s, %(at)s)
"""


@dataclass(frozen=True, slots=True)
class ScopeGiven:
    """What a new administrator or key shall see: exactly one of the three."""

    provider: bool = False
    partner_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key to be made; ``expires_at`` is real time, and a year from now if ``None``."""

    name: str
    scope: ScopeGiven
    roles: list[str]
    expires_at: datetime | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """A person to be let in; ``email`` is the login."""

    name: str
    email: str
    scope: ScopeGiven
    roles: list[str]
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class _Administrator:
    name: str
    language: str
    roles: list[str]
    provider: bool
    partner_id: UUID | None
    customer_id: UUID | None


def create_api_key(grant: AdministratorManager, *, new: NewKey, at: datetime) -> tuple[UUID, str]:
    """Makes a key; answers its id and the key itself, which is kept only as a hash.

    Raises ``cannot_grant``, ``not_found`` for a scope outside one's own, and ``invalid`` for an expiry that has
    passed or lies more than three years ahead.
    """
    path = _path_to_grant(grant.actor, new.scope, new.roles)
    now = datetime.now(UTC)
    expires_at = new.expires_at or now + LIFE
    if not now < expires_at <= now + LONGEST_LIFE:
        raise invalid(_("A key ends within the next three years."), field="expires_at")
    key_id, key = new_id(), PREFIX + secrets.token_urlsafe(32)
    facts = _scope_columns(new.scope) | {
        "id": key_id,
        "name": new.name,
        "hash": digest(key),
        "roles": new.roles,
        "language": new.language,
        "by": grant.actor.id,
        "at": at,
        "expires_at": expires_at,
    }
    run(_INSERT_KEY, facts)
    record(
        grant.actor,
        action="api_key.create",
        at=at,
        object_id=key_id,
        partner_path=path,
        customer_id=new.scope.customer_id,
        after={"roles": new.roles},
    )
    return key_id, key


def revoke_api_key(grant: AdministratorManager, *, key_id: UUID, at: datetime) -> None:
    """Ends a key at once; ``not_found`` for one that is outside the scope or has ended already."""
    # By real time, also in a sandbox (API.md).
    scope = row_of(ScopeGiven, _REVOKE_KEY, [key_id])
    if scope is None:
        raise not_found()
    record(
        grant.actor,
        action="api_key.revoke",
        at=at,
        object_id=key_id,
        partner_path=_path_of(grant.actor, scope),
        customer_id=scope.customer_id,
    )


def create_administrator(grant: AdministratorManager, *, new: NewAdministrator, at: datetime) -> UUID:
    """Adds an administrator, who chooses a password by invitation; answers the id.

    Raises ``cannot_grant``, ``not_found``, and ``already_exists`` for an e-mail address that signs in already.
    """
    path = _path_to_grant(grant.actor, new.scope, new.roles)
    account_id, administrator_id = new_id(), new_id()
    if not run(_INSERT_ACCOUNT, [account_id, new.email.lower(), make_password(None)]):
        raise Refusal("already_exists", explanation=new.email, field="email")
    facts = _scope_columns(new.scope) | {
        "id": administrator_id,
        "account": account_id,
        "name": new.name,
        "roles": new.roles,
        "language": new.language,
        "at": at,
    }
    run(_INSERT_ADMINISTRATOR, facts)
    record(
        grant.actor,
        action="administrator.create",
        at=at,
        object_id=administrator_id,
        partner_path=path,
        customer_id=new.scope.customer_id,
        after={"roles": new.roles},
    )
    return administrator_id


def change_administrator(
    grant: AdministratorManager, *, administrator_id: UUID, changes: Mapping[str, Any], at: datetime
) -> None:
    """Changes ``name``, ``language`` or ``roles``; roles that are new must be the giver's own.

    Raises ``not_found`` outside the scope and ``cannot_grant``.
    """
    before = row_of(_Administrator, _LOCK_ADMINISTRATOR, [administrator_id])
    if before is None:
        raise not_found()
    scope = ScopeGiven(before.provider, before.partner_id, before.customer_id)
    # A customer's administrator can read those above who can help. That gives no right to change them.
    path = _path_of(grant.actor, scope)
    after = {field: changes.get(field, getattr(before, field)) for field in ("name", "language", "roles")}
    if not set(after["roles"]) - set(before.roles) <= grant.actor.roles:
        raise Refusal("cannot_grant")
    run(
        "UPDATE administrator SET name = %(name)s, language = %(language)s, roles = %(roles)s::text[]"
        " WHERE id = %(id)s",
        after | {"id": administrator_id},
    )
    record(
        grant.actor,
        action="administrator.change",
        at=at,
        object_id=administrator_id,
        partner_path=path,
        customer_id=scope.customer_id,
        before={"roles": before.roles},
        after={"roles": after["roles"]},
    )


def reset_second_factor(grant: AdministratorManager, *, administrator_id: UUID, at: datetime) -> None:
    """Takes the second factor and the sessions from somebody who lost the device; the password alone counts then.

    Nothing happens if there is none. Raises ``not_found`` outside the scope and ``cannot_grant``.
    """
    administrator = row_of(_Administrator, _LOCK_ADMINISTRATOR, [administrator_id])
    if administrator is None:
        raise not_found()
    scope = ScopeGiven(administrator.provider, administrator.partner_id, administrator.customer_id)
    path = _path_of(grant.actor, scope)
    # No scope reads what signs people in: the door does.
    with acting(system(), "door"):
        account_id = value_of(UUID, _DELETE_SECOND_FACTOR, [administrator_id])
    if account_id is None:
        return
    end_other_sessions(account_id=account_id)
    record(
        grant.actor,
        action="administrator.reset_second_factor",
        at=at,
        object_id=administrator_id,
        partner_path=path,
        customer_id=scope.customer_id,
    )


def _path_to_grant(actor: Actor, scope: ScopeGiven, roles: list[str]) -> list[UUID]:
    """The partners' path of the scope; ``cannot_grant`` if the actor may not give it with these roles."""
    path = _path_of(actor, scope)
    if not actor.roles.issuperset(roles):
        raise Refusal("cannot_grant")
    return path


def _path_of(actor: Actor, scope: ScopeGiven) -> list[UUID]:
    """The partners' path of a scope within the actor's own; ``cannot_grant`` or ``not_found`` outside of it."""
    if scope.provider and not actor.provider:
        raise Refusal("cannot_grant")
    if scope.partner_id is not None:
        return grants.partner(actor, scope.partner_id).partner.path
    if scope.customer_id is not None:
        return grants.customer(actor, scope.customer_id).customer.partner_path
    return []


def _scope_columns(scope: ScopeGiven) -> dict[str, object]:
    return {"provider": scope.provider, "partner_id": scope.partner_id, "customer_id": scope.customer_id}
