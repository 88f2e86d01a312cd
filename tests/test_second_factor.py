"""The second factor: a code after the password, recovery codes, who is asked for it, and how a lost one is reset."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from strapontin.access.links import password_link
from strapontin.access.models import Account
from strapontin.demo.furnishing import open_accounts
from strapontin.doors import limits
from tests.cast import FURNISHER, Cast, Stage
from tests.test_invitations import choose_password
from tests.test_security_events import Lines, lines

__all__ = ["lines"]

MAUD, PAUL = "maud@opaline.example", "paul@opaline.example"
PASSWORD, OTHER = "a seat in the last row", "a seat by the aisle"
HOME = "/accounts/second-factor/"


@pytest.fixture
def portal(stage: Stage) -> Iterator[Stage]:
    """Maud manages administrators, Paul does not."""
    FURNISHER.make_administrator("Maud", MAUD, language="en")
    FURNISHER.make_administrator("Paul", PAUL, language="en", roles=["users"])
    open_accounts([MAUD, PAUL], PASSWORD)
    yield stage


def visitor(address: str = "192.0.2.1") -> Client:
    return Client(SERVER_NAME="localhost", headers={"Accept-Language": "en"}, REMOTE_ADDR=address)


def enter(login: str = MAUD, client: Client | None = None) -> Client:
    """A browser that has typed the password."""
    client = client or visitor()
    assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows now, or some steps of 30 seconds later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def wrong_code(secret: str) -> str:
    right = {code_of(secret, steps) for steps in range(-3, 4)}
    return next(
        code
        for code in ("111111", "222222", "333333", "444444", "555555", "666666", "777777", "888888")
        if code not in right
    )


def confirm(client: Client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets a code app up; its secret, and the recovery codes."""
    confirm(client)
    page = client.get(HOME + "totp/activate/").content.decode()
    (secret,) = re.findall(r'<code class="key">(\w+)</code>', page)
    answer = client.post(HOME + "totp/activate/", {"code": code_of(secret, -1)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def type_code(client: Client, code: str) -> HttpResponse:
    return client.post(HOME + "authenticate/", {"code": code})  # type: ignore[return-value]


def test_the_password_alone_no_longer_opens(portal: Stage) -> None:
    secret, _ = set_up(enter())
    client = enter()
    assert not is_in(client)
    assert "One more step" in client.get(HOME + "authenticate/").content.decode()
    answer = type_code(client, wrong_code(secret))
    assert "This code does not match" in answer.content.decode() and not is_in(client)
    assert type_code(client, code_of(secret)).status_code == 302
    assert is_in(client)


def test_a_code_counts_once_in_every_process(portal: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    secret, _ = set_up(enter())
    code = code_of(secret)
    assert type_code(enter(), code).status_code == 302
    # Another process has a memory of its own.
    cache.clear()
    second = enter()
    for again in (code, f"{code[:3]} {code[3:]}"):
        assert "This code does not match" in type_code(second, again).content.decode()
        cache.clear()
    assert not is_in(second)


def test_a_telephone_may_be_half_a_minute_slow(portal: Stage) -> None:
    secret, _ = set_up(enter())
    assert type_code(enter(), code_of(secret, 1)).status_code == 302
    assert type_code(enter(), code_of(secret, 4)).status_code == 200


def test_a_recovery_code_opens_once(portal: Stage) -> None:
    _, codes = set_up(enter())
    first = enter()
    assert type_code(first, codes[3]).status_code == 302 and is_in(first)
    again = enter()
    assert type_code(again, codes[3]).status_code == 200 and not is_in(again)
    confirm(first)
    page = first.get(HOME + "recovery-codes/").content.decode()
    assert "9 codes left" in page and codes[3] not in page
    assert first.get(HOME + "recovery-codes/download/").content.decode().split() == codes[:3] + codes[4:]


def test_new_recovery_codes_replace_the_others(portal: Stage) -> None:
    client = enter()
    _, codes = set_up(client)
    answer = client.post(HOME + "recovery-codes/generate/", follow=True).content.decode()
    assert not set(re.findall(r"<code>(\d{8})</code>", answer)) & set(codes)
    assert type_code(enter(), codes[0]).status_code == 200


def test_only_who_confirms_the_password_changes_it(portal: Stage) -> None:
    client = enter()
    for path in ("totp/activate/", "totp/deactivate/", "recovery-codes/generate/"):
        answer = client.get(HOME + path)
        assert answer.status_code in (302, 404) and "/totp/" not in answer.headers.get("Location", "").partition("?")[0]
    set_up(client)
    removed = client.post(HOME + "totp/deactivate/", follow=True).content.decode()
    assert "The code app is removed." in removed
    assert is_in(enter())


def test_another_password_is_no_way_around(portal: Stage) -> None:
    set_up(enter())
    assert choose_password(password_link(Account.objects.get(email=MAUD)), OTHER)[0] == 200
    client = visitor()
    answer = client.post("/accounts/login/", {"login": MAUD, "password": OTHER})
    assert answer.headers["Location"] == HOME + "authenticate/"
    assert not is_in(client)


def test_secrets_are_sealed(portal: Stage) -> None:
    secret, codes = set_up(enter())
    with portal.database.superuser() as superuser:
        rows = superuser.execute("SELECT data::text FROM mfa_authenticator").fetchall()
    assert len(rows) == 2
    for (text,) in rows:
        assert secret not in text and not any(code in text for code in codes)


def test_a_seal_that_is_broken_says_who_can_help(portal: Stage) -> None:
    secret, _ = set_up(enter())
    client = enter()
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        client = enter()
        text = type_code(client, code_of(secret)).content.decode()
    assert "can no longer be read" in text and not is_in(client)


def test_codes_are_slowed_and_never_locked(portal: Stage) -> None:
    owner = enter()
    secret, _ = set_up(owner)
    assert owner.cookies[settings.DEVICE_COOKIE_NAME].value
    thief = enter()
    wrong = wrong_code(secret)
    for _ in range(limits.SECOND_FACTOR.at_once):
        assert type_code(thief, wrong).status_code == 200
    refused = type_code(thief, code_of(secret))
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 300
    assert "Too many tries" in refused.content.decode()
    # From another address it is the same account; a device that signed in before is not kept out.
    assert type_code(enter(client=visitor("203.0.113.9")), code_of(secret)).status_code == 429
    owner.post("/accounts/logout/")
    assert type_code(enter(client=owner), code_of(secret)).status_code == 302
    assert is_in(owner)


def test_good_codes_are_not_counted(portal: Stage) -> None:
    secret, codes = set_up(enter())
    assert len(codes) == limits.SECOND_FACTOR.at_once
    for code in (*codes, code_of(secret)):
        assert type_code(enter(), code).status_code == 302


def test_setting_it_up_signs_the_others_out(portal: Stage) -> None:
    here, elsewhere, pauls = enter(), enter(), enter(PAUL)
    set_up(here)
    assert is_in(here) and not is_in(elsewhere) and is_in(pauls)


def test_who_manages_administrators_is_asked(portal: Stage) -> None:
    maud, paul = enter(), enter(PAUL)
    asked = "Set up a second factor"
    assert asked in maud.get("/account/").content.decode()
    assert asked not in paul.get("/account/").content.decode()
    with override_settings(SECOND_FACTOR="off"):
        assert asked not in maud.get("/account/").content.decode()
    set_up(maud)
    assert asked not in maud.get("/account/").content.decode()


@override_settings(SECOND_FACTOR="required")
def test_who_manages_administrators_must(portal: Stage) -> None:
    maud, paul = enter(), enter(PAUL)
    for answer in (maud.get("/subscriptions/"), maud.post("/customers/new/", {"name": "x"})):
        assert (answer.status_code, answer.headers["Location"]) == (302, HOME)
    part = maud.get("/subscriptions/customers/", headers={"hx-request": "true"})
    assert part.headers["HX-Redirect"] == HOME
    assert "This portal asks it of you" in maud.get(HOME).content.decode()
    assert is_in(paul)
    set_up(maud)
    assert is_in(maud)
    assert "This portal asks it of you" not in maud.get(HOME).content.decode()


def test_it_is_written_down(portal: Stage, lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    secret, codes = set_up(enter())
    type_code(enter(), wrong_code(secret))
    client = enter()
    type_code(client, codes[0])
    confirm(client)
    client.post(HOME + "recovery-codes/generate/")
    client.post(HOME + "totp/deactivate/")
    events = [(line["event"], line.get("kind")) for line in lines() if line["event"].startswith("second_factor")]
    assert events == [
        ("second_factor.added", "totp"),
        ("second_factor.added", "recovery_codes"),
        ("second_factor.wrong", "totp"),
        ("second_factor.used", "recovery_codes"),
        ("second_factor.renewed", "recovery_codes"),
        ("second_factor.removed", "totp"),
        ("second_factor.removed", "recovery_codes"),
    ]
    assert secret not in caplog.text and codes[0] not in caplog.text


def test_an_administrator_resets_what_was_lost(cast: Cast) -> None:
    person: dict[str, Any] = {
        "name": "Zoé",
        "email": MAUD,
        "scope": {"partner": cast.opaline},
        "roles": ["users"],
        "language": "en",
    }
    path = f"/administrators/{cast.provider.made('/administrators', person).id}"
    open_accounts([MAUD], PASSWORD)
    elsewhere = enter()
    set_up(elsewhere)
    lost = f"{path}/second-factor"
    assert cast.partner_administrator(cast.tramontane).delete(lost).code == "not_found"
    assert cast.brumes.administrator.delete(lost).code == "not_found"
    assert cast.partner_administrator(cast.opaline, ["users"]).delete(lost).code == "role_missing"
    assert not is_in(enter())
    assert cast.partner_administrator(cast.opaline).delete(lost).status == 204
    assert not is_in(elsewhere), "sessions end"
    assert is_in(enter())
    assert cast.provider.delete(lost).status == 204, "nothing is left to reset"
    actions = [entry["action"] for entry in cast.provider.everything("/journal")]
    assert actions.count("administrator.reset_second_factor") == 1


def test_the_command_resets_it(portal: Stage) -> None:
    set_up(enter())
    environment = os.environ | {"DATABASE_URL": portal.database.url, "LC_ALL": "C"}

    def command(email: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "strapontin.cli.main", "reset-second-factor", email]
        return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=60, check=False)

    nobody = command("nobody@example.org")
    assert nobody.returncode == 2 and "nobody@example.org" in nobody.stderr
    done = command(MAUD.upper())
    assert (done.returncode, MAUD in done.stdout) == (0, True), done.stderr
    assert is_in(enter())


def test_no_scope_reads_second_factors(portal: Stage) -> None:
    from django.db import ProgrammingError

    from strapontin.access.actors import system
    from strapontin.access.scope import acting
    from strapontin.kit.database import run

    set_up(enter())
    for role in ("request", "worker", "billing"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting(system(), role):
            run("SELECT 1 FROM mfa_authenticator")


MADE_UP = (
    "",
    "x",
    "null",
    "[]",
    '"text"',
    "7",
    "{}",
    '{"id": 7, "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "w7_DvA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}, "response": {"userHandle": "eA",'
    ' "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
)


@pytest.mark.parametrize("credential", MADE_UP)
def test_made_up_passkeys_open_nothing(portal: Stage, credential: str) -> None:
    client = visitor()
    assert "request_options" in client.get(HOME + "webauthn/login/", headers={"accept": "application/json"}).json()
    answer = client.post(HOME + "webauthn/login/", {"credential": credential})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert 'class="note stop"' in client.get("/accounts/login/").content.decode()
    assert not is_in(client)
