"""The door itself: who is let in, in which language it speaks, and what it says when it says no."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import urllib3
from django.test import Client

from strapontin.access.models import ROLES
from tests.api.client import ApiClient
from tests.cast import Stage
from tests.processes import LiveServer, free_port
from tests.servers import Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer nobody", "Bearer é"]
)
def test_without_a_key_nobody_comes_in(stage: Stage, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = ApiClient(None).send("GET", "/clock", headers=headers)
    assert (answer.status, answer.code) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_ends_at_once(stage: Stage) -> None:
    made = stage.provider.made("/api-keys", {"name": "x", "scope": {"provider": True}, "roles": []})
    other = ApiClient(made["key"])
    assert other.get("/clock").status == 200
    assert stage.provider.delete(f"/api-keys/{made.id}").status == 204
    assert other.get("/clock").code == "not_signed_in"
    assert stage.provider.delete(f"/api-keys/{made.id}").code == "not_found"
    assert stage.provider.get(f"/api-keys/{made.id}")["revoked_at"] is not None


def test_a_key_expires_by_real_time(stage: Stage) -> None:
    made = stage.provider.made("/api-keys", {"name": "x", "scope": {"provider": True}, "roles": []})
    other = ApiClient(made["key"])
    stage.clock("2040-01-01")
    assert other.get("/clock").status == 200
    with stage.database.superuser() as connection:
        connection.execute("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = %s", [made.id])
    assert other.get("/clock").code == "not_signed_in"


def test_a_key_is_valid_for_a_year_and_three_at_most(stage: Stage) -> None:
    body = {"name": "x", "scope": {"provider": True}, "roles": []}
    expires = datetime.fromisoformat(stage.provider.made("/api-keys", body)["expires_at"])
    assert timedelta(days=364) < expires - datetime.now(UTC) < timedelta(days=366)
    for at in ("2020-01-01T00:00:00Z", "2900-01-01T00:00:00Z", "2040-01-01T00:00:00"):
        refused = stage.provider.post("/api-keys", body | {"expires_at": at})
        assert (refused.status, refused.code) == (422, "invalid")
        assert refused["errors"][0]["field"] == "expires_at"


def test_only_a_hash_of_a_key_is_kept(stage: Stage) -> None:
    with stage.database.superuser() as connection:
        (row,) = connection.execute("SELECT to_jsonb(k)::text FROM api_key k").fetchall()
    assert stage.provider.key is not None
    assert stage.provider.key not in row[0]


def test_it_speaks_the_callers_language(stage: Stage) -> None:
    french = {"name": "x", "scope": {"provider": True}, "roles": [], "language": "fr"}
    key = stage.provider.made("/api-keys", french)["key"]
    by_key, by_header = ApiClient(key), ApiClient(stage.provider.key, language="fr-CA,en;q=0.5")
    assert "Il n’y a rien ici" in by_key.get("/nothing")["detail"]
    assert "Il n’y a rien ici" in by_header.get("/nothing")["detail"]
    assert "There is nothing here" in ApiClient(key, language="en").get("/nothing")["detail"]
    assert "There is nothing here" in stage.provider.get("/nothing")["detail"]


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("de-FR, en;q=0.9", "en"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("fr;q=0, en", "en"),
        ("FR-ca", "fr"),
        ("de-FR, *", "fr"),
        ("nonsense;;;", "fr"),
        ("x-en", "fr"),
    ],
)
def test_a_region_is_no_language(stage: Stage, wish: str, language: str) -> None:
    """What the header prefers among ours; the key's own, here French, where it names none of them."""
    french = {"name": "x", "scope": {"provider": True}, "roles": [], "language": "fr"}
    key = stage.provider.made("/api-keys", french)["key"]
    said = ApiClient(key, language=wish).get("/nothing")["detail"]
    assert said.startswith({"fr": "Il n’y a rien", "en": "There is nothing"}[language])


def test_addresses_and_methods(stage: Stage) -> None:
    assert stage.provider.get("/nothing").code == "not_found"
    assert stage.provider.get("/customers/not-a-uuid").code == "not_found"
    refused = stage.provider.send("PUT", "/clock", {})
    assert (refused.status, refused.code, refused["allow"]) == (405, "method_not_allowed", "GET, POST")
    assert stage.provider.send("HEAD", "/clock").status == 200


def test_what_is_not_json(stage: Stage) -> None:
    for raw in (
        b"{",
        b"\xff\xfe",
        b"[1,",
        b"NaN",
        b'{"name": "\xed\xa0\x80"}',
        b'"\\ud800"',
        b"[" * 100_000,
        b"9" * 5000,
    ):
        refused = stage.provider.send("POST", "/partners", raw=raw)
        assert refused.status in (400, 422), raw[:20]
        assert refused.code in ("malformed", "invalid")
    assert stage.provider.send("POST", "/partners", raw=b"").code == "invalid"
    too_large = stage.provider.send("POST", "/partners", raw=b" " * (13 * 1024 * 1024))
    assert (too_large.status, too_large.code) == (413, "too_large")


def test_no_session_no_cookie_no_cache(stage: Stage) -> None:
    answer = stage.provider.get("/clock")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_description_is_public_and_names_the_errors(stage: Stage) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.")
    post = described["paths"]["/api/v1/customers/{customer_id}/users"]["post"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in post["parameters"]}
    assert "application/problem+json" in post["responses"]["default"]["content"]
    assert Client().get("/api/v1/docs").status_code == 401


def test_the_portal_is_not_ours(db: Database) -> None:
    assert (
        Client(raise_request_exception=False).get("/apiary").headers.get("Content-Type") != "application/problem+json"
    )


def test_what_the_transaction_runs_as(stage: Stage) -> None:
    """Nothing of a refused request stays, and the connection goes back without a scope."""
    from django.db import connection

    body = {"name": "Opaline", "parent": "00000000-0000-7000-8000-000000000000"}
    assert stage.provider.post("/partners", body).code == "not_found"
    assert stage.provider.get("/partners").items == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.scope', true)")
        assert cursor.fetchone() in [(f"{stage.database.name}_door", ""), (f"{stage.database.name}_door", None)]


def test_the_database_is_down(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with LiveServer(tmp_path, nowhere) as server:
        begin = time.monotonic()
        headers = {"Authorization": "Bearer x"}
        response = urllib3.request("GET", f"{server.url}/api/v1/clock", headers=headers, retries=False, timeout=40)
        answer = json.loads(response.data)
    assert (response.status, answer["code"]) == (503, "unavailable")
    assert time.monotonic() - begin < 15


def test_roles_are_those_that_the_schema_names() -> None:
    from typing import get_args

    from strapontin.api.schemas.kinds import RoleName

    assert get_args(RoleName) == ROLES
