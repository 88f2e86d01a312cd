"""Who came in or was refused is written down, without a secret, and a flood leaves no flood of lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from strapontin.demo.furnishing import open_accounts
from strapontin.doors import events
from tests.api.client import ApiClient
from tests.cast import FURNISHER, Stage
from tests.test_invitations import visitor

MAUD = "maud@opaline.example"
PASSWORD, OTHER = "a seat in the last row", "a seat by the aisle"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The lines written so far, as an operator's tool would read them."""
    caplog.set_level(logging.INFO, logger="strapontin.security")
    monkeypatch.setattr(events, "_sluice", events.Sluice())

    def read() -> list[dict[str, Any]]:
        return [json.loads(r.getMessage()) for r in caplog.records if r.name == "strapontin.security"]

    return read


@pytest.fixture
def maud(stage: Stage) -> Iterator[str]:
    """The id of an account with a password."""
    FURNISHER.make_administrator("Maud", MAUD, language="en", roles=["users"])
    open_accounts([MAUD], PASSWORD)
    with stage.database.superuser() as superuser:
        (account,) = superuser.execute("SELECT id FROM account").fetchone() or ("",)
    yield str(account)


def sign_in(password: str = PASSWORD, login: str = MAUD) -> Any:
    client = visitor()
    client.post("/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR="192.0.2.7")
    return client


def test_sign_ins_are_written_down(maud: str, lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    sign_in("wrong-and-secret")
    sign_in().post("/accounts/logout/", REMOTE_ADDR="192.0.2.7")
    where = {"door": "screen", "address": "192.0.2.7", "account": maud}
    assert lines() == [{"event": event, **where} for event in ("sign_in.wrong", "sign_in.good", "sign_out")]
    assert "secret" not in caplog.text and MAUD not in caplog.text


def test_a_password_typed_as_login_is_not_written_down(
    maud: str, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(login="secret@opaline.example")
    (line,) = lines()
    assert line["event"] == "sign_in.wrong" and len(line["login"]) == 16 and "account" not in line
    assert "secret" not in caplog.text


def test_who_is_slowed_is_written_down(maud: str, lines: Lines) -> None:
    for _ in range(8):
        sign_in("wrong")
    slowed = [line for line in lines() if line["event"] == "sign_in.slowed"]
    assert slowed and slowed[0]["account"] == maud and slowed[0]["wait"] > 0


def test_links_and_passwords_are_written_down(maud: str, lines: Lines) -> None:
    visitor().post("/accounts/password/reset/", {"email": MAUD})
    visitor().post("/accounts/password/reset/", {"email": "nobody@opaline.example"})
    client = sign_in()
    wrong = {"oldpassword": "wrong", "password1": OTHER, "password2": OTHER}
    client.post("/accounts/password/change/", wrong)
    client.post("/accounts/password/change/", wrong | {"oldpassword": PASSWORD})
    assert [(line["event"], line.get("account")) for line in lines()] == [
        ("reset.asked", maud),
        ("reset.asked", None),
        ("sign_in.good", maud),
        ("password.wrong", maud),
        ("password.changed", maud),
    ]


def test_a_password_chosen_by_a_link_is_written_down(maud: str, lines: Lines) -> None:
    from strapontin.access.links import password_link
    from strapontin.access.models import Account
    from tests.test_invitations import choose_password

    url = password_link(Account.objects.get(email=MAUD))
    choose_password(url, OTHER)
    assert [line["event"] for line in lines()] == ["reset.done"]
    assert url.rstrip("/").rpartition("/")[2] not in str(lines())


def test_refused_keys_are_written_down(stage: Stage, lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    made = {name: stage.provider.made("/api-keys", _key(name)) for name in ("revoked", "expired")}
    stage.provider.delete(f"/api-keys/{made['revoked'].id}")
    with stage.database.superuser() as superuser:
        superuser.execute("UPDATE api_key SET expires_at = now() WHERE id = %s", [made["expired"].id])
    for key in (made["revoked"]["key"], made["expired"]["key"], "strapontin_unknown"):
        assert ApiClient(key).get("/clock").status == 401
    refused = [(line["event"], line["reason"], line.get("api_key"), line["door"]) for line in lines()]
    assert refused == [
        ("key.refused", "revoked", made["revoked"].id, "api"),
        ("key.refused", "expired", made["expired"].id, "api"),
        ("key.refused", "unknown", None, "api"),
    ]
    assert "strapontin_" not in caplog.text


def _key(name: str) -> dict[str, Any]:
    return {"name": name, "scope": {"provider": True}, "roles": []}


def test_refusals_of_rights_are_written_down(stage: Stage, maud: str, lines: Lines) -> None:
    narrow = stage.key("Narrow", roles=[])
    assert narrow.get("/customers/01a20579-ac7c-7000-8000-000000000001").status == 404
    assert narrow.get("/administrators").status == 403
    client = sign_in()
    assert client.get("/subscriptions/").status_code == 403
    by_key = [line for line in lines() if "api_key" in line]
    by_person = [line for line in lines() if "administrator" in line]
    assert [_facts(line)[1] for line in by_key] == ["not_found", "role_missing"]
    assert _facts(by_key[1]) == ("refused", "role_missing", "GET", "/api/v1/administrators")
    assert [_facts(line) for line in by_person] == [("refused", "role_missing", "GET", "/subscriptions/")]
    assert by_person[0]["door"] == "screen" and by_person[0]["administrator"] != maud


def _facts(line: dict[str, Any]) -> tuple[str, str, str, str]:
    return line["event"], line["code"], line["method"], line["path"]


def test_a_flood_does_not_fill_the_disk(stage: Stage, lines: Lines) -> None:
    stranger = ApiClient("strapontin_unknown")
    for _ in range(200):
        stranger.get("/clock")
    assert len(lines()) == 60
    sign_in(login="somebody@example.org")
    assert lines()[-1]["left_out"] == 140
