"""A session ends: when it is not used, when it is old, when its owner says so, when the password changes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.http import HttpResponse
from django.test import Client

from strapontin.access import sessions
from strapontin.access.links import password_link
from strapontin.access.models import Account
from strapontin.access.sessions import SessionStore, name_browser
from strapontin.demo.furnishing import open_accounts
from tests.cast import FURNISHER, Stage
from tests.schema.databases import database_beside
from tests.schema.test_upgrade import RULES
from tests.servers import Database
from tests.test_invitations import choose_password

MAUD, PAUL = "maud@opaline.example", "paul@opaline.example"
PASSWORD, OTHER = "a seat in the last row", "a seat by the aisle"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def portal(stage: Stage) -> Iterator[Stage]:
    """Two administrators who may sign in."""
    for email in (MAUD, PAUL):
        FURNISHER.make_administrator("Somebody", email, language="en")
    open_accounts([MAUD, PAUL], PASSWORD)
    yield stage


def enter(login: str = MAUD, agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
    """A browser that has just signed in."""
    headers = {"Accept-Language": "en", "User-Agent": agent}
    client = Client(SERVER_NAME="localhost", headers=headers, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def page_of(client: Client) -> str:
    answer = client.get("/accounts/sessions/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows(portal: Stage) -> int:
    with portal.database.superuser() as superuser:
        (number,) = superuser.execute("SELECT count(*) FROM session WHERE account_id IS NOT NULL").fetchone() or (0,)
    return int(number)


def pass_time(portal: Stage, client: Client, hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the hours had gone by, for the rows and for the clock that sessions read."""
    with portal.database.superuser() as superuser:
        superuser.execute("UPDATE session SET expire_date = expire_date - make_interval(secs => %s)", [hours * 3600])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + hours * 3600)


def test_a_sign_in_takes_a_new_key(portal: Stage) -> None:
    client = Client(SERVER_NAME="localhost")
    planted = SessionStore()
    planted["planted"] = True
    planted.create()
    client.cookies["sessionid"] = planted.session_key or ""
    client.post("/accounts/login/", {"login": MAUD, "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted.session_key
    assert not SessionStore().exists(planted.session_key or "")


def test_a_session_that_is_not_used_ends(portal: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter()
    pass_time(portal, client, 11, monkeypatch)
    assert is_in(client)
    pass_time(portal, client, 13, monkeypatch)
    assert not is_in(client)


def test_a_session_in_use_goes_on(portal: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter()
    for _ in range(6):
        pass_time(portal, client, 8, monkeypatch)
        assert is_in(client)


def test_no_session_outlives_fourteen_days(portal: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter()
    for _ in range(13 * 3):
        pass_time(portal, client, 8, monkeypatch)
        assert is_in(client)
    for _ in range(2):
        pass_time(portal, client, 11, monkeypatch)
        assert is_in(client)
    pass_time(portal, client, 3, monkeypatch)
    assert not is_in(client)


def test_a_use_is_written_down_every_five_minutes(portal: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter()
    began = client.get("/account/")
    assert "sessionid" not in began.cookies, "the session was not saved again"
    pass_time(portal, client, 0.1, monkeypatch)
    assert "sessionid" in client.get("/account/").cookies


def test_ended_sessions_are_deleted(portal: Stage) -> None:
    enter()
    with portal.database.superuser() as superuser:
        superuser.execute("UPDATE session SET expire_date = now()")
    enter()
    assert sessions.forget_expired() == 1
    assert rows(portal) == 1


def test_one_sees_where_one_is_signed_in(portal: Stage) -> None:
    here, phone, pauls = enter(), enter(agent=SAFARI, address="2001:db8::7"), enter(PAUL, address="203.0.113.9")
    text = page_of(here)
    assert "Firefox, Windows" in text and "192.0.2.1" in text and "this browser" in text
    assert "Safari, iPhone" in text and "2001:db8::7" in text
    assert "203.0.113.9" not in text
    assert here.cookies["sessionid"].value not in text and phone.cookies["sessionid"].value not in text
    assert "Where you are signed in" in here.get("/account/").content.decode()
    assert page_of(pauls).count("this browser") == 1


def test_one_session_is_ended(portal: Stage) -> None:
    here, phone = enter(), enter(agent=SAFARI)
    (session,) = re.findall(r'name="session" value="([^"]+)"', page_of(here))
    assert here.post("/accounts/sessions/end/", {"session": session}).status_code == 302
    assert "signed out" in page_of(here)
    assert is_in(here) and not is_in(phone)


def test_all_others_are_ended(portal: Stage) -> None:
    here, phone, pauls = enter(), enter(agent=SAFARI), enter(PAUL)
    here.post("/accounts/sessions/end/")
    assert is_in(here) and not is_in(phone) and is_in(pauls)
    assert "End all the others" not in page_of(here)


def test_nobody_ends_the_session_of_another(portal: Stage) -> None:
    here, pauls = enter(), enter(PAUL)
    other = enter(PAUL, agent=SAFARI)
    (session,) = re.findall(r'name="session" value="([^"]+)"', page_of(pauls))
    here.post("/accounts/sessions/end/", {"session": session})
    assert is_in(other) and is_in(pauls)


def test_only_who_is_signed_in_sees_sessions(portal: Stage) -> None:
    stranger = Client(SERVER_NAME="localhost")
    answers: list[HttpResponse] = [stranger.get("/accounts/sessions/"), stranger.post("/accounts/sessions/end/")]  # type: ignore[list-item]
    for answer in answers:
        assert answer.headers["Location"].startswith("/accounts/login/?next=/accounts/sessions/")
    assert enter().get("/accounts/sessions/end/").status_code == 405


def test_a_new_password_ends_the_other_sessions(portal: Stage) -> None:
    here, phone, pauls = enter(), enter(agent=SAFARI), enter(PAUL)
    form = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert is_in(here) and not is_in(phone) and is_in(pauls)
    assert rows(portal) == 2


def test_a_password_chosen_by_a_link_ends_all_sessions(portal: Stage) -> None:
    here, phone = enter(), enter(agent=SAFARI)
    choose_password(password_link(Account.objects.get(email=MAUD)), OTHER)
    assert not is_in(here) and not is_in(phone)
    assert rows(portal) == 0


def test_notes_that_name_people_stay_on_the_server(portal: Stage) -> None:
    here = enter()
    enter(agent=SAFARI)
    answer = here.post("/accounts/sessions/end/")
    assert answer.status_code == 302
    assert "messages" not in answer.cookies and "messages" not in here.cookies


@pytest.mark.parametrize(("agent", "name"), [(FIREFOX, "Firefox, Windows"), (SAFARI, "Safari, iPhone"), ("curl", "")])
def test_browsers_have_names(agent: str, name: str) -> None:
    assert name_browser(agent) == name


def test_an_upgrade_keeps_people_signed_in(database: Database) -> None:
    with database_beside(database, "sessions") as beside:
        beside.migrate_to(RULES)
        account, stranger = str(uuid4()), str(uuid4())
        data = {key: DjangosStore().encode({"_auth_user_id": key}) for key in (account, stranger)}
        with psycopg.connect(beside.superuser_url) as superuser:
            superuser.execute(
                "INSERT INTO account (id, email, password, is_active) VALUES (%s, 'a@b.example', '!', true)", [account]
            )
            for number, key in enumerate(data):
                superuser.execute(
                    "INSERT INTO django_session VALUES (%s, %s, now() + interval '9 days')", [f"k{number}", data[key]]
                )
        beside.migrate()
        with psycopg.connect(beside.superuser_url) as superuser:
            moved = superuser.execute(
                "SELECT session_key, session_data, account_id::text, expire_date < now() + interval '13 h' FROM session"
            ).fetchall()
            left = superuser.execute("SELECT FROM django_session").fetchall()
    assert moved == [("k0", data[account], account, True)]
    assert left == []
