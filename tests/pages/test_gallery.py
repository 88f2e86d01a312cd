"""Every page template with sample values, in both languages; and what our script adds, in a real browser."""

import re
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.pages.gallery.serving import serve_gallery

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"]


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serve_gallery() as url:
        yield url


@pytest.fixture
def view(browser: "Browser", gallery: str) -> "Iterator[Page]":
    """A desktop page in French on the gallery that fails on any complaint of the browser."""
    said: list[str] = []
    context = browser.new_context(base_url=gallery, locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    yield page
    context.close()
    assert said == []


def _read(url: str, language: str) -> str:
    request = urllib.request.Request(url, headers={"Cookie": f"django_language={language}"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_finds_its_variables(gallery: str, language: str) -> None:
    # A missing variable raises in the gallery (strapontin.web.frame.strict), so an answer is a complete page.
    paths = re.findall(r'href="(/pages/[^"]+)"', _read(f"{gallery}/pages/index/", language)) + SIGNED_OUT
    assert len(paths) > 20
    for path in paths:
        page = _read(gallery + path, language)
        assert "style=" not in page, f"{path}: an inline style breaks the Content-Security-Policy"
        assert " onclick=" not in page


def test_theme_is_kept_in_a_cookie(view: "Page") -> None:
    view.goto("/pages/overview/")
    view.get_by_role("button", name="Thème clair ou sombre").click()
    theme = view.locator("html").get_attribute("data-theme")
    view.reload()
    assert view.locator("html").get_attribute("data-theme") == theme == "dark"


def test_language_is_switched_by_a_form(view: "Page") -> None:
    view.goto("/pages/overview/")
    view.get_by_role("button", name="English").click()
    assert view.get_by_role("heading", name="Subscriptions").count() == 1
    assert view.url.endswith("/pages/overview/")


def test_dialog_opens_with_its_effect_and_closes_without_a_trace(view: "Page") -> None:
    view.goto("/pages/customer_calm/")
    view.get_by_role("link", name="Modifier l’allocation : Grenoble, siège").click()
    dialog = view.get_by_role("dialog", name="Sièges du site Grenoble, siège")
    dialog.wait_for()
    number = dialog.get_by_role("spinbutton", name="Voix, sièges alloués")
    assert number.evaluate("e => e === document.activeElement")
    with view.expect_response("**/pages/allocation_preview/"):
        dialog.get_by_role("button", name="Un siège de plus").first.click()
    assert number.input_value() == "127"
    dialog.get_by_text("Total TTC").wait_for()
    view.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def test_synchronisation_asks_again_until_it_has_finished(view: "Page") -> None:
    view.goto("/pages/customer/")
    view.get_by_role("status").get_by_text("Sites lus : 5 sur 7").wait_for()
    view.get_by_role("status").get_by_text("Terminé ; 2 sites sur 7 gardent leurs derniers chiffres").wait_for()


def test_a_form_is_sent_once(view: "Page") -> None:
    view.goto("/pages/user_role/")
    sent: list[str] = []
    view.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    view.route("**/pages/slow/", lambda route: None)  # never answered
    button = view.get_by_role("button", name="Allouer 1 siège et créer l’utilisateur, 197,16 € HT")
    twice = "b => { b.form.action = '/pages/slow/'; b.click(); b.click(); return b.getAttribute('aria-disabled'); }"
    assert button.evaluate(twice) == "true"
    view.wait_for_timeout(200)
    assert len(sent) == 1


def test_a_note_is_focused_and_the_first_error_too(view: "Page") -> None:
    view.goto("/pages/allocation_changed/")
    assert view.evaluate("document.activeElement.className") == "note warn"
    view.goto("/pages/user_new/")
    assert view.evaluate("document.activeElement.name") == "last_name"
