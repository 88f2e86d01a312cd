"""wazo-confd 1.1 as far as the portal meets it: users and their subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from strapontin.stacks.wazo.simulator.auth import Auth
from strapontin.stacks.wazo.simulator.fields import CALLER_ID_LENGTH, apply, fields_of
from strapontin.stacks.wazo.simulator.listing import is_true, listed
from strapontin.stacks.wazo.simulator.views import default_view
from strapontin.stacks.wazo.simulator.wire import RefusedError, Reply, Request, json_reply, not_found, nothing
from strapontin.stacks.wazo.simulator.world import Sessions, User, World, permits, timestamp


class Confd:
    """Answers requests below ``/api/confd/1.1``; asks ``auth`` who may do what."""

    def __init__(
        self,
        world: World,
        sessions: Sessions,
        auth: Auth,
        auth_up: Callable[[], bool],
        changed: Callable[[], None],
    ) -> None:
        self._world = world
        self._sessions = sessions
        self._auth = auth
        self._auth_up = auth_up
        self._changed = changed

    def handle(self, request: Request) -> Reply:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["infos"]:
                self._tenants(request, "confd.infos.read")
                infos = {"uuid": str(self._world.uuid), "wazo_version": self._world.version}
                return json_reply(infos)
            case "GET", ["users"]:
                return self._list(request)
            case "POST", ["users"]:
                return self._create(request)
            case "GET", ["users", "subscriptions"]:
                return self._subscriptions(request)
            case "GET" | "HEAD" | "PUT" | "DELETE", ["users", key]:
                return self._user(request, key)
        return not_found()

    def _tenants(self, request: Request, scope: str) -> list[UUID]:
        """The tenant of the request and those below it, in this order.

        Raises ``RefusedError``: 401 whatever is forbidden, with the token in the body; 503 without wazo-auth.
        """
        token, tenant = request.token, request.tenant
        if not self._auth_up():
            raise RefusedError(json_reply([_without_auth(token, scope, tenant)], 503))
        session = self._sessions.active(token)
        if session is None:
            raise RefusedError(json_reply([str((token, scope))], 401))
        account = self._auth.account_of(session)
        if not permits(account.acl, scope) or (tenant and not self._auth.sees(account, tenant)):
            raise RefusedError(json_reply([str((token, scope, tenant))], 401))
        own = UUID(tenant) if tenant else account.tenant_uuid
        return [own, *(self._world.below(own) - {own})]

    def _list(self, request: Request) -> Reply:
        tenants = self._tenants(request, "confd.users.read")
        scope = set(tenants if is_true("recurse", request.query) else tenants[:1])
        users = [user for user in self._world.users.values() if user.tenant_uuid in scope]
        return listed(users, request.query, request.base)

    def _subscriptions(self, request: Request) -> Reply:
        """Counts of the tenant itself, whatever ``recurse`` says; ``total`` counts the types."""
        own = self._tenants(request, "confd.users.subscriptions.read")[0]
        counts = Counter(u.subscription_type for u in self._world.users.values() if u.tenant_uuid == own)
        items = [{"id": type_id, "count": count} for type_id, count in sorted(counts.items())]
        return json_reply({"total": len(items), "items": items})

    def _create(self, request: Request) -> Reply:
        own = self._tenants(request, "confd.users.create")[0]
        fields = fields_of(request.body, required=True)
        self._refuse_taken_email(fields, None)
        self._world.last_user_id += 1
        user = User(
            id=self._world.last_user_id,
            uuid=uuid4(),
            firstname=fields["firstname"],
            lastname=fields.get("lastname"),
            email=None,
            subscription_type=0,
            enabled=True,
            tenant_uuid=own,
            created_at=timestamp(),
        )
        apply(user, fields)
        if len(user.caller_id) > CALLER_ID_LENGTH:
            # confd checks the caller id that it is sent, but not the one that it makes of the names.
            raise RefusedError(json_reply(["Unexpected error: value too long for type character varying(160)"], 500))
        self._world.users[user.uuid] = user
        self._changed()
        location = {"Location": f"{request.base}/users/{user.id}"}
        return json_reply(default_view(user, request.base), 201, location)

    def _user(self, request: Request, key: str) -> Reply:
        actions = {"GET": "read", "HEAD": "read", "PUT": "update", "DELETE": "delete"}
        scope = set(self._tenants(request, f"confd.users.{key}.{actions[request.method]}"))
        user = self._user_at(key, scope)
        if request.method == "GET":
            return json_reply(default_view(user, request.base))
        if request.method == "HEAD":
            return json_reply("")
        if request.method == "DELETE":
            self._delete(user, recursive=is_true("recursive", request.query))
        else:
            fields = fields_of(request.body, required=False)
            self._refuse_taken_email(fields, user)
            apply(user, fields)
        self._changed()
        return nothing()

    def _delete(self, user: User, *, recursive: bool) -> None:
        """Only a recursive deletion takes along what belongs to the user."""
        if not recursive:
            if user.voicemail:
                ids = f"('user_id': {user.id}, 'voicemail_id': 1)"
                raise RefusedError(json_reply([f"Resource Error - User is associated with a Voicemail {ids}"], 400))
            self._world.leftovers.lines += user.lines
            self._world.leftovers.logins += [user.login] if user.login else []
        del self._world.users[user.uuid]

    def _user_at(self, key: str, scope: set[UUID]) -> User:
        identifier: UUID | int
        try:
            identifier = int(key) if key.isdecimal() else UUID(key)
        except ValueError:
            raise RefusedError(not_found()) from None
        if isinstance(identifier, int):
            user = next((u for u in self._world.users.values() if u.id == identifier), None)
        else:
            user = self._world.users.get(identifier)
        if user is None or user.tenant_uuid not in scope:
            message = f"Resource Not Found - User was not found ('id': {identifier!r})"
            raise RefusedError(json_reply([message], 404))
        return user

    def _refuse_taken_email(self, fields: dict[str, Any], changing: User | None) -> None:
        email = fields.get("email")
        other = self._world.with_email(email) if email else None
        if other is not None and other is not changing:
            message = f"Resource Error - User already exists ('email': {email!r})"
            raise RefusedError(json_reply([message], 400))


def _without_auth(token: str, scope: str, tenant: str | None) -> str:
    """A Python exception put into JSON, token and all."""
    url = f"/0.1/token/{token}?scope={scope}" + (f"&tenant={tenant}" if tenant else "")
    cause = (
        "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7fa24b612b10>: "
        "Failed to establish a new connection: [Errno 111] Connection refused')"
    )
    return (
        "('127.0.0.1', 9497, ConnectionError(MaxRetryError(\"HTTPConnectionPool(host='127.0.0.1', "
        f'port=9497): Max retries exceeded with url: {url} (Caused by {cause})")))'
    )
