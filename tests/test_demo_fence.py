"""The known passwords of a demo stay on this machine."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from strapontin.cli import demo_data, demo_fence
from strapontin.cli.messages import Refused
from strapontin.demo import people
from tests.cast import Cast
from tests.launcher import left_of, refusal, strapontin
from tests.processes import free_port

OUTSIDE = ("HOST", "ALLOWED_HOSTS", "TRUSTED_ORIGINS", "DATABASE_URL", "DEMO")
ADDRESS = {"TRUSTED_ORIGINS": "https://seats.example.net"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without settings."""
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, True),
        ({"HOST": "127.0.0.2"}, True),
        ({"HOST": "::1", "ALLOWED_HOSTS": "localhost,[::1]"}, True),
        ({"DEMO": "0"}, False),
        ({"HOST": EVERYWHERE}, False),
        ({"HOST": "192.0.2.7"}, False),
        ({"HOST": "portal"}, False),
        ({"ALLOWED_HOSTS": "localhost,seats.example.net"}, False),
        ({"TRUSTED_ORIGINS": "https://seats.example.net"}, False),
        ({"DATABASE_URL": "postgresql://db.example.net/portal"}, False),
        ({"DATABASE_URL": "postgresql://db.example.net/portal", "DEMO": "1"}, True),
    ],
)
def test_a_demo_is_for_this_machine(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: bool) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert demo_fence.is_wanted() is wanted


@pytest.mark.parametrize("name", ["HOST", "ALLOWED_HOSTS"])
@pytest.mark.parametrize("command", ["up", "web"])
def test_a_demo_for_other_machines_is_refused_before_anything_starts(home: Path, name: str, command: str) -> None:
    variables = {name: "seats.example.net", "DEMO": "1", "PORT": str(free_port())}
    if name == "HOST":
        variables[name] = EVERYWHERE
    assert "A demo is served on this machine alone" in refusal(home, command, **variables)
    assert "n’est servie que sur cette machine" in refusal(home, command, LC_ALL="fr_FR.UTF-8", **variables)
    assert not (home / "postgres").exists()


def test_a_demo_database_is_refused_without_a_demo(home: Path) -> None:
    assert strapontin(home, "migrate").returncode == 0
    from strapontin.kit.postgres import open_server

    with open_server(home) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"COMMENT ON DATABASE strapontin IS '{demo_data.COMMENTS['finished']}'")
    for command in ("up", "web"):
        port = str(free_port())
        assert "This database holds a demo" in refusal(home, command, DEMO="0", PORT=port)
        assert "This database holds a demo" in refusal(home, command, DEMO="", HOST=EVERYWHERE, PORT=port, **ADDRESS)
        assert "contient une démonstration" in refusal(home, command, DEMO="0", PORT=port, LC_ALL="fr_FR.UTF-8")
    diagnosis = strapontin(home, "doctor", DEMO="0")
    assert "✗ This database holds a demo" in diagnosis.stdout
    assert diagnosis.returncode == 1
    assert "✓ a demo, served on this machine alone" in strapontin(home, "doctor", DEMO="1").stdout
    assert not left_of(home)


def test_a_copied_account_with_the_known_password_is_known(cast: Cast) -> None:
    from strapontin.access.models import Account

    url = cast.database.url
    demo_fence.check(url, wanted=False)
    account = Account(email=people.SIGNING_IN[0].email)
    account.set_password("another password")
    account.save()
    demo_fence.check(url, wanted=False)
    account.set_password(people.PASSWORD)
    account.save()
    with pytest.raises(Refused) as caught:
        demo_fence.check(url, wanted=False)
    assert caught.value.code == "demo_unwanted"
    demo_fence.check(url, wanted=True)


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
        ({"REMOTE_ADDR": "::1"}, True),
        ({"REMOTE_ADDR": "192.0.2.7"}, False),
        ({"REMOTE_ADDR": ""}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"}, False),
    ],
)
def test_passwords_are_shown_to_a_browser_on_this_machine(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, who: dict[str, str], shown: bool
) -> None:
    monkeypatch.setattr(settings, "DEMO", True)
    page = Client(SERVER_NAME="localhost").get("/accounts/login/", **who).content.decode()  # type: ignore[arg-type]
    assert (people.PASSWORD in page) is shown
