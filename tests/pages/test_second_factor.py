"""The second factor in a real browser, with a passkey on a virtual authenticator and with the codes of an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.scene import PASSWORD, Scene
from tests.pages.test_every_page import TOO_WIDE, faults
from tests.test_second_factor import HOME, code_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.processes import LiveServer


@pytest.fixture(params=["fr-FR", "en-GB"])
def page(request: pytest.FixtureRequest, scene: Scene, browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page at a name: browsers know no passkey of an address. It fails on any complaint."""
    # The pages of the sign-in take the browser's language, those behind it the administrator's.
    context = browser.new_context(
        base_url=live_server.url.replace("127.0.0.1", "localhost"), locale=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def authenticator(page: Page, **options: Any) -> None:
    """A device with passkeys, whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device | options})


def type_password(page: Page, login: str) -> None:
    page.goto("/accounts/login/")
    form = page.locator("form[action='/accounts/login/']").first
    form.locator("[name=login]").fill(login)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button.primary").click()


def confirm(page: Page) -> None:
    expect(page).to_have_url(re.compile("/reauthenticate/"))
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/reauthenticate/"))


def sign_out(page: Page) -> None:
    page.wait_for_load_state()
    page.context.clear_cookies(name="sessionid")


def look_at(page: Page) -> None:
    """The page has no fault in either theme, nor on a telephone."""
    assert faults(page, "light") == []
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(TOO_WIDE) == ""
    assert size
    page.set_viewport_size(size)


def is_in(page: Page) -> None:
    expect(page).not_to_have_url(re.compile("/accounts/"))
    expect(page.locator("form[action='/accounts/logout/']").first).to_be_attached()


def test_a_passkey_signs_in(scene: Scene, page: Page) -> None:
    authenticator(page)
    login = scene.logins["outsider"]
    type_password(page, login)
    is_in(page)
    page.goto(HOME)
    page.locator("a[href$='/webauthn/add/']").click()
    confirm(page)
    look_at(page)
    page.locator("[name=name]").fill("Clé de test")
    page.locator("[data-passkey=create]").click()
    expect(page.locator(".codes code")).to_have_count(10)
    look_at(page)
    # Instead of the password.
    sign_out(page)
    page.goto("/accounts/login/?next=/invoices/")
    look_at(page)
    page.locator("[data-passkey=get]").click()
    expect(page).to_have_url(re.compile(r"^[^?]+/invoices/$"))
    # After the password.
    sign_out(page)
    type_password(page, login)
    expect(page.locator("[name=code]")).to_be_visible()
    look_at(page)
    page.locator("[data-passkey=get]").click()
    is_in(page)
    # Confirming who one is, then renaming it and taking it away.
    page.goto(HOME)
    look_at(page)
    page.locator("a[href*='/edit/']").click()
    page.locator("a[href*='webauthn/reauthenticate']").click()
    look_at(page)
    page.locator("[data-passkey=get]").click()
    page.locator("[name=name]").fill("Clé du bureau")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{HOME}$"))
    page.locator("a[href*='/remove/']").click()
    expect(page.locator("main")).to_contain_text("Clé du bureau")
    page.locator("main button.primary").click()
    expect(page).to_have_url(re.compile(f"{HOME}$"))
    sign_out(page)
    type_password(page, login)
    is_in(page)


def test_a_browser_without_a_passkey_says_so(scene: Scene, page: Page) -> None:
    authenticator(page)
    page.goto("/accounts/login/")
    page.locator("[data-passkey=get]").click()
    expect(page.locator("[data-passkey-wrong]")).to_be_visible()


def test_an_app_for_codes(scene: Scene, page: Page) -> None:
    login = scene.logins["yann"]
    type_password(page, login)
    is_in(page)
    expect(page.locator(f"main a[href='{HOME}']")).to_be_visible()
    page.locator(f"main a[href='{HOME}']").click()
    page.locator("a[href$='/totp/activate/']").click()
    confirm(page)
    expect(page.locator(".qr svg")).to_be_visible()
    look_at(page)
    secret = page.locator(".key").text_content() or ""
    page.locator("[name=code]").fill(code_of(secret, -1))
    page.keyboard.press("Enter")
    expect(page.locator(".codes code")).to_have_count(10)
    (code, *_) = page.locator(".codes code").all_text_contents()
    sign_out(page)
    type_password(page, login)
    expect(page.locator("[name=code]")).to_be_visible()
    expect(page.locator("[data-passkey]")).to_have_count(0)
    page.locator("[name=code]").fill(code)
    page.keyboard.press("Enter")
    is_in(page)
    page.goto(HOME)
    page.locator("a[href$='/totp/deactivate/']").click()
    confirm(page)
    look_at(page)
    page.locator("main button.primary").click()
    expect(page).to_have_url(re.compile(f"{HOME}$"))
