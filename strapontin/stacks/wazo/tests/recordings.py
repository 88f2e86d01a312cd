"""The recordings of a genuine Wazo server, a simulated stack prepared like it, and the order to replay in.

The recordings are not part of this repository; they lie beside it where it was made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from strapontin.stacks.wazo.simulator import Line, StackSimulator

FOLDER: Final = Path(__file__).parents[5] / "shared" / "wazo-recordings"
ABSENT: Final = not FOLDER.is_dir()

AGENT: Final = "python-requests/2.28.1"
LIMITED: Final = "limited"
# The requests with credentials; all others are the portal's own.
CREDENTIALS: Final = {
    "token_create_bad_password": ("portal", "wrong"),
    "token_create_unknown_user": ("nobody", "secret"),
    "token_create_session_limit": (LIMITED, "secret"),
}
# What is not read-only, in the order in which it happened; everything else comes first, sorted by name.
# "!" is something that was done beside the recordings, by the method of Stage of that name.
HAPPENED: Final = (
    "token_create_offline_refresh",
    "token_from_refresh_token",
    "token_delete",
    "users_revoked_token",
    "users_post_subscription_type_absent",
    "users_post_subscription_type_0",
    "users_post_subscription_type_1",
    "users_post_subscription_type_10",
    "users_post_subscription_type_1.0",
    "users_post_subscription_type_1.5",
    "users_post_subscription_type_str3",
    "user_get_absent_type",
    "user_head",
    "user_get_from_child_tenant",
    "user_put_subscription_type_2",
    "user_put_subscription_type_null",
    "user_put_enabled_false",
    "user_get_after_put",
    "user_delete",
    "user_get_deleted",
    "user_delete_again",
    "!remove_probes",
    "users_parent_after_deletes",
    "tenant_create",
    "users_empty_tenant",
    "users_subscriptions_empty_tenant",
    "tenant_delete",
    "users_deleted_tenant",
    "!auth_down",
    "users_auth_service_down",
    "nginx_token_auth_service_down",
    "!auth_back",
    "users_auth_service_back",
    "!confd_down",
    "nginx_users_confd_down",
    "!confd_back",
)


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    request: dict[str, Any]
    response: dict[str, Any]


@cache
def recordings() -> dict[str, Recording]:
    """All of them, by the name inside."""
    parsed = (json.loads(path.read_text()) for path in FOLDER.glob("*.json"))
    return {recording["name"]: Recording(**recording) for recording in parsed}


def order() -> list[str]:
    """Every recording once, and the acts between them."""
    first = sorted(name for name in recordings() if name not in HAPPENED)
    return [*first, *HAPPENED]


def _json(name: str) -> Any:
    return recordings()[name].response["json"]


def _token(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


class Stage:
    """The simulated stack as the genuine one was when the recordings began."""

    def __init__(self, simulator: StackSimulator) -> None:
        self.simulator = simulator
        session = _json("token_create_ok")["data"]
        self._tenants()
        self._users(_json("users_recurse")["items"] + _json("users_lines_default")["items"])
        self._accounts(session)
        simulator.world.uuid = UUID(session["xivo_uuid"])

    def _tenants(self) -> None:
        for tenant in _json("tenants_list")["items"]:
            self.simulator.add_tenant(
                tenant["name"],
                slug=tenant["slug"],
                uuid=UUID(tenant["uuid"]),
                parent_uuid=UUID(tenant["parent_uuid"]),
            )
        self.lines_tenant = UUID(_json("users_lines_default")["items"][0]["tenant_uuid"])
        self.simulator.add_tenant("Lines", uuid=self.lines_tenant)

    def _users(self, users: list[dict[str, Any]]) -> None:
        for user in users:
            self.simulator.add_user(
                UUID(user["tenant_uuid"]),
                user["firstname"],
                user["lastname"],
                user["email"],
                user["subscription_type"],
                enabled=user["enabled"],
                uuid=UUID(user["uuid"]),
                id=user["id"],
                created_at=user["created_at"],
                lines=[_line(line) for line in user["lines"]],
            )
        # The users with lines were made later, on a larger server.
        self.simulator.world.last_user_id = 30

    def _accounts(self, session: dict[str, Any]) -> None:
        group = UUID(session["metadata"]["tenant_uuid"])
        north = UUID(_json("tenant_get_child")["uuid"])
        read = ["confd.users.read", "confd.users.subscriptions.read"]
        add = self.simulator.add_account
        portal = add("portal", "secret", uuid=UUID(session["auth_id"]), tenant_uuid=group, acl=session["acl"])
        admin = add("admin", "secret", tenant_uuid=group, acl=["auth.#", "confd.#"])
        child = add("child", "secret", tenant_uuid=north, acl=read)
        lines = add("lines", "secret", tenant_uuid=self.lines_tenant, acl=read)
        nothing = add("nothing", "secret", tenant_uuid=group, acl=[])
        limited = UUID(_json("token_create_session_limit")["reason"][0].split()[1])
        add(LIMITED, "secret", uuid=limited, tenant_uuid=group)
        sessions = self.simulator.sessions
        owners = {1: nothing, 4: portal, 5: portal, 6: admin, 13: portal, 18: child, 19: lines, 20: nothing}
        for number, account in owners.items():
            sessions.open(account.uuid, seconds=3600, token=_token(number))
        sessions.open(portal.uuid, seconds=-1, token=_token(15))
        own = sessions.open(portal.uuid, seconds=3600, token=session["token"], user_agent=AGENT)
        own.uuid = UUID(session["session_uuid"])
        for _ in range(sessions.limit):
            sessions.open(limited, seconds=3600)

    def act(self, name: str) -> None:
        """What was done between two recordings."""
        if name == "!remove_probes":
            for user in [u for u in self.simulator.world.users.values() if u.firstname == "Probe"]:
                self.simulator.remove_user(user.uuid)
        else:
            service, _, state = name.removeprefix("!").partition("_")
            setattr(self.simulator, f"{service}_up", state == "back")


def _line(line: dict[str, Any]) -> Line:
    extension = line["extensions"][0]
    return Line(
        id=line["id"],
        name=line["name"],
        exten=extension["exten"],
        extension_id=extension["id"],
        context=line["context"],
        provisioning_code=line["provisioning_code"],
        endpoint_uuid=UUID(line["endpoint_sip"]["uuid"]),
    )
