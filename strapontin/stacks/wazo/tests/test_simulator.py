"""The oddities of a genuine Wazo that matter to the portal, as our own facts: without the recordings."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from strapontin.stacks.wazo.tests.conftest import PASSWORD, USERNAME, Scene

SUMMARY_KEYS = [
    *("id", "uuid", "firstname", "lastname", "email", "extension", "context", "provisioning_code"),
    *("protocol", "enabled", "subscription_type", "is_webrtc"),
]


class Client:
    """Plain HTTP with a token, without any code of the connector."""

    def __init__(self, scene: Scene, *, acl: list[str] | None = None) -> None:
        self._connection = HTTPConnection(urlsplit(scene.stack.url).netloc, timeout=10)
        account = scene.stack.add_account(f"plain-{uuid4()}", "secret", acl=acl or ["confd.#", "auth.#"])
        self.token = scene.stack.sessions.open(account.uuid, seconds=60).token
        self.headers: dict[str, str] = {}

    def ask(self, method: str, target: str, body: object = None, **headers: str) -> tuple[int, Any]:
        sent = {"X-Auth-Token": self.token} | {k.replace("_", "-"): v for k, v in headers.items()}
        content = None if body is None else json.dumps(body)
        self._connection.request(method, target, content, sent)
        response = self._connection.getresponse()
        text = response.read().decode()
        self.headers = dict(response.getheaders())
        is_json = self.headers["Content-Type"] == "application/json" and text
        return response.status, json.loads(text) if is_json else text

    def names(self, query: str, tenant: object) -> list[str]:
        status, listed = self.ask("GET", f"/api/confd/1.1/users?{query}", Wazo_Tenant=str(tenant))
        assert status == 200
        return [user["firstname"] for user in listed["items"]]


@pytest.fixture
def client(scene: Scene) -> Client:
    return Client(scene)


def token(client: Client, body: object, *, password: str = PASSWORD) -> tuple[int, Any]:
    credentials = b64encode(f"{USERNAME}:{password}".encode()).decode()
    return client.ask("POST", "/api/auth/0.1/token", body, Authorization=f"Basic {credentials}")


def test_summary_has_twelve_keys_and_the_default_view_shows_passwords(client: Client, scene: Scene) -> None:
    next(iter(scene.stack.world.users.values())).texts["password"] = "in the clear"
    _, summary = client.ask("GET", "/api/confd/1.1/users?view=summary", Wazo_Tenant=str(scene.lyon))
    assert list(summary["items"][0]) == SUMMARY_KEYS
    assert summary["total"] == 4
    _, default = client.ask("GET", "/api/confd/1.1/users", Wazo_Tenant=str(scene.lyon))
    assert len(default["items"][0]) == 49
    assert "in the clear" in {user["password"] for user in default["items"]}


def test_total_of_subscriptions_counts_types(client: Client, scene: Scene) -> None:
    target = "/api/confd/1.1/users/subscriptions"
    _, counts = client.ask("GET", target, Wazo_Tenant=str(scene.lyon))
    assert counts == {
        "total": 3,
        "items": [{"id": 0, "count": 1}, {"id": 1, "count": 2}, {"id": 10, "count": 1}],
    }
    assert client.ask("GET", target, Wazo_Tenant=str(scene.metz))[1] == {"total": 0, "items": []}


def test_everything_forbidden_is_401_with_the_token_in_the_body(scene: Scene) -> None:
    client, unknown = Client(scene, acl=["auth.tenants.read"]), str(uuid4())
    users = "/api/confd/1.1/users"
    missing = f"('{client.token}', 'confd.users.read', None)"
    assert client.ask("GET", users) == (401, [missing])
    assert client.ask("GET", users, Wazo_Tenant=unknown) == (401, [missing.replace("None", f"'{unknown}'")])
    assert client.ask("GET", users, X_Auth_Token="gone") == (401, ["('gone', 'confd.users.read')"])
    assert client.ask("GET", users, X_Auth_Token="") == (401, ["('', 'confd.users.read')"])
    status, answer = client.ask("GET", "/api/auth/0.1/tenants", Wazo_Tenant=unknown)
    assert (status, answer["error_id"]) == (401, "unauthorized-tenant")
    status, answer = client.ask("GET", "/api/auth/0.1/tenants", X_Auth_Token="gone")
    assert (status, answer["details"]["reason"]) == (401, "not_found_or_expired")


def test_hundred_sessions_at_most(client: Client, scene: Scene) -> None:
    scene.stack.sessions.limit = 2
    assert [token(client, {})[0] for _ in range(3)] == [200, 200, 429]
    assert token(client, {}, password="wrong")[0] == 401


def test_token_lives_as_long_as_asked(client: Client) -> None:
    for wishes, seconds in (({}, 7200), ({"expiration": 60}, 60)):
        status, answer = token(client, wishes)
        moments = [datetime.fromisoformat(answer["data"][k]) for k in ("utc_expires_at", "utc_issued_at")]
        assert (status, (moments[0] - moments[1]).total_seconds()) == (200, seconds)
    for wrong in (0, 315360001, "abc"):
        assert token(client, {"expiration": wrong})[0] == 400


def test_without_auth_confd_answers_503_with_the_token_and_nginx_502_in_html(client: Client, scene: Scene) -> None:
    scene.stack.auth_up = False
    status, answer = client.ask("GET", "/api/confd/1.1/users", Wazo_Tenant=str(scene.lyon))
    assert status == 503
    assert f"/0.1/token/{client.token}?scope=confd.users.read&tenant={scene.lyon}" in answer[0]
    status, page = token(client, {})
    assert (status, client.headers["Content-Type"], page[:6]) == (502, "text/html", "<html>")
    scene.stack.auth_up, scene.stack.confd_up = True, False
    assert client.ask("GET", "/api/confd/1.1/users")[0] == 502


def test_ties_change_places_between_queries(client: Client, scene: Scene) -> None:
    assert client.names("view=summary", scene.lyon) == ["Léa", "Hugo", "Zoé", "Adam"]
    scene.stack.change_user(next(iter(scene.stack.world.users)), subscription_type=1)
    assert client.names("view=summary&subscription_type=1", scene.lyon) == ["Léa", "Adam", "Zoé"]


def test_orders(client: Client, scene: Scene) -> None:
    for number in range(5, 12):
        scene.stack.add_user(scene.metz, f"n{number}", "Same")
    assert client.names("order=id", scene.metz) == ["n10", "n11", "n5", "n6", "n7", "n8", "n9"]
    assert client.names("direction=desc", scene.metz)[0] == "n11"
    assert client.names("order=lastname&direction=desc", scene.metz)[0] == "n5"
    status, answer = client.ask("GET", "/api/confd/1.1/users?order=created_at")
    assert (status, answer) == (400, ["Input Error - order: column 'created_at' was not found"])


def test_search_and_filters(client: Client, scene: Scene) -> None:
    assert client.names("search=ZOE", scene.lyon) == ["Zoé"]
    assert client.names("search=10", scene.lyon) == ["Hugo"], "types are searched as text"
    assert client.names("subscription_type=1%2C0", scene.lyon) == []
    assert len(client.names("foo=bar", scene.lyon)) == 4
    assert len(client.names("recurse=yes", "")) == 4
    assert client.ask("GET", "/api/confd/1.1/users?recurse=bogus")[0] == 400
    assert client.ask("GET", "/api/confd/1.1/users?view=bogus")[0] == 400


def test_pages(client: Client, scene: Scene) -> None:
    assert client.names("limit=2&offset=3", scene.lyon) == ["Adam"]
    assert len(client.names("limit=99999999999999999999", scene.lyon)) == 4
    for wrong in ("limit=0", "limit=-1", "limit=", "limit=1.5", "offset=-1"):
        assert client.ask("GET", f"/api/confd/1.1/users?{wrong}")[0] == 400


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        *((0, 0), (10, 10), ("3", 3), (1.5, 1), (1.0, 1)),
        *((wrong, None) for wrong in (11, -1, None, True, "", "abc", [1])),
    ],
)
def test_types_of_created_users(client: Client, given: object, taken: int | None) -> None:
    body = {"firstname": "Probe", "subscription_type": given}
    status, answer = client.ask("POST", "/api/confd/1.1/users", body)
    if taken is None:
        assert status == 400
        assert answer[0].startswith("Input Error - subscription_type: ['")
    else:
        assert (status, answer["subscription_type"]) == (201, taken)
        assert client.headers["Location"].endswith(f"/api/confd/1.1/users/{answer['id']}")


def test_email_is_unique_on_the_whole_stack(client: Client, scene: Scene) -> None:
    body = {"firstname": "Other", "email": "zoe@lyon.example"}
    status, answer = client.ask("POST", "/api/confd/1.1/users", body, Wazo_Tenant=str(scene.metz))
    assert (status, answer) == (
        400,
        ["Resource Error - User already exists ('email': 'zoe@lyon.example')"],
    )


def test_change_and_delete(client: Client, scene: Scene) -> None:
    uuid = next(iter(scene.stack.world.users))
    user = f"/api/confd/1.1/users/{uuid}"
    assert client.ask("PUT", user, {"enabled": False})[0] == 204
    assert client.ask("PUT", user, {"subscription_type": None})[0] == 400
    assert client.ask("GET", user)[1]["enabled"] is False
    assert client.ask("GET", user, Wazo_Tenant=str(scene.metz))[0] == 404
    assert [client.ask("DELETE", user)[0] for _ in range(2)] == [204, 404]
    assert client.ask("GET", "/api/confd/1.1/userz")[0] == 404


def test_what_confd_refuses_of_a_user(client: Client, scene: Scene) -> None:
    users, lyon = "/api/confd/1.1/users", {"Wazo_Tenant": str(scene.lyon)}
    for fields, sentence in (
        ({"firstname": "Z" * 129}, "firstname: ['Longer than maximum length 128.']"),
        ({"firstname": "Z", "lastname": "Z" * 129}, "lastname: ['Longer than maximum length 128.']"),
        ({"firstname": "Z", "email": "zoe"}, "email: ['Not a valid email address.']"),
        ({"firstname": "Z", "email": "zoe@lyon"}, "email: ['Not a valid email address.']"),
        ({"firstname": "Z", "email": "zo e@lyon.example"}, "email: ['Not a valid email address.']"),
        ({"firstname": "Z", "email": "z" * 250 + "@lyon.example"}, "email: ['Longer than maximum length 254.']"),
        ({"firstname": "Z", "caller_id": "Zoé"}, "caller_id: ['String does not match expected pattern.']"),
    ):
        assert client.ask("POST", users, fields, **lyon) == (400, [f"Input Error - {sentence}"])
    assert client.ask("POST", users, {"firstname": "A" * 128, "lastname": "B" * 29}, **lyon)[0] == 201
    assert client.ask("POST", users, {"firstname": "A" * 128, "lastname": "B" * 30}, **lyon)[0] == 500
    assert client.ask("POST", users, {"firstname": "Z", "email": "zoé@société.example"}, **lyon)[0] == 201
    assert client.ask("POST", users, {"firstname": "Z", "email": "ZOE@lyon.example"}, **lyon)[0] == 400


def test_what_belongs_to_a_user_stays_unless_the_deletion_is_recursive(client: Client, scene: Scene) -> None:
    stack, lyon = scene.stack, {"Wazo_Tenant": str(scene.lyon)}
    zoe = next(user for user in stack.world.users.values() if user.firstname == "Zoé")
    stack.change_user(zoe.uuid, voicemail="101", login="zoe")
    target = f"/api/confd/1.1/users/{zoe.uuid}"
    status, (sentence,) = client.ask("DELETE", target, **lyon)
    assert status == 400
    assert sentence.startswith("Resource Error - User is associated with a Voicemail")
    stack.change_user(zoe.uuid, voicemail=None)
    assert client.ask("DELETE", target, **lyon)[0] == 204
    assert stack.world.leftovers.logins == ["zoe"]
    other = stack.add_user(scene.lyon, "Nour", voicemail="102", login="nour")
    assert client.ask("DELETE", f"/api/confd/1.1/users/{other.uuid}?recursive=true", **lyon)[0] == 204
    assert stack.world.leftovers.logins == ["zoe"]
