"""Signing in by OpenID Connect: only people with an account here, and only the browser that asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client, override_settings

from strapontin.access.models import Account
from strapontin.config.openid import openid_provider
from tests.cast import Stage
from tests.openid_issuer import CLIENT, SECRET, Issuer, serving
from tests.test_second_factor import HOME, MAUD, code_of, enter, is_in, portal, set_up, visitor
from tests.test_security_events import Lines, lines

__all__ = ["lines", "portal"]

BEGIN, FINISH = "/accounts/openid/", "/accounts/openid/callback/"
VERIFIED = {"email": MAUD, "email_verified": True}


@pytest.fixture
def issuer(portal: Stage) -> Iterator[Issuer]:
    """An issuer that the portal trusts."""
    with serving() as issuer:
        issuer.claims = dict(VERIFIED)
        settings = openid_provider(issuer=issuer.url, client_id=CLIENT, secret=SECRET, label="Opaline SSO")
        with override_settings(OPENID_ISSUER=issuer.url, OPENID_LABEL="Opaline SSO", SOCIALACCOUNT_PROVIDERS=settings):
            yield issuer


def leave(client: Client, query: str = "") -> str:
    """Where the portal sends the browser."""
    answer = client.get(BEGIN + query)
    assert answer.status_code == 302
    return answer.headers["Location"]


def come_back(client: Client, issuer: Issuer, query: str = "", **more: str) -> HttpResponse:
    return client.get(FINISH, issuer.authorize(leave(client, query)) | more)  # type: ignore[return-value]


def refused(client: Client, answer: Any) -> str:
    """What the sign-in page says to somebody who was not let in."""
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    page = client.get("/accounts/login/").content.decode()
    assert not is_in(client) and 'class="note stop"' in page
    return page


def test_the_button_leads_in(issuer: Issuer) -> None:
    client = visitor()
    page = client.get("/accounts/login/?next=/users/").content.decode()
    assert "Sign in with Opaline SSO" in page and f'href="{BEGIN}?next=/users/"' in page
    answer = come_back(client, issuer, "?next=/users/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/users/")
    assert is_in(client)


def test_without_an_issuer_there_is_no_button(portal: Stage) -> None:
    client = visitor()
    assert BEGIN not in client.get("/accounts/login/").content.decode()
    assert client.get(BEGIN).status_code == client.get(FINISH).status_code == 404


def test_nobody_is_led_elsewhere(issuer: Issuer) -> None:
    client = visitor()
    assert come_back(client, issuer, "?next=https://elsewhere.example/").headers["Location"] == "/"


def test_an_address_in_capitals_is_the_same(issuer: Issuer) -> None:
    issuer.claims["email"] = MAUD.upper()
    client = visitor()
    come_back(client, issuer)
    assert is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.org", "email_verified": True},
        {"email": MAUD, "email_verified": False},
        {"email": MAUD, "email_verified": "false"},
        {"email": MAUD},
        {"email_verified": True},
    ],
)
def test_only_who_has_an_account_with_the_verified_address(issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    client = visitor()
    accounts = Account.objects.count()
    assert "No account here" in refused(client, come_back(client, issuer))
    assert Account.objects.count() == accounts


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "another portal"},
        {"exp": 1},
        {"sub": None},
        {"email": 7},
    ],
)
def test_a_token_that_was_not_meant_opens_nothing(issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims |= claims
    issuer.person = {"sub": "7"}
    client = visitor()
    assert "not completed" in refused(client, come_back(client, issuer))


def test_the_signature_counts(issuer: Issuer) -> None:
    issuer.published = rsa.generate_private_key(65537, 2048)
    client = visitor()
    assert "not completed" in refused(client, come_back(client, issuer))


def test_userinfo_is_about_the_same_person(issuer: Issuer) -> None:
    issuer.person = {"sub": "8"}
    client = visitor()
    assert "not completed" in refused(client, come_back(client, issuer))


def test_only_the_browser_that_asked(issuer: Issuer) -> None:
    """Somebody who leads another one's browser to a callback of theirs signs nobody in."""
    maud, other = visitor(), visitor()
    stolen = issuer.authorize(leave(maud))
    refused(other, other.get(FINISH, stolen))
    leave(other)
    state = parse_qs(urlsplit(leave(other)).query)["state"][0]
    refused(other, other.get(FINISH, stolen | {"state": state}))


@pytest.mark.parametrize("query", [{}, {"state": "x"}, {"error": "access_denied"}, {"code": "x", "state": ""}])
def test_made_up_answers(issuer: Issuer, query: dict[str, str]) -> None:
    client = visitor()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    refused(client, client.get(FINISH, {"state": state} | query))


def test_an_address_adds_nothing_to_what_is_asked(issuer: Issuer) -> None:
    asked = leave(visitor(), "?auth_params=redirect_uri%3Dhttps://elsewhere.example&scope=admin&process=connect")
    assert "elsewhere" not in asked and "admin" not in asked


def test_an_issuer_that_is_away(issuer: Issuer) -> None:
    settings = openid_provider(issuer="http://127.0.0.1:9", client_id=CLIENT, secret=SECRET, label="Away")
    client = visitor()
    with override_settings(SOCIALACCOUNT_PROVIDERS=settings):
        answer = client.get(BEGIN)
    assert "does not answer" in refused(client, answer)


def test_the_second_factor_is_asked_for_all_the_same(issuer: Issuer) -> None:
    secret, _ = set_up(enter())
    client = visitor()
    assert come_back(client, issuer).headers["Location"] == HOME + "authenticate/"
    assert not is_in(client)
    client.post(HOME + "authenticate/", {"code": code_of(secret)})
    assert is_in(client)


def test_the_password_stays(issuer: Issuer) -> None:
    client = visitor()
    come_back(client, issuer)
    assert is_in(enter())


def test_a_disabled_account_stays_out(issuer: Issuer) -> None:
    Account.objects.filter(email=MAUD).update(is_active=False)
    client = visitor()
    come_back(client, issuer)
    assert not is_in(client)


def test_it_is_written_down(issuer: Issuer, lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    come_back(visitor(), issuer)
    issuer.claims["email_verified"] = False
    come_back(visitor(), issuer)
    events = [(line["event"], line.get("kind")) for line in lines()]
    assert events == [("sign_in.good", None), ("sign_in.wrong", "openid")]
    assert "for-userinfo" not in caplog.text and SECRET not in caplog.text
