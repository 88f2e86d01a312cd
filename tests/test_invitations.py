"""Getting in for the first time: by an invitation that is sent, or by the link that the command prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from tests.cast import Stage
from tests.servers import Database

PASSWORD = "a seat in the last row"
NEW = {"name": "Ada Example", "email": "ada@opaline.example", "language": "en"}


def visitor() -> Client:
    return Client(SERVER_NAME="localhost", headers={"Accept-Language": "en"})


def choose_password(url: str, password: str = PASSWORD) -> tuple[int, str]:
    """Follows the link as a browser would; the status and the text of the last page."""
    client = visitor()
    path = re.sub(r"^https?://[^/]+", "", url)
    form = client.get(path, follow=True)
    if b"password1" not in form.content:
        return form.status_code, form.content.decode()
    target = form.redirect_chain[-1][0]
    done = client.post(target, {"password1": password, "password2": password}, follow=True)
    return done.status_code, done.content.decode()


def signs_in(email: str, password: str = PASSWORD) -> bool:
    answer = visitor().post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code == 302


def invite(home: Path, database: Database, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"STRAPONTIN_HOME": str(home), "DATABASE_URL": database.url, "LC_ALL": "C"} | variables
    command = [sys.executable, "-m", "strapontin.cli.main", "invite", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_an_administrator_is_invited_by_e_mail(stage: Stage) -> None:
    mail.outbox = []
    partner = stage.partner("Opaline")
    stage.provider.made("/administrators", NEW | {"scope": {"partner": partner}, "roles": ["users"]})
    assert not mail.outbox, "the request does not wait for a mail server"
    stage.work()
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([NEW["email"]], "Your access to Strapontin")
    assert "Good day Ada Example" in message.body
    url = re.search(r"http://\S+/accounts/password/reset/key/\S+", str(message.body))
    assert url is not None, message.body
    assert not signs_in(NEW["email"])
    status, _text = choose_password(url[0])
    assert status == 200
    assert signs_in(NEW["email"])
    assert "no longer valid" in choose_password(url[0], "another one entirely")[1], "the link opens once"
    assert not signs_in(NEW["email"], "another one entirely")


def test_an_invitation_speaks_the_invited_persons_language(stage: Stage) -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        body: dict[str, Any] = NEW | {"language": "fr", "scope": {"provider": True}, "roles": []}
        stage.provider.made("/administrators", body)
        stage.work()
    assert mail.outbox[0].subject == "Votre accès à Strapontin"


def test_the_first_administrator_gets_in_by_the_printed_link(stage: Stage, tmp_path: Path) -> None:
    said = invite(tmp_path, stage.database, "Maud@Carillon.example", "--name", "Maud")
    assert said.returncode == 0, said.stderr
    assert choose_password(said.stdout.strip())[0] == 200
    assert signs_in("maud@carillon.example")
    # For somebody who signs in already it is a link to choose another password, and makes nobody.
    said = invite(tmp_path, stage.database, "maud@carillon.example", TRUSTED_ORIGINS="https://seats.example.net")
    assert said.stdout.startswith("https://seats.example.net/accounts/password/reset/key/")
    with stage.database.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM administrator").fetchone() == (1,)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@x.example"], "No account has the address nobody@x.example"),
        (["no-address", "--name", "N"], "not an e-mail"),
    ],
)
def test_invitations_that_lead_nowhere(stage: Stage, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    said = invite(tmp_path, stage.database, *arguments)
    assert (said.returncode, said.stdout) == (2, "")
    assert sentence in said.stderr


def test_without_a_mail_server_nobody_is_promised_a_message(stage: Stage) -> None:
    text = visitor().get("/accounts/password/reset/").content.decode()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        silent = visitor().get("/accounts/password/reset/").content.decode()
    assert "sends no e-mail" in silent
    assert 'name="email"' not in silent
    assert text.count("sends no e-mail") == 1, "the tests' own installation has no mail server either"
