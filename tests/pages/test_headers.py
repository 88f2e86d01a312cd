"""Headers that keep pages out of caches and frames, and browsers on TLS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from django.test import Client, override_settings
from playwright.sync_api import expect

from tests.pages.scene import PASSWORD, Scene

if TYPE_CHECKING:
    from tests.pages.conftest import Enter, SignIn
    from tests.processes import LiveServer

EVERYWHERE = ("/", "/subscriptions/", "/accounts/login/", "/accounts/password/reset/", "/nothing", "/api/v1/customers")
STATIC = "/static/strapontin/strapontin.js"


@pytest.mark.parametrize("path", [*EVERYWHERE, STATIC])
def test_no_answer_may_be_framed_or_guessed_at(scene: Scene, sign_in: SignIn, path: str) -> None:
    for client in (sign_in("maud"), Client(SERVER_NAME="localhost")):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_answer_to_a_foreign_host_has_a_policy_too(scene: Scene) -> None:
    answer = Client(SERVER_NAME="elsewhere.example").get("/")
    assert answer.status_code == 400
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*EVERYWHERE, "/subscriptions/?format=csv"])
def test_no_page_is_kept(scene: Scene, sign_in: SignIn, path: str) -> None:
    for client in (sign_in("maud"), Client(SERVER_NAME="localhost")):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_the_sign_out_clears_what_the_browser_kept(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    assert "Clear-Site-Data" not in client.get("/accounts/logout/").headers
    assert client.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_back_after_the_sign_out_leads_to_the_sign_in(enter: Enter) -> None:
    page = enter("maud")
    page.goto("/subscriptions/")
    expect(page).to_have_url(re.compile("/subscriptions/"))
    page.goto("/account/")
    page.evaluate("document.querySelector('form[action=\"/accounts/logout/\"]').submit()")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    for _ in range(2):
        page.go_back()
        expect(page).to_have_url(re.compile("/accounts/login/"))
        expect(page.get_by_label("Mot de passe")).to_be_visible()


COOKIES = [f"{use}_COOKIE_NAME" for use in ("SESSION", "CSRF", "LANGUAGE", "THEME", "DEVICE")]


def settings_of(**variables: str) -> dict[str, Any]:
    """The settings of a process with these environment variables."""
    names = [*COOKIES, "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS"]
    script = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {names}}}))
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "strapontin.config.settings"} | variables
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    settings: dict[str, Any] = json.loads(done.stdout)
    return settings


def test_behind_tls_browsers_stay_with_tls() -> None:
    tls = settings_of(TRUSTED_ORIGINS="https://seats.example.net")
    names = ["sessionid", "csrftoken", "django_language", "theme", "device"]
    assert [tls[cookie] for cookie in COOKIES] == [f"__Host-{name}" for name in names]
    assert tls["SESSION_COOKIE_SECURE"] is True
    assert tls["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert settings_of(TRUSTED_ORIGINS="https://seats.example.net", HSTS="0")["SECURE_HSTS_SECONDS"] == 0
    plain = settings_of(TRUSTED_ORIGINS="")
    assert [plain[cookie] for cookie in COOKIES] == names
    assert plain["SECURE_HSTS_SECONDS"] == 0


BEHIND_TLS = dict(
    zip(COOKIES, ("__Host-sessionid", "__Host-csrftoken", "__Host-lang", "__Host-theme", "__Host-device"), strict=True)
)


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, **BEHIND_TLS)
def test_behind_tls_every_cookie_is_this_hosts_alone(scene: Scene) -> None:
    """What RFC 6265bis asks of a name with ``__Host-``: Secure, the path "/", no domain."""
    client = Client(SERVER_NAME="localhost")
    client.post("/language/", {"language": "fr"}, secure=True)
    client.get("/accounts/login/", secure=True)
    entered = {"login": scene.logins["maud"], "password": PASSWORD}
    assert client.post("/accounts/login/", entered, secure=True).status_code == 302
    assert {name for name, cookie in client.cookies.items() if cookie.value} == {*BEHIND_TLS.values()} - {
        "__Host-theme"
    }
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


@override_settings(**BEHIND_TLS)
def test_the_theme_is_read_under_the_name_that_the_script_gives_it(scene: Scene) -> None:
    client = Client(SERVER_NAME="localhost")
    client.cookies["__Host-theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


def test_hsts_is_sent_over_tls_by_every_door(scene: Scene, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "SECURE_HSTS_SECONDS", 31536000)
    for path in (*EVERYWHERE, STATIC):
        assert sign_in("maud").get(path, secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in sign_in("maud").get(path).headers


def test_a_foreign_host_leaves_one_line_without_a_trace(scene: Scene, live_server: LiveServer) -> None:
    before = len(live_server.log.read_text())
    answer = urllib3.request("GET", live_server.url, headers={"Host": "elsewhere.example"}, retries=False, timeout=10)
    assert answer.status == 400
    added = live_server.log.read_text()[before:]
    assert added.count("elsewhere.example") >= 1
    assert "Traceback" not in added
    assert len(added.splitlines()) <= 2
