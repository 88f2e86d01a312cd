"""wazo-auth 0.1 as far as the portal meets it: tokens and tenants."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from strapontin.stacks.wazo.simulator.wire import RefusedError, Reply, Request, json_reply, not_found, nothing
from strapontin.stacks.wazo.simulator.world import Account, Session, Sessions, Tenant, World, permits

_DEFAULT_SECONDS: Final = 7200
_MAX_SECONDS: Final = 315360000
_NOT_UNDERSTOOD: Final = "The browser (or proxy) sent a request that this server could not understand."


class Auth:
    """Answers requests below ``/api/auth/0.1``."""

    def __init__(self, world: World, sessions: Sessions, changed: Callable[[], None]) -> None:
        self._world = world
        self._sessions = sessions
        self._changed = changed

    def handle(self, request: Request) -> Reply:
        match request.method, request.path.strip("/").split("/"):
            case "HEAD", ["status"]:
                return json_reply("")
            case "POST", ["token"]:
                return self._create_token(request)
            case "GET" | "HEAD" | "DELETE", ["token", token]:
                return self._token(request, token)
            case "GET" | "POST", ["tenants"]:
                return self._list_tenants(request) if request.method == "GET" else self._add_tenant(request)
            case "GET" | "DELETE", ["tenants", uuid]:
                return self._tenant(request, uuid)
            case "GET", ["users"]:
                self._authorised(request, "auth.users.read")
        return not_found()

    def account_of(self, session: Session) -> Account:
        return self._world.accounts[session.account_uuid]

    # Tokens. Their errors have a shape of their own.

    def _create_token(self, request: Request) -> Reply:
        wishes = _json_object(request)
        account, offline = self._who(request, wishes)
        seconds = _expiration(wishes)
        if self._sessions.count(account.uuid) >= self._sessions.limit:
            reason = f"User {account.uuid} has exceeded the maximum number of active sessions"
            raise RefusedError(_token_error(429, reason))
        session = self._sessions.open(account.uuid, seconds=seconds, user_agent=request.headers.get("user-agent", ""))
        data = self._token_json(session, session.issued_at, session.expires_at)
        if offline:
            data["refresh_token"] = str(uuid4())
            self._sessions.refresh[data["refresh_token"]] = account.uuid, str(wishes["client_id"])
        return json_reply({"data": data}, headers={"Wazo-Sessions-Revoked": "0"})

    def _who(self, request: Request, wishes: dict[str, Any]) -> tuple[Account, bool]:
        """The account that asks for a token, and whether it also asks for a refresh token."""
        if "refresh_token" in wishes:
            known = self._sessions.refresh.get(wishes["refresh_token"])
            if known and known[1] == wishes.get("client_id"):
                return self._world.accounts[known[0]], False
            raise RefusedError(_token_error(401, "Authentication Failed"))
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            username, _, password = b64decode(credentials).decode().partition(":")
            account = self._world.account_named(username)
            if account and account.password == password:
                return account, wishes.get("access_type") == "offline" and "client_id" in wishes
        raise RefusedError(_token_error(401, "Authentication Failed"))

    def _token(self, request: Request, token: str) -> Reply:
        if request.method == "DELETE":
            self._sessions.by_token.pop(token, None)
            return json_reply({"data": {"message": "success"}})
        session = self._sessions.active(token)
        if session is None:
            return _token_error(404, "No such token")
        account = self.account_of(session)
        scope, tenant = request.query.get("scope"), request.query.get("tenant")
        allowed = scope is None or permits(account.acl, scope)
        if not allowed or (tenant and not self.sees(account, tenant)):
            return _token_error(403, f"Unauthorized for {scope}")
        if request.method == "HEAD":
            return nothing()
        # Read back, the moments have lost their fraction.
        issued_at, expires_at = (m.replace(microsecond=0) for m in (session.issued_at, session.expires_at))
        return json_reply({"data": self._token_json(session, issued_at, expires_at)})

    def _token_json(self, session: Session, issued_at: datetime, expires_at: datetime) -> dict[str, Any]:
        account = self.account_of(session)
        issued, expires = (m.replace(tzinfo=None) for m in (issued_at, expires_at))
        who = str(account.uuid)
        return {
            "token": session.token,
            "auth_id": who,
            "xivo_user_uuid": None,
            "xivo_uuid": str(self._world.uuid),
            "issued_at": issued.isoformat(),
            "expires_at": expires.isoformat(),
            "utc_issued_at": issued.isoformat(timespec="microseconds"),
            "utc_expires_at": expires.isoformat(timespec="microseconds"),
            "acl": account.acl,
            "metadata": {
                "uuid": who,
                "tenant_uuid": str(account.tenant_uuid),
                "auth_id": who,
                "pbx_user_uuid": None,
                "xivo_uuid": str(self._world.uuid),
                "purpose": "external_api",
            },
            "session_uuid": str(session.uuid),
            "remote_addr": session.remote_addr,
            "user_agent": session.user_agent,
        }

    # Tenants.

    def sees(self, account: Account, tenant: str) -> bool:
        """Whether the text ``tenant`` is the uuid of the account's tenant or of one below."""
        try:
            return UUID(tenant) in self._world.below(account.tenant_uuid)
        except ValueError:
            return False

    def _authorised(self, request: Request, scope: str) -> UUID:
        """The tenant that the request is about. Raises ``RefusedError``: 401 whatever the reason."""
        details: dict[str, Any] = {
            "invalid_token": request.token,
            "reason": "not_found_or_expired",
            "required_access": scope,
        }
        session = self._sessions.active(request.token)
        if session is None:
            raise RefusedError(_error(401, "Unauthorized", "unauthorized", details))
        account = self.account_of(session)
        if not permits(account.acl, scope):
            details |= {"reason": "missing_permission_or_invalid_tenant", "tenant_uuid": request.tenant}
            raise RefusedError(_error(401, "Unauthorized", "unauthorized", details))
        if request.tenant is None:
            return account.tenant_uuid
        if not self.sees(account, request.tenant):
            tenant = {"tenant_uuid": request.tenant}
            raise RefusedError(_error(401, "Unauthorized tenant", "unauthorized-tenant", tenant))
        return UUID(request.tenant)

    def _list_tenants(self, request: Request) -> Reply:
        scope = self._world.below(self._authorised(request, "auth.tenants.read"))
        query = request.query
        limit, offset = _number(query, "limit"), _number(query, "offset") or 0
        order = query.get("order", "name")
        if order not in ("name", "slug"):
            message = "Must be one of: name, slug."
            raise RefusedError(_bad_parameter("order", "enum", {"choices": ["name", "slug"]}, message))
        search = query.get("search", "").casefold()
        tenants = [
            t
            for t in self._world.tenants.values()
            if t.uuid in scope and (search in t.name.casefold() or search in t.slug)
        ]
        tenants.sort(key=lambda t: str(getattr(t, order)), reverse=query.get("direction") == "desc")
        page = tenants[offset:] if limit is None else tenants[offset : offset + limit]
        items = [_tenant_json(t) for t in page]
        return json_reply({"filtered": len(tenants), "total": len(scope), "items": items})

    def _add_tenant(self, request: Request) -> Reply:
        parent = self._authorised(request, "auth.tenants.create")
        wishes = _json_object(request)
        uuid = uuid4()
        name = str(wishes.get("name", ""))
        tenant = Tenant(uuid, name, str(wishes.get("slug") or uuid.hex[:10]), parent)
        self._world.tenants[uuid] = tenant
        self._changed()
        return json_reply(_tenant_json(tenant))

    def _tenant(self, request: Request, uuid: str) -> Reply:
        action = "read" if request.method == "GET" else "delete"
        scope = self._world.below(self._authorised(request, f"auth.tenants.{uuid}.{action}"))
        tenant = next((t for t in self._world.tenants.values() if str(t.uuid) == uuid), None)
        if tenant is None or tenant.uuid not in scope:
            return _error(404, f'No such tenant: "{uuid}"', "unknown-tenant", {"uuid": uuid})
        if request.method == "GET":
            return json_reply(_tenant_json(tenant))
        del self._world.tenants[tenant.uuid]
        for user in [u for u in self._world.users.values() if u.tenant_uuid == tenant.uuid]:
            del self._world.users[user.uuid]
        self._changed()
        return nothing()


def _json_object(request: Request) -> dict[str, Any]:
    try:
        content = json.loads(request.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise RefusedError(json_reply({"message": _NOT_UNDERSTOOD}, 400))
    return content


def _expiration(wishes: dict[str, Any]) -> int:
    seconds = wishes.get("expiration", _DEFAULT_SECONDS)
    if not isinstance(seconds, int):
        problem: Any = {"message": "Not a valid integer.", "constraint_id": "type", "constraint": "integer"}
    elif not 1 <= seconds <= _MAX_SECONDS:
        limits = {"min": 1, "max": _MAX_SECONDS}
        message = f"Must be greater than or equal to 1 and less than or equal to {_MAX_SECONDS}."
        problem = [{"constraint_id": "range", "constraint": limits, "message": message}]
    else:
        return seconds
    # A Python dictionary put into a string.
    raise RefusedError(_token_error(400, str({"expiration": problem})))


def _number(query: dict[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        number = int(text)
    except ValueError:
        raise RefusedError(_bad_parameter(name, "type", "integer", "Not a valid integer.")) from None
    if number < 0:
        message = "Must be greater than or equal to 0."
        raise RefusedError(_bad_parameter(name, "range", {"min": 0}, message))
    return number


def _bad_parameter(name: str, constraint_id: str, constraint: object, message: str) -> Reply:
    problem = {"constraint_id": constraint_id, "constraint": constraint, "message": message}
    # It says "users" for tenants too.
    return _error(400, {name: [problem]}, "invalid-list-param", {}, resource="users")


def _error(
    status: int, message: object, error_id: str, details: dict[str, Any], *, resource: str | None = None
) -> Reply:
    content = {"message": message, "error_id": error_id, "details": details, "timestamp": time.time()}
    return json_reply(content | ({"resource": resource} if resource else {}), status)


def _token_error(status: int, reason: str) -> Reply:
    return json_reply({"reason": [reason], "timestamp": [time.time()], "status_code": status}, status)


def _tenant_json(tenant: Tenant) -> dict[str, Any]:
    return {
        "uuid": str(tenant.uuid),
        "parent_uuid": str(tenant.parent_uuid),
        "name": tenant.name,
        "slug": tenant.slug,
        "contact": None,
        "phone": None,
        "default_authentication_method": "native",
        "domain_names": [],
        "address": dict.fromkeys(("line_1", "line_2", "city", "state", "country", "zip_code")),
    }
