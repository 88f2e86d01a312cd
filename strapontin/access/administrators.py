"""Writing administrators: invited, changed, suspended, removed (SPEC 3).

Nobody gives a role that they do not hold. Each scope keeps somebody who can manage its administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.actors import Actor
from strapontin.access.grants import AdministratorManager
from strapontin.access.keys import end_keys_made_by
from strapontin.access.logins import close_login, open_login, set_login_active
from strapontin.access.operations import ScopeGiven, path_of, path_to_grant, scope_columns
from strapontin.access.queries import AdministratorFacts, administrator
from strapontin.access.scope import as_door
from strapontin.access.sessions import end_other_sessions
from strapontin.journal.operations import record
from strapontin.kit.changes import different, values
from strapontin.kit.database import exists, row_of, run, value_of
from strapontin.kit.ids import new_id
from strapontin.kit.text import email_form
from strapontin.refusals import Refusal

_CHANGEABLE = ("name", "language", "roles", "is_active", "email", "daily_letter")
# Row level security also shows a customer those above who can help: they are not in its scope.
_IN_SIGHT = """
SELECT 1 FROM administrator
 WHERE email = %(email)s AND id IS DISTINCT FROM %(self)s::uuid
   AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s::uuid)
"""
_INSERT = """
INSERT INTO administrator (id, account_id, name, email, is_active, provider, partner_id, customer_id, roles, language,
                           created_by_id, created_at)
VALUES (%(id)s, %(account)s, %(name)s, %(email)s, true, %(provider)s, %(partner_id)s, %(customer_id)s,
        %(roles)s::text[], %(language)s, %(by)s, %(at)s)
ON CONFLICT DO NOTHING
"""
# Changes nothing if the scope would be left without anybody who manages its administrators.
_UPDATE = """
UPDATE administrator a
   SET name = %(name)s, language = %(language)s, roles = %(roles)s::text[], is_active = %(is_active)s,
       daily_letter = %(daily_letter)s, email = %(email)s,
       ended_at = %(ended_at)s, account_id = CASE WHEN %(keeps_login)s THEN account_id END
  FROM (SELECT id, account_id AS former FROM administrator WHERE id = %(id)s) AS before
 WHERE a.id = before.id AND (%(may_go)s OR EXISTS (
       SELECT 1 FROM administrator o
        WHERE o.id <> a.id AND o.is_active AND 'administrators' = ANY (o.roles) AND o.provider = a.provider
          AND o.partner_id IS NOT DISTINCT FROM a.partner_id AND o.customer_id IS NOT DISTINCT FROM a.customer_id))
RETURNING before.former AS account_id
"""
_DELETE_SECOND_FACTOR = """
DELETE FROM mfa_authenticator WHERE user_id = (SELECT account_id FROM administrator WHERE id = %s) RETURNING user_id
"""
_GIVE_LOGIN = "UPDATE administrator SET account_id = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """A person to be let in; ``email`` is the login."""

    name: str
    email: str
    scope: ScopeGiven
    roles: list[str]
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class _Login:
    """The login that an administrator had before a change."""

    account_id: UUID | None


def create_administrator(grant: AdministratorManager, *, new: NewAdministrator, at: datetime) -> UUID:
    """Adds an administrator, who chooses a password by invitation; answers the id.

    An e-mail address signs in once in the whole installation. If it signs in outside the giver's scope, the
    administrator is added without a login, and the invitation says so to the person. The giver cannot tell the
    difference. Raises ``cannot_grant``, ``not_found``, and ``already_exists`` for an address in the giver's scope.
    """
    path = path_to_grant(grant.actor, new.scope, new.roles)
    email = email_form(new.email).lower()
    _refuse_address_in_sight(grant.actor, email)
    administrator_id = new_id()
    facts = scope_columns(new.scope) | {
        "id": administrator_id,
        "account": open_login(email),
        "name": new.name,
        "email": email,
        "roles": new.roles,
        "language": new.language,
        "by": grant.actor.id,
        "at": at,
    }
    if not run(_INSERT, facts):
        raise Refusal("already_exists", explanation=email, field="email")
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
    """Changes ``name``, ``language``, ``roles``, ``is_active``, ``email`` or ``daily_letter``.

    Who is suspended (``is_active`` false) is signed out, and the keys that they made end: these do not come back. A new
    ``email`` is a new login: it needs a new password, and sessions end. Raises ``not_found`` outside the scope,
    ``last_administrator``, ``already_exists`` for an address in the giver's scope, and ``cannot_grant`` for roles that
    the giver does not hold: new ones, and all of those whom the change lets in again or by another address.
    """
    before = administrator(grant, administrator_id, lock=True)
    wished = {field: value for field, value in changes.items() if field in _CHANGEABLE}
    if "email" in wished:
        wished["email"] = email_form(wished["email"]).lower()
        _refuse_address_in_sight(grant.actor, wished["email"], besides=administrator_id)
    after = {field: wished.get(field, getattr(before, field)) for field in _CHANGEABLE}
    let_in = "email" in wished or (after["is_active"] and not before.is_active)
    given = set(after["roles"]) if let_in else set(after["roles"]) - set(before.roles)
    if not given <= grant.actor.roles:
        raise Refusal("cannot_grant")
    login = _update(grant.actor, before, after)
    _change_login(before, after, login, invited="email" in wished)
    changed = different({field: value for field, value in wished.items() if field != "name"}, before)
    ended = end_keys_made_by(administrator_id) if before.is_active and not after["is_active"] else []
    _record(
        grant.actor,
        before,
        action="administrator.change",
        at=at,
        before=values(changed, before),
        after=changed | ({"keys_ended": ended} if ended else {}),
    )


def remove_administrator(grant: AdministratorManager, *, administrator_id: UUID, at: datetime) -> None:
    """Removes an administrator at once: the login, its sessions, and the keys that this person made.

    The name stays, as the journal tells what the person did. The e-mail address can sign in again elsewhere. Raises
    ``not_found`` outside the scope, and ``last_administrator``.
    """
    before = administrator(grant, administrator_id, lock=True)
    kept = {field: getattr(before, field) for field in ("name", "language", "daily_letter")}
    gone = {**kept, "roles": [], "is_active": False, "email": ""}
    login = _update(grant.actor, before, gone, ended_at=at)
    if login.account_id is not None:
        close_login(login.account_id)
    ended = end_keys_made_by(administrator_id)
    _record(
        grant.actor,
        before,
        action="administrator.remove",
        at=at,
        before={"roles": before.roles},
        after={"keys_ended": ended},
    )


def reset_second_factor(grant: AdministratorManager, *, administrator_id: UUID, at: datetime) -> None:
    """Takes the second factor and the sessions from somebody who lost the device; the password alone counts then.

    Nothing happens if there is none. Raises ``not_found`` outside the scope.
    """
    person = administrator(grant, administrator_id, lock=True)
    # No scope reads what signs people in: the door does.
    with as_door():
        account_id = value_of(UUID, _DELETE_SECOND_FACTOR, [administrator_id])
    if account_id is not None:
        end_other_sessions(account_id=account_id)
        _record(grant.actor, person, action="administrator.reset_second_factor", at=at, before={}, after={})


def _refuse_address_in_sight(actor: Actor, email: str, *, besides: UUID | None = None) -> None:
    if exists(_IN_SIGHT, {"email": email, "self": besides, "customer": actor.customer_id}):
        raise Refusal("already_exists", explanation=email, field="email")


def _update(
    actor: Actor, before: AdministratorFacts, after: Mapping[str, Any], *, ended_at: datetime | None = None
) -> _Login:
    """Writes the row; answers the login as it was. Raises ``last_administrator``."""
    manages = after["is_active"] and "administrators" in after["roles"]
    managed = before.is_active and "administrators" in before.roles
    parameters = {
        **after,
        "id": before.id,
        "ended_at": ended_at,
        "keeps_login": after["email"] == before.email,
        "may_go": manages or not managed or _stands_above(actor, before),
    }
    login = row_of(_Login, _UPDATE, parameters)
    if login is None:
        raise Refusal("last_administrator")
    return login


def _stands_above(actor: Actor, holder: AdministratorFacts) -> bool:
    """Whether the actor, who manages administrators, goes on managing this one's scope from above."""
    if actor.provider:
        return not holder.provider
    return actor.partner_id is not None and actor.partner_id != holder.partner_id


def _change_login(before: AdministratorFacts, after: Mapping[str, Any], login: _Login, *, invited: bool) -> None:
    moved = after["email"] != before.email
    if moved and login.account_id is not None:
        close_login(login.account_id)
    if moved or (invited and login.account_id is None):
        # Asked for again, an address that signed in elsewhere may be free by now.
        account_id = open_login(after["email"], is_active=after["is_active"])
        run(_GIVE_LOGIN, [account_id, before.id])
    elif login.account_id is not None and after["is_active"] != before.is_active:
        set_login_active(login.account_id, is_active=after["is_active"])


def _record(
    actor: Actor,
    administrator: AdministratorFacts,
    *,
    action: str,
    at: datetime,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    scope = ScopeGiven(administrator.provider, administrator.partner_id, administrator.customer_id)
    record(
        actor,
        action=action,
        at=at,
        object_id=administrator.id,
        partner_path=path_of(actor, scope),
        customer_id=administrator.customer_id,
        before=before,
        after=after,
    )
