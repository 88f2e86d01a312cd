"""Wazo Platform as a stack: wazo-auth 0.1 for tokens and tenants, wazo-confd 1.1 for users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

import msgspec

from strapontin.stacks.base import (
    Clock,
    FoundUser,
    NewStackUser,
    StackAccess,
    StackError,
    StackTenant,
    StackToken,
    StackUser,
    StackUserChange,
    Timeouts,
    TokenStore,
    TypeCount,
)
from strapontin.stacks.wazo.answers import (
    AuthError,
    CreatedUser,
    InfosAnswer,
    TenantsAnswer,
    UserDetail,
    UserDetails,
    WazoUsersAnswer,
    decoded,
    failure,
    quoted,
    type_counts,
)
from strapontin.stacks.wazo.http import BODY_LIMIT_BYTES, Answer, StackHttp
from strapontin.stacks.wazo.tokens import Tokens

_TENANTS: Final = "/api/auth/0.1/tenants"
_INFOS: Final = "/api/confd/1.1/infos"
_USERS: Final = "/api/confd/1.1/users"
# A token carries the permissions of the moment it was granted: a new one helps if they were widened since. But a new
# one at every refusal would use up the account's sessions.
_RENEWAL_AFTER_REFUSAL: Final = timedelta(minutes=1)


class WazoConnector:
    """One Wazo stack as one of its accounts sees it (``Connector``); threads may share it."""

    def __init__(
        self,
        access: StackAccess,
        *,
        tokens: TokenStore,
        clock: Clock,
        timeouts: Timeouts,
        body_limit: int = BODY_LIMIT_BYTES,
    ) -> None:
        self._timeouts = timeouts
        self._http = StackHttp(access, timeouts=timeouts, body_limit=body_limit)
        self._tokens = Tokens(access, self._http, store=tokens, clock=clock)

    @property
    def writable(self) -> bool:
        return True

    def server_uuid(self) -> UUID | None:
        # Without a new token after a refusal: not every account may ask.
        answer = self._send("GET", _INFOS, self._tokens.current(), None)
        return decoded(answer.body, InfosAnswer).uuid if answer.status == 200 else None

    def tenants(self) -> Sequence[StackTenant]:
        answer = self._expect(200, self._call("GET", _TENANTS))
        return [StackTenant(item.uuid, item.name) for item in decoded(answer.body, TenantsAnswer).items]

    def counts(self, *, tenant_uuid: UUID) -> Sequence[TypeCount]:
        answer = self._call("GET", f"{_USERS}/subscriptions", tenant_uuid=tenant_uuid)
        return type_counts(self._expect(200, answer).body)

    def fetch_users(self, *, tenant_uuid: UUID, expected: int = 0) -> WazoUsersAnswer:
        # Without a limit, because confd's paging loses rows. The summary, because the default view shows passwords.
        timeouts = self._timeouts.for_users(expected)
        answer = self._call("GET", f"{_USERS}?view=summary", tenant_uuid=tenant_uuid, timeouts=timeouts)
        return WazoUsersAnswer(self._expect(200, answer).body)

    def users(self, *, tenant_uuid: UUID) -> Sequence[StackUser]:
        return self.fetch_users(tenant_uuid=tenant_uuid).users()

    def find_user(self, *, tenant_uuid: UUID, email: str) -> FoundUser | None:
        # The search looks for a part of any field, without accents: it narrows, the comparison decides.
        path = f"{_USERS}?view=summary&search={quote(email, safe='')}"
        answer = self._expect(200, self._call("GET", path, tenant_uuid=tenant_uuid))
        user = next((user for user in WazoUsersAnswer(answer.body).users() if user.has_email(email)), None)
        if user is None:
            return None
        created_at = self._detail(tenant_uuid, user.uuid).created_at
        # confd says it in UTC, without an offset.
        return FoundUser(user, created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC))

    def create_user(self, *, tenant_uuid: UUID, user: NewStackUser) -> UUID:
        if user.stack_type_id is None:
            # confd would give it a type of its own choice.
            message = "a user without a subscription type is not created"
            raise StackError("invalid", message, field="stack_type_id")
        answer = self._call("POST", _USERS, tenant_uuid=tenant_uuid, body=_fields(user))
        return decoded(self._written(201, answer).body, CreatedUser).uuid

    def update_user(self, *, tenant_uuid: UUID, uuid: UUID, change: StackUserChange) -> None:
        fields = self._changed_fields(tenant_uuid, uuid, change)
        if not fields:
            return
        answer = self._call("PUT", f"{_USERS}/{uuid}", tenant_uuid=tenant_uuid, body=msgspec.json.encode(fields))
        if answer.status == 404:
            raise _unknown_user()
        self._written(204, answer)

    def _changed_fields(self, tenant_uuid: UUID, uuid: UUID, change: StackUserChange) -> dict[str, object]:
        """The fields to send: confd's PUT leaves all others as they are."""
        fields: dict[str, object] = {}
        if change.email is not None:
            fields["email"] = change.email or None
        if change.enabled is not None:
            fields["enabled"] = change.enabled
        renamed = change.first_name is not None or change.last_name is not None
        if not renamed and not change.stack_type_ids:
            return fields
        present = self._detail(tenant_uuid, uuid)
        if change.stack_type_ids and present.subscription_type not in change.stack_type_ids:
            fields["subscription_type"] = change.stack_type_ids[0]
        return fields | (_new_names(present, change) if renamed else {})

    def _detail(self, tenant_uuid: UUID, uuid: UUID) -> UserDetail:
        # From the list: "GET users/{uuid}" asks for a right of its own, which an account need not have.
        answer = self._call("GET", f"{_USERS}?uuid={uuid}", tenant_uuid=tenant_uuid)
        details = decoded(self._expect(200, answer).body, UserDetails).items
        detail = next((detail for detail in details if detail.uuid == uuid), None)
        if detail is None:
            raise _unknown_user()
        return detail

    def delete_user(self, *, tenant_uuid: UUID, uuid: UUID) -> None:
        # Otherwise the line, the number and a working login would stay, and a voicemail would forbid it.
        answer = self._call("DELETE", f"{_USERS}/{uuid}?recursive=true", tenant_uuid=tenant_uuid)
        if answer.status != 404:
            self._written(204, answer)

    @staticmethod
    def _expect(status: int, answer: Answer) -> Answer:
        if answer.status != status:
            raise failure(answer)
        return answer

    @staticmethod
    def _written(status: int, answer: Answer) -> Answer:
        if answer.status == 500:
            # confd's own fault at these values. If confd or wazo-auth is down, 502 or 503 says so.
            raise StackError("failed", "the stack fails at this user (500)")
        return WazoConnector._expect(status, answer)

    def _call(
        self,
        method: str,
        path: str,
        *,
        tenant_uuid: UUID | None = None,
        body: bytes | None = None,
        timeouts: Timeouts | None = None,
    ) -> Answer:
        """The answer to a request with a token. If the stack refuses the token, it is renewed at most once."""
        token = self._tokens.current()
        answer = self._send(method, path, token, tenant_uuid, body, timeouts)
        if answer.status == 401 and self._new_token_may_help(token, tenant_uuid):
            token = self._tokens.instead_of(token)
            answer = self._send(method, path, token, tenant_uuid, body, timeouts)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        token: StackToken,
        tenant_uuid: UUID | None,
        body: bytes | None = None,
        timeouts: Timeouts | None = None,
    ) -> Answer:
        headers = {"X-Auth-Token": token.value}
        if tenant_uuid is not None:
            headers["Wazo-Tenant"] = str(tenant_uuid)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._http.request(method, path, headers=headers, body=body, timeouts=timeouts)

    def _new_token_may_help(self, token: StackToken, tenant_uuid: UUID | None) -> bool:
        """Whether a new token may help after a 401. confd says 401 for everything forbidden; wazo-auth says more.

        Raises ``StackError`` ("unknown_tenant") if it is the tenant.
        """
        answer = self._send("GET", f"{_TENANTS}?limit=1", token, tenant_uuid)
        if answer.status == 401:
            error = decoded(answer.body, AuthError)
            if error.error_id == "unauthorized-tenant":
                raise StackError("unknown_tenant", f"the stack shows this account no tenant {tenant_uuid}")
            if error.details.reason == "not_found_or_expired":
                return True
        elif answer.status != 200:
            raise failure(answer)
        return self._tokens.age(token) >= _RENEWAL_AFTER_REFUSAL


def _unknown_user() -> StackError:
    return StackError("unknown_user", "the tenant has no such user")


def _new_names(present: UserDetail, change: StackUserChange) -> dict[str, object]:
    """The changed names, and the caller id if it consists of the names that the user has on the stack."""
    fields: dict[str, object] = {}
    if change.first_name is not None:
        fields["firstname"] = change.first_name
    if change.last_name is not None:
        fields["lastname"] = change.last_name or None
    if present.has_caller_id_of(present.firstname, present.lastname or ""):
        first_name = present.firstname if change.first_name is None else change.first_name
        last_name = (present.lastname or "") if change.last_name is None else change.last_name
        fields["caller_id"] = quoted(first_name, last_name)
    return fields


def _fields(user: NewStackUser) -> bytes:
    fields: dict[str, object] = {
        "firstname": user.first_name,
        "lastname": user.last_name or None,
        "email": user.email or None,
        "enabled": user.enabled,
        "subscription_type": user.stack_type_id,
    }
    return msgspec.json.encode(fields)
