"""A link to choose another password: sent by the worker, to the portal's own address, for one hour and once."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import override_settings

from strapontin.access.links import LinkTokens
from strapontin.access.models import Account
from strapontin.demo.furnishing import open_accounts
from tests.cast import FURNISHER, Stage
from tests.test_invitations import choose_password, signs_in, visitor

MAUD = "maud@opaline.example"
NOBODY = "nobody@opaline.example"
PASSWORD, OTHER = "a seat in the last row", "a seat by the aisle"
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def portal(stage: Stage) -> Iterator[Stage]:
    """A portal that sends e-mail, with one administrator."""
    FURNISHER.make_administrator("Maud", MAUD, language="en")
    open_accounts([MAUD], PASSWORD)
    with override_settings(EMAIL_BACKEND=LOCMEM, PORTAL_ADDRESS="https://seats.example.net"):
        mail.outbox = []
        yield stage


def ask(email: str = MAUD, **more: str) -> HttpResponse:
    return visitor().post("/accounts/password/reset/", {"email": email}, **more)  # type: ignore[return-value,arg-type]


def link(portal: Stage) -> str:
    portal.work()
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def test_a_link_is_sent_and_opens_once(portal: Stage) -> None:
    assert ask(MAUD.upper()).status_code == 302
    assert not mail.outbox, "the request does not wait for a mail server"
    url = link(portal)
    assert mail.outbox[0].to == [MAUD] and "within one hour" in mail.outbox[0].body
    assert choose_password(url, OTHER)[0] == 200
    assert signs_in(MAUD, OTHER) and not signs_in(MAUD)
    assert "no longer valid" in choose_password(url, PASSWORD)[1]


def test_a_domain_has_one_form_at_every_door(portal: Stage) -> None:
    """A browser sends the ASCII form of what was typed."""
    typed, sent = "jo@münchen.example", "Jo@xn--mnchen-3ya.example"
    FURNISHER.make_administrator("Jo", typed, language="en")
    open_accounts([typed], PASSWORD)
    assert signs_in(typed, PASSWORD) and signs_in(sent, PASSWORD)
    ask(sent)
    assert choose_password(link(portal), OTHER)[0] == 200
    assert signs_in(sent, OTHER)


@override_settings(ALLOWED_HOSTS=["*"])
def test_the_host_of_a_request_is_in_no_mail(portal: Stage) -> None:
    ask(HTTP_HOST="evil.example:8443", HTTP_X_FORWARDED_HOST="evil.example")
    assert link(portal).startswith("https://seats.example.net/accounts/password/reset/key/")
    assert "evil" not in str(mail.outbox[0].message())


def test_no_code_of_ours_builds_an_address_from_the_host() -> None:
    root = Path(__file__).parent.parent / "strapontin"
    assert not [path for path in root.rglob("*.py") if "build_absolute_uri" in path.read_text(encoding="utf-8")]


def test_nobody_learns_whether_an_address_is_known(portal: Stage) -> None:
    known, unknown = ask(), ask(NOBODY)
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    portal.work()
    assert [message.to for message in mail.outbox] == [[MAUD]]


def test_a_closed_account_gets_no_link(portal: Stage) -> None:
    Account.objects.filter(email=MAUD).update(is_active=False)
    ask()
    portal.work()
    assert not mail.outbox


@pytest.mark.parametrize(("minutes", "valid"), [(59, True), (61, False)])
def test_a_link_lives_one_hour(portal: Stage, monkeypatch: pytest.MonkeyPatch, minutes: int, valid: bool) -> None:
    ask()
    url, now = link(portal), LinkTokens()._now()
    monkeypatch.setattr(LinkTokens, "_now", lambda _tokens: now + timedelta(minutes=minutes))
    choose_password(url, OTHER)
    assert signs_in(MAUD, OTHER) is valid


@pytest.mark.parametrize(("hours", "valid"), [(71, True), (73, False)])
def test_an_invitation_lives_three_days(
    portal: Stage, monkeypatch: pytest.MonkeyPatch, hours: int, valid: bool
) -> None:
    new = {"name": "Ada", "email": NOBODY, "scope": {"provider": True}, "roles": []}
    portal.provider.made("/administrators", new)
    url, now = link(portal), LinkTokens()._now()
    assert url.startswith("https://seats.example.net/")
    monkeypatch.setattr(LinkTokens, "_now", lambda _tokens: now + timedelta(hours=hours))
    choose_password(url, OTHER)
    assert signs_in(NOBODY, OTHER) is valid


def test_a_mail_server_that_hangs_keeps_nobody_waiting(portal: Stage) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        smtp = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": silent.getsockname()[1],
            "EMAIL_TIMEOUT": 1,
        }
        with override_settings(**smtp):
            began = time.monotonic()
            assert ask().status_code == 302
            assert time.monotonic() - began < 1
            with pytest.raises(OSError, match="timed out"):
                portal.work()


def test_one_address_asks_for_some_links_only(portal: Stage) -> None:
    answers = [ask(f"{number}@example.org") for number in range(12)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429] * 2
    assert "Retry-After" in answers[-1].headers and "Too many tries" in answers[-1].content.decode()


def test_nobody_is_flooded_with_links(portal: Stage) -> None:
    for number in range(10):
        assert ask(REMOTE_ADDR=f"192.0.2.{number}").status_code == 302, "the answer does not tell"
    portal.work()
    assert len(mail.outbox) == 3
