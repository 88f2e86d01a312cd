"""Writing who may come in: API keys, and what they share with administrators (SPEC 3).

Nobody grants a role or a scope that they do not hold. A scope outside the giver's own is ``not_found``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import AdministratorManager
from strapontin.access.keys import digest, end_keys_made_by
from strapontin.journal.operations import record
from strapontin.kit.database import exists, row_of, run
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
# Whoever ends the maker waits for this row, and then finds the new key.
_HOLD_MAKER = {
    "administrator": "SELECT 1 FROM administrator WHERE id = %s AND is_active FOR SHARE",
    "api_key": "SELECT 1 FROM api_key WHERE id = %s AND revoked_at IS NULL FOR SHARE",
}
_HOLD_PARTNER = "SELECT 1 FROM partner WHERE id = %s FOR SHARE"
_HOLD_CUSTOMER = "SELECT 1 FROM customer WHERE id = %s FOR SHARE"
_REVOKE_KEY = """
UPDATE api_key SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL RETURNING provider, partner_id, customer_id
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


def create_api_key(grant: AdministratorManager, *, new: NewKey, at: datetime) -> tuple[UUID, str]:
    """Makes a key; answers its id and the key itself, which is kept only as a hash.

    Raises ``cannot_grant``, ``not_found`` for a scope outside one's own, ``invalid`` for an expiry that has passed or
    lies more than three years ahead, and ``not_signed_in`` if the maker was ended meanwhile.
    """
    hold_maker = _HOLD_MAKER.get(grant.actor.kind)
    if hold_maker and grant.actor.id and not exists(hold_maker, [grant.actor.id]):
        raise Refusal("not_signed_in")
    path = path_to_grant(grant.actor, new.scope, new.roles)
    now = datetime.now(UTC)
    expires_at = new.expires_at or now + LIFE
    if not now < expires_at <= now + LONGEST_LIFE:
        raise invalid(_("A key ends within the next three years."), field="expires_at")
    key_id, key = new_id(), PREFIX + secrets.token_urlsafe(32)
    facts = scope_columns(new.scope) | {
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
    """Ends a key at once, and those that were made with it.

    Raises ``not_found`` for a key that is outside the scope or has ended already.
    """
    # By real time, also in a sandbox (API.md).
    scope = row_of(ScopeGiven, _REVOKE_KEY, [key_id])
    if scope is None:
        raise not_found()
    record(
        grant.actor,
        action="api_key.revoke",
        at=at,
        object_id=key_id,
        partner_path=path_of(grant.actor, scope),
        customer_id=scope.customer_id,
        after={"keys_ended": end_keys_made_by(key_id)},
    )


def path_to_grant(actor: Actor, scope: ScopeGiven, roles: list[str]) -> list[UUID]:
    """The partners' path of the scope; ``cannot_grant`` if the actor may not give it with these roles.

    Waits for a move of a partner above the scope: who is above it no longer then gives nothing.
    """
    path_of(actor, scope)
    for hold, held_id in ((_HOLD_PARTNER, scope.partner_id), (_HOLD_CUSTOMER, scope.customer_id)):
        if held_id is not None and not exists(hold, [held_id]):
            raise not_found()
    path = path_of(actor, scope)
    if not actor.roles.issuperset(roles):
        raise Refusal("cannot_grant")
    return path


def path_of(actor: Actor, scope: ScopeGiven) -> list[UUID]:
    """The partners' path of a scope within the actor's own; ``cannot_grant`` or ``not_found`` outside of it."""
    if scope.provider and not actor.provider:
        raise Refusal("cannot_grant")
    if scope.partner_id is not None:
        return grants.partner(actor, scope.partner_id).partner.path
    if scope.customer_id is not None:
        return grants.customer(actor, scope.customer_id).customer.partner_path
    return []


def scope_columns(scope: ScopeGiven) -> dict[str, object]:
    return {"provider": scope.provider, "partner_id": scope.partner_id, "customer_id": scope.customer_id}
