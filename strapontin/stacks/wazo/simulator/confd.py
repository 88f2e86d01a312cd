"""wazo-confd 1.1 as far as the portal meets it: users and their subscriptions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from strapontin.stacks.wazo.simulator.auth import Auth
from strapontin.stacks.wazo.simulator.listing import input_error, listed, wants_descendants
from strapontin.stacks.wazo.simulator.views import TEXTS, default_view
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
        scope = set(tenants if wants_descendants(request.query) else tenants[:1])
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
        fields = _fields(request.body, required=True)
        self._refuse_taken_email(fields, None)
        self._world.last_user_id += 1
        user = User(
            id=self._world.last_user_id,
            uuid=uuid4(),
            firstname="",
            lastname=None,
            email=None,
            subscription_type=0,
            enabled=True,
            tenant_uuid=own,
            created_at=timestamp(),
        )
        _apply(user, fields)
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
            del self._world.users[user.uuid]
        else:
            fields = _fields(request.body, required=False)
            self._refuse_taken_email(fields, user)
            _apply(user, fields)
        self._changed()
        return nothing()

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


def _fields(body: bytes, *, required: bool) -> dict[str, Any]:
    """The fields of a user that the body sets, checked; unknown ones are dropped."""
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        message = "The browser (or proxy) sent a request that this server could not understand."
        raise RefusedError(json_reply({"message": message}, 400))
    if required and "firstname" not in content:
        raise input_error("firstname: ['Missing data for required field.']")
    checks = {"firstname": _firstname, "subscription_type": _subscription_type, "enabled": _enabled}
    checks |= dict.fromkeys(("lastname", "email", *TEXTS), _text)
    return {name: check(name, content[name]) for name, check in checks.items() if name in content}


def _apply(user: User, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in TEXTS:
            setattr(user, name, value)
        elif value is None:
            user.texts.pop(name, None)
        else:
            user.texts[name] = value


def _text(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise input_error(f"{name}: ['Not a valid string.']")
    return value


def _firstname(name: str, value: object) -> str | None:
    if value is None:
        raise input_error(f"{name}: ['Field may not be null.']")
    return _text(name, value)


def _enabled(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise input_error(f"{name}: ['Not a valid boolean.']")
    return value


def _subscription_type(name: str, value: object) -> int:
    """0 to 10, without a default for null; "3" and 1.5 are taken for 3 and 1, true is not taken for 1."""
    if value is None:
        raise input_error(f"{name}: ['Field may not be null.']")
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        number = int(value)
    except (ValueError, OverflowError):
        raise input_error(f"{name}: ['Not a valid integer.']") from None
    if not 0 <= number <= 10:
        raise input_error(f"{name}: ['Must be greater than or equal to 0 and less than or equal to 10.']")
    return number


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
